"""The shape of lesson content: keys, plain values, what languages share, where an error sits.

The functions walk a block definition beside plain data, so that they work alike on a value from
the editor, on one read from the database and on one read from a file.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import (
    Block,
    BooleanBlock,
    ChoiceBlock,
    FloatBlock,
    IntegerBlock,
    ListBlock,
    RegexBlock,
    RichTextBlock,
    StructBlock,
)
from wagtail.blocks.list_block import ListBlockValidationError, ListValue
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.rich_text import RichText

Path = tuple[str | int, ...]  # from a block down to the child that is meant
Problem = tuple[Path, str]

RICH_TEXT_FEATURES = ("bold", "italic", "ul", "ol")


class KeyBlock(RegexBlock):
    """A name for the machine, equal in all languages: not a CharBlock, so never translated."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Key"))
        kwargs.setdefault(
            "help_text",
            _("Small letters, digits and hyphens. The same in every language, never reused."),
        )
        super().__init__(
            regex=r"^[a-z0-9]+(-[a-z0-9]+)*$",
            max_length=40,
            error_messages={"invalid": _("Use small letters a-z, digits and single hyphens.")},
            **kwargs,
        )

    class Meta:
        icon = "key"


class RichBlock(RichTextBlock):
    """Text with bold, italic and lists, and nothing else."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(features=list(RICH_TEXT_FEATURES), **kwargs)


class OptionBlock(StructBlock):
    """Something with a key that need be unique only beside its sisters."""

    key = KeyBlock()


Container = type[ListBlockValidationError | StreamBlockValidationError | StructBlockValidationError]

FACTS = (RegexBlock, ChoiceBlock, BooleanBlock, FloatBlock, IntegerBlock)
CONTAINERS = (ListBlock, StructBlock)


def plain(value: Any) -> Any:
    """Return a block value as dicts, lists, strings and numbers, list items without their ids."""
    if isinstance(value, Mapping):
        return {name: plain(child) for name, child in value.items()}
    if isinstance(value, list | ListValue):
        return [plain(_without_id(child)) for child in value]
    return value.source if isinstance(value, RichText) else value


def _without_id(child: Any) -> Any:
    stored = isinstance(child, Mapping) and child.keys() == {"type", "value", "id"}
    return child["value"] if stored and child["type"] == "item" else child


def keys_within(
    block: Block, data: Any, path: Path = (), owner: str = ""
) -> Iterator[tuple[Path, str]]:
    """Yield each key with the path of its holder; an option's key is led by its owner's."""
    if isinstance(block, ListBlock):
        for index, child in enumerate(data or ()):
            yield from keys_within(block.child_block, child, (*path, index), owner)
    elif isinstance(block, StructBlock):
        if "key" in block.child_blocks:
            key = str(data.get("key") or "")
            owner = f"{owner}.{path[-2]}.{key}" if isinstance(block, OptionBlock) else key
            yield path, owner
        for name, child_block in block.child_blocks.items():
            if isinstance(child_block, CONTAINERS):
                yield from keys_within(child_block, data.get(name) or {}, (*path, name), owner)


def shared_facts(block: Block, data: Any) -> Any:
    """Return what must be equal in all languages: keys, right answers, numbers, structure."""
    if isinstance(block, ListBlock):
        return [shared_facts(block.child_block, child) for child in data or ()]
    if isinstance(block, StructBlock):
        return {
            name: shared_facts(child, (data or {}).get(name))
            for name, child in block.child_blocks.items()
            if isinstance(child, (*FACTS, *CONTAINERS))
        }
    return data


def nested_error(
    problems: Iterable[Problem],
    container: Container = StructBlockValidationError,
) -> ValidationError:
    """Put each message on the child its path leads to, as the editor wants it."""
    here: list[str] = []
    below: dict[str | int, list[Problem]] = defaultdict(list)
    for path, message in problems:
        if path:
            below[path[0]].append((path[1:], message))
        else:
            here.append(message)
    if not below:
        return ValidationError(here)
    return container(
        block_errors={
            step: nested_error(inner, _container_of(inner)) for step, inner in below.items()
        },
        non_block_errors=here,
    )


def _container_of(problems: list[Problem]) -> Container:
    is_list = any(path and isinstance(path[0], int) for path, _message in problems)
    return ListBlockValidationError if is_list else StructBlockValidationError

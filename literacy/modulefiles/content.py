"""A lesson in three languages side by side, as a file keeps it, and apart, as pages keep it.

The functions walk a block definition beside plain data, so a new block needs nothing here.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from wagtail.blocks import (
    Block,
    BooleanBlock,
    CharBlock,
    ChoiceBlock,
    ChooserBlock,
    FloatBlock,
    IntegerBlock,
    ListBlock,
    RegexBlock,
    RichTextBlock,
    StreamBlock,
    StructBlock,
    TextBlock,
)

from cms.blocks import plain
from literacy.languages import READER

NAMESPACE = uuid.UUID("5f0c4a4e-6a55-4c0e-9b6e-d1a0d5c0a1e5")  # of ids that must not change
WORDS = (CharBlock, TextBlock, RichTextBlock)
FACTS: dict[type[Block], tuple[tuple[type, ...], str]] = {
    BooleanBlock: ((bool,), "true or false"),
    IntegerBlock: ((int,), "a whole number"),
    FloatBlock: ((int, float), "a number"),
    ChoiceBlock: ((str,), "one of its choices"),
    RegexBlock: ((str,), "a short text (in quotes, if it looks like a number or like yes or no)"),
}
RICH_TAG = re.compile(r"</?(p|b|i|ul|ol|li)>")
ANY_TAG = re.compile(r"<[^>]*>")
EDITOR_MARK = re.compile(r' data-block-key="[^"]*"')
AROUND_BLOCKS = re.compile(r"[ \t\r\n]*(</?(?:p|ul|ol|li)>)[ \t\r\n]*")
BREAKS = re.compile(r"[ \t\r\n]+")  # a no-break space is a letter here
LINE_ENDS = re.compile(r"(</p>|<ul>|<ol>|</li>|</ul>|</ol>)(?!$)")


def fixed_id(path: str) -> uuid.UUID:
    """Return an id that is the same on every machine and in every run."""
    return uuid.uuid5(NAMESPACE, path)


# What a file must hold


def check(block: Block, data: Any, path: str) -> Iterator[str]:
    """Yield what a file's value lacks to become the value of a block, with the path to it."""
    if isinstance(block, StreamBlock):
        yield from _check_stream(block, data, path)
    elif isinstance(block, ListBlock):
        yield from _check_list(block, data, path)
    elif isinstance(block, StructBlock):
        yield from _check_struct(block, data, path)
    elif isinstance(block, WORDS):
        yield from check_words(data, path, is_rich=isinstance(block, RichTextBlock))
    else:
        yield from _check_fact(block, data, path)


def check_words(
    data: Any, path: str, *, is_rich: bool = False, room: int | None = None
) -> Iterator[str]:
    if not isinstance(data, Mapping):
        yield f"{path}: must hold a text for each of {', '.join(READER)}"
        return
    for language in data.keys() - set(READER):
        yield f"{path}: {language!r} is not one of {', '.join(READER)}"
    for language in READER:
        text = data.get(language)
        if not isinstance(text, str):
            yield f"{path}.{language}: is missing or not a text"
        elif room and not 0 < len(text.strip()) <= room:
            yield f"{path}.{language}: must have from 1 to {room} characters"
        elif is_rich and (tags := sorted(set(ANY_TAG.findall(RICH_TAG.sub("", text))))):
            yield f"{path}.{language}: only p, b, i, ul, ol and li are known, not {tags[0]}"


def _check_stream(block: StreamBlock, data: Any, path: str) -> Iterator[str]:
    if not isinstance(data, list):
        yield f"{path}: must be a list"
        return
    for index, child in enumerate(data):
        here = f"{path}[{index}]"
        kind = _kind(block, child) if isinstance(child, Mapping) else None
        if kind not in block.child_blocks:
            yield f"{here}.type: must be one of {', '.join(block.child_blocks)}"
        else:
            yield from check(block.child_blocks[kind], _untyped(child), here)


def _check_list(block: ListBlock, data: Any, path: str) -> Iterator[str]:
    if not isinstance(data, list):
        yield f"{path}: must be a list"
        return
    for index, child in enumerate(data):
        yield from check(block.child_block, child, f"{path}[{index}]")


def _check_struct(block: StructBlock, data: Any, path: str) -> Iterator[str]:
    if not isinstance(data, Mapping):
        yield f"{path}: must have the fields {', '.join(block.child_blocks)}"
        return
    for name in data.keys() - block.child_blocks.keys():
        yield f"{path}.{name}: is not a field here"
    for name, child in block.child_blocks.items():
        if name in data:
            yield from check(child, data[name], f"{path}.{name}")
        elif _is_required(child):
            yield f"{path}.{name}: is missing"


def _check_fact(block: Block, data: Any, path: str) -> Iterator[str]:
    if isinstance(block, ChooserBlock):
        yield f"{path}: a picture cannot be kept in a file"
        return
    types, words = next(found for kind, found in FACTS.items() if isinstance(block, kind))
    is_odd = not isinstance(data, types) or (isinstance(data, bool) and bool not in types)
    if is_odd and not (data is None and not block.required):
        yield f"{path}: must be {words}"


def _is_required(block: Block) -> bool:
    if isinstance(block, ListBlock):
        return bool(block.meta.min_num)
    return True if isinstance(block, StructBlock) else bool(block.required)


def _kind(stream: StreamBlock, data: Mapping[str, Any]) -> str | None:
    """Return the block type named in a file; a stream of one type need not name it."""
    only = next(iter(stream.child_blocks)) if len(stream.child_blocks) == 1 else None
    return data.get("type", only)


def _untyped(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != "type"}


# From a file to one language


def pick(block: Block, data: Any, language: str, path: str) -> Any:
    """Return one language of a file's value as a block stores it; ids follow from the path."""
    if isinstance(block, StreamBlock):
        return [_stream_child(block, child, language, path) for child in data]
    if isinstance(block, ListBlock):
        return [
            _stored("item", pick(block.child_block, child, language, here), here)
            for here, child in _with_paths(data or [], path)
        ]
    if isinstance(block, StructBlock):
        return {
            name: pick(child, (data or {}).get(name), language, f"{path}/{name}")
            for name, child in block.child_blocks.items()
        }
    if isinstance(block, WORDS):
        text = data[language] if data else ""
        return tidy_rich(text) if isinstance(block, RichTextBlock) else text.strip()
    return bool(data) if isinstance(block, BooleanBlock) else data


def tidy_rich(text: str) -> str:
    """Return rich text without the line breaks of a file and the marks of the editor."""
    unmarked = EDITOR_MARK.sub("", text)
    return AROUND_BLOCKS.sub(r"\1", BREAKS.sub(" ", unmarked)).strip(" ")


def _stream_child(
    block: StreamBlock, child: Mapping[str, Any], language: str, path: str
) -> dict[str, Any]:
    kind, here = str(_kind(block, child)), f"{path}/{child['key']}"
    return _stored(kind, pick(block.child_blocks[kind], _untyped(child), language, here), here)


def _stored(kind: str, value: Any, path: str) -> dict[str, Any]:
    return {"type": kind, "value": value, "id": str(fixed_id(path))}


def _with_paths(data: list[Any], path: str) -> Iterator[tuple[str, Any]]:
    for index, child in enumerate(data):
        name = child.get("key", index) if isinstance(child, Mapping) else index
        yield f"{path}/{name}", child


# From the pages of all languages to a file


def merge(block: Block, values: Mapping[str, Any]) -> Any:
    """Return plain values of all languages side by side, without what is empty in each."""
    some = next(iter(values.values()))
    if isinstance(block, ListBlock):
        return _merge_list(values, lambda _index, found: merge(block.child_block, found))
    if isinstance(block, StructBlock):
        return _without_blanks(
            (name, child, merge(child, {key: value.get(name) for key, value in values.items()}))
            for name, child in sorted(block.child_blocks.items(), key=lambda pair: pair[0] != "key")
        )
    if isinstance(block, WORDS):
        is_rich = isinstance(block, RichTextBlock)
        return {key: lines(text) if is_rich else text.strip() for key, text in values.items()}
    if isinstance(block, ChooserBlock):
        return getattr(some, "pk", some)
    return int(some) if isinstance(some, float) and some.is_integer() else some


def merge_stream(block: StreamBlock, values: Mapping[str, list[dict[str, Any]]]) -> Any:
    """Do the same for streams, given as lists of {"type", "value"}."""
    is_typed = len(block.child_blocks) > 1

    def child(index: int, found: Mapping[str, Any]) -> dict[str, Any]:
        kind = next(iter(found.values()))["type"]
        merged = merge(
            block.child_blocks[kind], {key: part["value"] for key, part in found.items()}
        )
        return {"type": kind, **merged} if is_typed else dict(merged)

    return _merge_list(values, child)


def plain_stream(stream: Iterable[Any]) -> list[dict[str, Any]]:
    return [{"type": child.block_type, "value": plain(child.value)} for child in stream]


def lines(text: str) -> str:
    """Return rich text with a line for each paragraph, for people who read the file."""
    return LINE_ENDS.sub(r"\1\n", tidy_rich(text))


def _merge_list(
    values: Mapping[str, list[Any]], merged: Callable[[int, dict[str, Any]], Any]
) -> list[Any]:
    columns = zip(*values.values(), strict=True)
    return [
        merged(index, dict(zip(values, column, strict=True)))
        for index, column in enumerate(columns)
    ]


def _without_blanks(fields: Iterable[tuple[str, Block, Any]]) -> dict[str, Any]:
    return {
        name: value
        for name, block, value in fields
        if not _is_blank(value) or _is_required(block) or isinstance(block, BooleanBlock)
    }


def _is_blank(value: Any) -> bool:
    if isinstance(value, Mapping) and value.keys() <= set(READER):
        return not any(value.values())
    return value in (None, "", [])

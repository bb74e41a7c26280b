"""Module files: read and judged, or written from the pages of all languages."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import yaml
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import override
from wagtail.blocks import StreamBlock, StreamValue
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from cms.blocks import LessonStream, RecallStream
from literacy.languages import READER
from literacy.modulefiles import content

FOLDER: Path = settings.BASE_DIR / "fixtures"
STREAMS = {"body": LessonStream(), "recall": RecallStream()}
WORDS = {"title": 255, "summary": 300, "trains": 120}  # with the room a page has
FACTS = {
    "id": str,
    "area": str,
    "level": int,
    "audience": str,
    "minutes": int,
    "competences": list,
    "exercise": str,
    "triggers": list,
    "mapping": dict,
}
NESTED = (StreamBlockValidationError, StructBlockValidationError, ListBlockValidationError)
FLOW_WIDTH = 60  # longer than this, three languages stand on three lines


class UnreadableModule(ValueError):
    """A module file that cannot be loaded; each problem names the file and the path in it."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


class Lesson(Protocol):
    """What a page and a file's language have in common."""

    title: str
    summary: str
    trains: str
    body: StreamValue
    recall: StreamValue


@dataclass
class Words:
    """One language of a module file."""

    title: str
    summary: str
    trains: str
    body: StreamValue
    recall: StreamValue


@dataclass(frozen=True)
class ModuleFile:
    path: Path
    facts: dict[str, Any]
    words: dict[str, Words]  # by language

    @property
    def id(self) -> str:
        return str(self.facts["id"])


# Reading


def read_yaml(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UnreadableModule([f"{path.name}: {error}"]) from error


def read_module(path: Path) -> ModuleFile:
    """Read a module file.

    Raises: UnreadableModule with every problem found, not only the first.
    """
    data = read_yaml(path)
    if problems := list(_shape_problems(data)):
        raise UnreadableModule(f"{path.name}: {problem}" for problem in problems)
    found = ModuleFile(
        path,
        {name: data[name] for name in FACTS},
        {language: _words(data, language) for language in READER},
    )
    if problems := list(dict.fromkeys(_content_problems(found))):
        raise UnreadableModule(f"{path.name}: {problem}" for problem in problems)
    return found


def _shape_problems(data: Any) -> Iterator[str]:
    if not isinstance(data, Mapping):
        yield "must hold the fields of one module"
        return
    for name in data.keys() - {*FACTS, *WORDS, "body", "recall"}:
        yield f"{name}: is not a field here"
    for name, kind in FACTS.items():
        if not isinstance(data.get(name), kind):
            yield f"{name}: is missing or not a {kind.__name__}"
    for name, room in WORDS.items():
        yield from content.check_words(data.get(name), name, room=room)
    for name, stream in STREAMS.items():
        yield from content.check(stream, data.get(name), name)


def _words(data: Mapping[str, Any], language: str) -> Words:
    streams = {
        name: stream.to_python(content.pick(stream, data[name], language, f"{data['id']}/{name}"))
        for name, stream in STREAMS.items()
    }
    return Words(**{name: data[name][language].strip() for name in WORDS}, **streams)


def _content_problems(module: ModuleFile) -> Iterator[str]:
    """Let the blocks judge their values; problems common to all languages come out once."""
    if not re.fullmatch(r"[A-Z]{2}-\d{2}", module.id):
        yield "id: must look like DL-01"
    if module.facts["level"] not in {1, 2, 3}:
        yield "level: must be 1, 2 or 3"
    if module.facts["audience"] not in {"A", "M", "B"}:
        yield "audience: must be A, M or B"
    if not 1 <= module.facts["minutes"] <= 15:
        yield "minutes: must be from 1 to 15"
    if not module.facts["competences"]:
        yield "competences: name at least one"
    if module.facts["exercise"] not in {child.block_type for child in module.words["sv"].body}:
        yield "exercise: no block of the body has this type"
    with override("en"):
        for words in module.words.values():
            for name, stream in STREAMS.items():
                yield from _clean(stream, getattr(words, name), name)


def _clean(stream: StreamBlock, value: StreamValue, path: str) -> Iterator[str]:
    try:
        stream.clean(value)
    except ValidationError as error:
        yield from _flat(error, path)


def _flat(error: ValidationError, path: str) -> Iterator[str]:
    """Yield the messages of a nested block error, each with its path."""
    if not isinstance(error, NESTED):
        yield from (f"{path}: {message}" for message in error.messages)
        return
    yield from (f"{path}: {message}" for message in error.non_block_errors)
    for step, inner in error.block_errors.items():
        yield from _flat(inner, f"{path}[{step}]" if isinstance(step, int) else f"{path}.{step}")


# Comparing and writing


def content_of(lesson: Lesson) -> dict[str, Any]:
    """Return the words and facts of one language without ids and editor marks."""
    return _beside({"": lesson})


def content_hash(lesson: Lesson) -> str:
    text = json.dumps(content_of(lesson), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def as_text(facts: Mapping[str, Any], pages: Mapping[str, Lesson]) -> str:
    """Return the module file for the pages of all languages.

    Raises: ValueError when their structure differs.
    """
    data = {
        **{name: facts[name] for name in FACTS},
        **_beside({language: pages[language] for language in READER}),
    }
    return yaml.dump(
        data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100_000, indent=2
    )


def _beside(lessons: Mapping[str, Lesson]) -> dict[str, Any]:
    streams = {
        name: {key: content.plain_stream(getattr(lesson, name)) for key, lesson in lessons.items()}
        for name in STREAMS
    }
    return {
        **{name: {key: getattr(each, name) for key, each in lessons.items()} for name in WORDS},
        **{name: content.merge_stream(STREAMS[name], found) for name, found in streams.items()},
    }


class _Dumper(yaml.SafeDumper):
    """Texts in quotes, rich text line by line, short mappings and lists on one line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    is_name = re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", text) and text.lower() not in _YAML_WORDS
    style = "|" if "\n" in text else None if is_name else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_list(dumper: _Dumper, data: list[Any]) -> yaml.SequenceNode:
    is_flat = not any(isinstance(child, dict | list) for child in data)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=is_flat)


def _represent_dict(dumper: _Dumper, data: dict[str, Any]) -> yaml.MappingNode:
    is_flat = not any(isinstance(child, dict | list) for child in data.values())
    is_short = is_flat and sum(len(str(child)) for child in data.values()) <= FLOW_WIDTH
    node = dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=is_short)
    for _key, value in node.value if data.keys() == set(READER) else ():
        value.style = value.style or '"'
    return node


_YAML_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(list, _represent_list)
_Dumper.add_representer(dict, _represent_dict)

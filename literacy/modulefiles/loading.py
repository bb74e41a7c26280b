"""Module files into pages, and pages back into files.

A page that somebody changed in the CMS is theirs: loading leaves it alone and says so.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from literacy import publishing
from literacy.languages import READER
from literacy.models import AreaPage, LoadedModule, Module, ModuleCompetence, ModulePage
from literacy.modulefiles.content import fixed_id
from literacy.modulefiles.files import (
    FOLDER,
    ModuleFile,
    UnreadableModule,
    Words,
    as_text,
    content_hash,
    read_module,
    read_yaml,
)
from literacy.modulefiles.framework import load_framework
from literacy.modulefiles.site import load_site

Areas = Mapping[tuple[str, str], AreaPage]


@dataclass
class Outcome:
    """What a load or a dump did, for the person who ran it."""

    written: list[str] = field(default_factory=list)
    unchanged: int = 0
    skipped: list[str] = field(default_factory=list)  # with the reason


@dataclass
class _Side:
    """One language of a module: the file's words, the page they belong on, what was loaded."""

    words: Words
    page: ModulePage | None
    loaded: LoadedModule | None
    wanted_hash: str

    @property
    def is_equal(self) -> bool:
        return self.page is not None and content_hash(self.page) == self.wanted_hash

    def reason_to_keep(self) -> str:
        """Return why the page must not be overwritten, or nothing."""
        if self.page is None:
            return "it was removed in the CMS" if self.loaded else ""
        if not self.page.live:
            return "it was unpublished in the CMS"
        if self.page.has_unpublished_changes:
            return "it has an unpublished draft"
        if self.loaded is None or self.loaded.content_hash != content_hash(self.page):
            return "it was changed in the CMS"
        return ""


def load_modules(paths: Iterable[Path] | None = None) -> Outcome:
    """Load the framework, the site's tree and module files; safe to run again.

    Raises: UnreadableModule before anything is written, with all problems of all files.
    """
    modules = read_modules(paths or sorted((FOLDER / "modules").glob("*.yaml")))
    load_framework()
    areas = load_site()
    outcome = Outcome()
    for module in modules:
        with transaction.atomic():
            _load(module, areas, outcome)
    return outcome


def read_modules(paths: Iterable[Path]) -> list[ModuleFile]:
    found, problems = [], []
    for path in paths:
        try:
            found.append(read_module(path))
        except UnreadableModule as error:
            problems += error.problems
    problems += [problem for module in found for problem in _unknown_names(module)]
    if problems:
        raise UnreadableModule(problems)
    return found


def _unknown_names(file: ModuleFile) -> Iterator[str]:
    framework = read_yaml(FOLDER / "framework.yaml")
    areas, competences = (
        {entry["id"] for entry in framework[name]} for name in ("areas", "competences")
    )
    if file.facts["area"] not in areas:
        yield f"{file.path.name}: area: {file.facts['area']} is not in the framework"
    tested = [child.value["competence"] for child in file.words["sv"].recall]
    for name in dict.fromkeys([*file.facts["competences"], *tested]):
        if name not in competences:
            yield f"{file.path.name}: competences: {name} is not in the framework"


def _load(file: ModuleFile, areas: Areas, outcome: Outcome) -> None:
    module = _keep_module(file)
    sides = _sides(file)
    wanted = {language: side for language, side in sides.items() if not side.is_equal}
    kept = {
        language: reason for language, side in wanted.items() if (reason := side.reason_to_keep())
    }
    to_write = {language: side for language, side in wanted.items() if language not in kept}
    if to_write and (conflict := _conflict(file, [sides[language].page for language in kept])):
        kept |= dict.fromkeys(to_write, conflict)
        to_write = {}
    for language, reason in kept.items():
        outcome.skipped.append(f"{module.pk} {language}: {reason}")
    outcome.unchanged += len(sides) - len(wanted)
    _write(module, to_write, areas)
    outcome.written += [f"{module.pk} {language}" for language in to_write]
    _remember(module, {key: side for key, side in sides.items() if key not in kept})
    if to_write and not kept:
        _follow_source(module)


def _keep_module(file: ModuleFile) -> Module:
    """Bring the module's row in line with its file."""
    facts = {
        "area_id": file.facts["area"],
        **{
            name: file.facts[name]
            for name in ("level", "audience", "minutes", "exercise", "triggers", "mapping")
        },
    }
    module = Module.objects.filter(pk=file.id).first() or Module(pk=file.id)
    if module._state.adding or any(getattr(module, name) != facts[name] for name in facts):
        for name, value in facts.items():
            setattr(module, name, value)
        module.save()
    _keep_competences(module, file)
    return module


def _keep_competences(module: Module, file: ModuleFile) -> None:
    wanted = file.facts["competences"]
    if list(module.competence_links.values_list("competence_id", flat=True)) == wanted:
        return
    module.competence_links.all().delete()
    ModuleCompetence.objects.bulk_create(
        ModuleCompetence(module=module, competence_id=name, position=position)
        for position, name in enumerate(wanted)
    )


def _sides(file: ModuleFile) -> dict[str, _Side]:
    pages = {
        page.locale.language_code: page
        for page in ModulePage.objects.filter(module_id=file.id).select_related("locale")
    }
    loaded = {row.language: row for row in LoadedModule.objects.filter(module_id=file.id)}
    return {
        language: _Side(
            file.words[language],
            pages.get(language),
            loaded.get(language),
            content_hash(file.words[language]),
        )
        for language in READER
    }


def _conflict(file: ModuleFile, kept: list[ModulePage | None]) -> str:
    """Return why the file cannot stand beside the pages that are kept, or nothing."""
    for page in kept:
        if page and page.live and publishing.differences(file.words["sv"], page):
            return f"the {page.locale.language_code} page has other keys or right answers"
    return ""


def _write(module: Module, sides: Mapping[str, _Side], areas: Areas) -> None:
    """Put the words live. The old pages step aside first: together they never meet the new ones."""
    old = [side.page.pk for side in sides.values() if side.page]
    ModulePage.objects.filter(pk__in=old).update(live=False)
    for language, side in sides.items():
        page = side.page or ModulePage(
            module=module,
            translation_key=fixed_id(f"module/{module.pk}"),
            slug=module.slug,
            locale=areas[module.area_id, language].locale,
            live=False,
        )
        for name in ("title", "summary", "trains", "body", "recall"):
            setattr(page, name, getattr(side.words, name))
        if page._state.adding:
            parent = areas[module.area_id, language]
            parent.refresh_from_db()  # treebeard counts children on the row
            parent.add_child(instance=page)
        page.save_revision().publish()
        side.page = page


def _remember(module: Module, sides: Mapping[str, _Side]) -> None:
    for language, side in sides.items():
        if side.loaded is None or side.loaded.content_hash != side.wanted_hash:
            LoadedModule.objects.update_or_create(
                module=module, language=language, defaults={"content_hash": side.wanted_hash}
            )


def _follow_source(module: Module) -> None:
    """All languages come from one file, so none of them is behind."""
    for page in ModulePage.objects.filter(module=module).select_related("locale"):
        publishing.note_publication(page)


def dump_modules(folder: Path | None = None, ids: Iterable[str] = ()) -> Outcome:
    """Write the live pages of modules to files, and say which could not be written."""
    outcome = Outcome()
    target = folder or FOLDER / "modules"
    target.mkdir(parents=True, exist_ok=True)
    modules = Module.objects.prefetch_related("competence_links", "pages__locale")
    for module in modules.filter(pk__in=ids) if ids else modules:
        pages = {page.locale.language_code: page for page in module.pages.all() if page.live}
        path = target / f"{module.slug}.yaml"
        if missing := [language for language in READER if language not in pages]:
            outcome.skipped.append(f"{module.pk}: no live page in {', '.join(missing)}")
        elif any(child.block_type == "image" for page in pages.values() for child in page.body):
            outcome.skipped.append(f"{module.pk}: a picture cannot be kept in a file")
        elif _save(path, as_text(_facts(module), pages)):
            outcome.written.append(path.name)
        else:
            outcome.unchanged += 1
    return outcome


def _facts(module: Module) -> dict[str, Any]:
    return {
        "id": module.pk,
        "area": module.area_id,
        "level": module.level,
        "audience": module.audience,
        "minutes": module.minutes,
        "competences": [link.competence_id for link in module.competence_links.all()],
        "exercise": module.exercise,
        "triggers": module.triggers,
        "mapping": module.mapping,
    }


def _save(path: Path, text: str) -> bool:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.write_text(text, encoding="utf-8")
    return True

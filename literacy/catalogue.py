"""Which modules there are, and their words in a language."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from wagtail.blocks import StructValue

from cms.blocks import ExerciseBlock
from literacy.models import ModulePage
from literacy.modulefiles.framework import load_framework
from literacy.modulefiles.loading import dump_modules, load_modules

__all__ = [
    "Exercise",
    "dump_modules",
    "exercise",
    "exercises",
    "languages_of",
    "live_pages",
    "load_framework",
    "load_modules",
    "module_page",
    "titles",
]


@dataclass(frozen=True)
class Exercise:
    """A block of a page that is answered, with what the author put into it."""

    key: str
    block: ExerciseBlock
    value: StructValue


def live_pages(language: str) -> QuerySet[ModulePage]:
    pages = ModulePage.objects.live().filter(locale__language_code=language)
    return pages.select_related("module", "locale")


def module_page(module_id: str, language: str) -> ModulePage | None:
    """Return the live page of a module in a language; never another language's."""
    return live_pages(language).filter(module_id=module_id).first()


def exercises(page: ModulePage) -> list[Exercise]:
    return [
        Exercise(child.value["key"], child.block, child.value)
        for child in page.body
        if isinstance(child.block, ExerciseBlock)
    ]


def exercise(page: ModulePage, key: str) -> Exercise | None:
    return next((found for found in exercises(page) if found.key == key), None)


def languages_of(module_id: str) -> list[str]:
    """Return the languages in which a module can be taken."""
    pages = ModulePage.objects.live().filter(module_id=module_id)
    return list(pages.order_by("locale_id").values_list("locale__language_code", flat=True))


def titles(module_ids: Iterable[str], language: str) -> dict[str, str]:
    """Return titles in a language by module id, for the modules that exist in it."""
    pages = live_pages(language).filter(module_id__in=module_ids)
    return dict(pages.values_list("module_id", "title"))

"""What an author sees beside a module page: what it still lacks, and how its languages stand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import Panel
from wagtail.models import Locale

from cms.blocks import ExerciseBlock, plain
from literacy.languages import READER
from literacy.publishing import stale_translations

IDEA_WORDS = 170
LESSON_WORDS = 420
RECALL_ITEMS = 6
TRANSFER_ITEMS = 2


@dataclass(frozen=True)
class Point:
    text: str
    holds: bool


@dataclass(frozen=True)
class LanguageState:
    """How a module stands in one language."""

    code: str
    language: str
    page: Any  # None where it is missing
    source: Any  # a page of the module in some language, to begin a missing one from
    is_behind: bool  # the Swedish page has gone live in other words since

    @property
    def text(self) -> str:
        if self.page is None:
            return _("Missing")
        if not self.page.live:
            return _("Draft")
        if self.is_behind:
            return _("Behind the Swedish page")
        return _("Live, with a draft") if self.page.has_unpublished_changes else _("Live")

    @property
    def is_done(self) -> bool:
        return self.page is not None and self.page.live and not self.is_behind


def language_states(pages: Iterable[Any]) -> dict[str, list[LanguageState]]:
    """Return the states of all languages by module id, for all pages of some modules."""
    behind = set(stale_translations().values_list("source__object_id", "target_locale_id"))
    names = {row.language_code: row.get_display_name() for row in Locale.objects.all()}
    by_module: dict[str, dict[str, Any]] = {}
    for page in pages:
        by_module.setdefault(page.module_id, {}).setdefault(page.locale.language_code, page)
    return {
        module_id: [
            LanguageState(
                code=code,
                language=names[code],
                page=(page := found.get(code)),
                source=next(iter(found.values())),
                is_behind=page is not None and (page.translation_key, page.locale_id) in behind,
            )
            for code in READER
        ]
        for module_id, found in by_module.items()
    }


def points_of(page: Any) -> list[Point]:
    """Return what a module needs, and whether this page has it."""
    kinds = {child.block_type for child in page.body}
    has_exercise = any(isinstance(child.block, ExerciseBlock) for child in page.body)
    transfers = sum(child.value["transfer"] for child in page.recall)
    return [
        Point(_("An opening question"), "hook" in kinds),
        Point(_("An exercise"), has_exercise),
        Point(_("A take-away"), "takeaway" in kinds),
        _words_point(_("The idea: %(count)d of at most %(most)d words"), page, IDEA_WORDS, "idea"),
        _words_point(_("The lesson: %(count)d of at most %(most)d words"), page, LESSON_WORDS),
        Point(
            _("Questions for the check: %(count)d of at least %(least)d")
            % {"count": len(page.recall), "least": RECALL_ITEMS},
            len(page.recall) >= RECALL_ITEMS,
        ),
        Point(
            _("Of these in a new situation: %(count)d of at least %(least)d")
            % {"count": transfers, "least": TRANSFER_ITEMS},
            transfers >= TRANSFER_ITEMS,
        ),
    ]


def _words_point(text: str, page: Any, most: int, role: str = "") -> Point:
    count = sum(
        len(strip_tags(words.replace("<", " <")).split())
        for child in page.body
        if child.block_type in {"hook", "prose", "takeaway"}
        and (not role or child.value.get("role") == role)
        for words in _texts(plain(child.value))
    )
    return Point(text % {"count": count, "most": most}, 0 < count <= most)


def _texts(value: Any) -> Iterator[str]:
    """Yield the running text of a block: no keys, no roles, no replies to a guess."""
    if isinstance(value, dict):
        for name, child in value.items():
            if name not in {"key", "role", "reply"}:
                yield from _texts(child)
    elif isinstance(value, list):
        for child in value:
            yield from _texts(child)
    else:
        yield str(value)


class ChecklistPanel(Panel):
    """The checklist in the editor, as of the last saved draft."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("heading", gettext_lazy("Checklist"))
        super().__init__(**kwargs)

    class BoundPanel(Panel.BoundPanel):
        template_name = "literacy/checklist_panel.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            page = self.instance
            pages = type(page).objects.filter(module_id=page.module_id).select_related("locale")
            return {
                **super().get_context_data(parent_context),
                "points": points_of(page),
                "states": language_states(pages.defer("body", "recall")).get(page.module_id, []),
            }

"""The ledger in words: what was seen, when, and what it did to the estimate."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from literacy.mastery.beliefs import ItemSeen, ScoreSeen, from_json
from literacy.mastery.standing import Mastery, profile
from literacy.models import Area, Competence, Learner, LedgerEntry

HARDLY = 0.02  # a move of less than this many logits is not worth a direction

_CHANGE = F("skill_delta") + F("general_delta")
_WORST_FIRST = (_CHANGE.asc(), F("pk").asc())
_TEXTS = {
    "evaluation": gettext_noop("Evaluation: %(title)s"),
    "exercise": gettext_noop("Exercise: %(title)s"),
    "recall": gettext_noop("Short check: %(title)s"),
    "completion": gettext_noop("Finished: %(title)s"),
    "claim": gettext_noop("Known already: %(title)s"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One reason, in the active language."""

    on: date
    text: str
    value: str
    effect: str


@dataclass(frozen=True, slots=True)
class ExplainedBelief:
    competence: Competence
    share: float
    low: float
    high: float
    known: bool
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class ExplainedArea:
    area: Area
    beliefs: list[ExplainedBelief]


def most_lowering(learner_ids: Collection[int], count: int) -> QuerySet[LedgerEntry]:
    """Return the few entries that lowered each learner's competences most, worst first."""
    place = Window(RowNumber(), partition_by=[F("learner"), F("competence")], order_by=_WORST_FIRST)
    lowering = LedgerEntry.objects.alias(change=_CHANGE).filter(
        learner__in=learner_ids, change__lt=0
    )
    return lowering.annotate(place=place).filter(place__lte=count).order_by(*_WORST_FIRST)


def explained(learner: Learner) -> list[ExplainedArea]:
    """Return all that is believed of a learner, by area, each belief with its reasons."""
    lines: dict[str, list[Line]] = {}
    for entry in learner.ledger.order_by(*_WORST_FIRST):
        lines.setdefault(entry.competence_id, []).append(line(fact(entry)))
    areas: dict[Area, list[ExplainedBelief]] = {}
    for mastery in profile(learner).competences:
        if reasons := lines.get(mastery.competence.pk):
            areas.setdefault(mastery.competence.area, []).append(_explained(mastery, reasons))
    return [ExplainedArea(area, beliefs) for area, beliefs in areas.items()]


def fact(entry: LedgerEntry) -> dict[str, Any]:
    """Return an entry as JSON that `line` can put into words later, in any language."""
    return {
        "kind": entry.source_kind,
        "title": entry.title,
        "on": timezone.localdate(entry.observed_at).isoformat(),
        "percent": _percent(entry),
        "change": entry.skill_delta + entry.general_delta,
    }


def line(known: dict[str, Any]) -> Line:
    return Line(
        on=date.fromisoformat(known["on"]),
        text=_(_TEXTS[known["kind"]]) % {"title": in_language(known["title"])},
        value=_value(known["kind"], known["percent"]),
        effect=_effect(known["change"]),
    )


def in_language(texts: dict[str, str]) -> str:
    """Return the text in the active language, else in English, else in any."""
    fallback = next(iter(texts.values()), "")
    return texts.get(get_language() or "en") or texts.get("en") or fallback


def _explained(mastery: Mastery, lines: list[Line]) -> ExplainedBelief:
    return ExplainedBelief(
        mastery.competence, mastery.share, mastery.low, mastery.high, mastery.known, lines
    )


def _percent(entry: LedgerEntry) -> int | None:
    seen = from_json(entry.observation)
    if isinstance(seen, ScoreSeen):
        return round(seen.score_pct)
    return round(100 * seen.share) if isinstance(seen, ItemSeen) else None


def _value(kind: str, percent: int | None) -> str:
    if percent is None:
        return ""
    if kind == "evaluation":
        return _("%(score)s of 100") % {"score": percent}
    return _("%(percent)s %% right") % {"percent": percent}


def _effect(change: float) -> str:
    if abs(change) < HARDLY:
        return _("hardly moves it")
    return _("raises it") if change > 0 else _("lowers it")

"""Why a module is suggested: facts when it is made, a sentence when it is read."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import Any

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from coaching.models import Evaluation, EvaluationAnswer, Suggestion
from coaching.records import EvaluationStatus
from literacy import mastery
from literacy.models import Criterion, LedgerEntry, ModulePage

LATEST_EVALUATIONS = 4
LOW_PCT = 60
SHOWN_ENTRIES = 3

_NUMBERS = (
    pgettext_lazy("number of evaluations", "one"),
    pgettext_lazy("number of evaluations", "two"),
    pgettext_lazy("number of evaluations", "three"),
    pgettext_lazy("number of evaluations", "four"),
)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What could be said to one learner, before it is known about which module."""

    answers: list[EvaluationAnswer]  # of the latest evaluations
    lowered: list[LedgerEntry]  # what lowered each competence most, worst first

    def evidence(self, competences: Collection[str]) -> list[dict[str, Any]]:
        """Return the facts that lowered some competences most, each source once."""
        facts: dict[str, dict[str, Any]] = {}
        for entry in self.lowered:
            if entry.competence_id in competences:
                facts.setdefault(entry.source_key, mastery.fact(entry))
        return list(facts.values())[:SHOWN_ENTRIES]

    def reason(
        self, competences: Collection[str], criteria: Collection[str], *, is_known: bool
    ) -> dict[str, Any]:
        """Return the facts of the reason; the criteria are those that speak of the competences."""
        if found := _criterion_reason(self.answers, criteria):
            return found
        own = [entry for entry in self.lowered if entry.competence_id in competences]
        if any(entry.source_kind in {"exercise", "recall"} for entry in own):
            return {"kind": "exercise"}
        return {"kind": "earlier" if is_known else "unknown"}


def grounds_of(learner_ids: Collection[int]) -> dict[int, Grounds]:
    grounds = {learner_id: Grounds([], []) for learner_id in learner_ids}
    for answer in _latest_answers(learner_ids):
        grounds[answer.evaluation.learner_id].answers.append(answer)
    for entry in mastery.most_lowering(learner_ids, SHOWN_ENTRIES):
        grounds[entry.learner_id].lowered.append(entry)
    return grounds


def reason_text(suggestion: Suggestion) -> str:
    """Return why, and what the module trains, in the active language."""
    return f"{_why(suggestion)} {_what(suggestion)}"


def evidence_lines(suggestion: Suggestion) -> list[mastery.Line]:
    return [mastery.line(fact) for fact in suggestion.evidence]


def _latest_answers(learner_ids: Collection[int]) -> QuerySet[EvaluationAnswer]:
    place = Window(
        RowNumber(), partition_by=F("learner"), order_by=[F("released_at").desc(), F("pk").desc()]
    )
    latest = (
        Evaluation.objects.filter(learner__in=learner_ids, status=EvaluationStatus.RELEASED)
        .annotate(place=place)
        .filter(place__lte=LATEST_EVALUATIONS)
    )
    return EvaluationAnswer.objects.filter(evaluation__in=latest.values("pk")).select_related(
        "evaluation", "line"
    )


def _criterion_reason(
    answers: Sequence[EvaluationAnswer], criteria: Collection[str]
) -> dict[str, Any] | None:
    """Return the criterion that the latest evaluations scored lowest, if one was low in any."""
    count = len({answer.evaluation_id for answer in answers})
    scores: dict[str, dict[Evaluation, list[float]]] = defaultdict(lambda: defaultdict(list))
    for answer in answers:
        criterion = answer.line.criterion_id
        if criterion and criterion in criteria and answer.score_pct is not None:
            scores[criterion][answer.evaluation].append(answer.score_pct)
    found = [_facts(name, judged, count) for name, judged in scores.items()]
    low = [facts for facts in found if facts["low"]]
    return min(low, key=lambda facts: (facts["mean"], facts["criterion"]), default=None)


def _facts(
    criterion: str, scores: Mapping[Evaluation, Sequence[float]], count: int
) -> dict[str, Any]:
    means = [fmean(each) for each in scores.values()]
    days = sorted(
        timezone.localdate(evaluation.interaction_at or evaluation.released_at)
        for evaluation in scores
    )
    return {
        "kind": "criterion",
        "criterion": criterion,
        "low": sum(mean < LOW_PCT for mean in means),
        "count": count,
        "mean": round(fmean(means)),
        "from": days[0].isoformat(),
        "to": days[-1].isoformat(),
    }


def _why(suggestion: Suggestion) -> str:
    reason = suggestion.reason
    if reason["kind"] == "criterion":
        return _criterion_sentence(reason)
    competence = {"competence": suggestion.competence.name}
    if reason["kind"] == "exercise":
        text = _(
            "Your answers in exercises and checks suggest that there is more to gain in "
            "“%(competence)s”."
        )
    elif reason["kind"] == "earlier":
        text = _(
            "What we have seen so far suggests that there is more to gain in “%(competence)s”."
        )
    else:
        text = _(
            "We do not know yet where you stand in “%(competence)s”, this is a short first step."
        )
    return text % competence


def _criterion_sentence(reason: Mapping[str, Any]) -> str:
    low, count = reason["low"], reason["count"]
    if count == 1:
        text = _(
            "Your latest evaluation showed a low score on %(criterion)s (%(mean)s, %(dates)s)."
        )
    elif low == count:
        text = _(
            "Your %(count)s latest evaluations all showed a low score on %(criterion)s "
            "(average %(mean)s, %(dates)s)."
        )
    else:
        text = _(
            "%(low)s of your %(count)s latest evaluations showed a low score on %(criterion)s "
            "(average %(mean)s, %(dates)s)."
        )
    return text % {
        "low": capfirst(str(_NUMBERS[low - 1])),
        "count": _NUMBERS[count - 1],
        "criterion": Criterion.objects.get(pk=reason["criterion"]).name,
        "mean": reason["mean"],
        "dates": _dates(date.fromisoformat(reason["from"]), date.fromisoformat(reason["to"])),
    }


def _dates(first: date, last: date) -> str:
    ends = [date_format(day, "MONTH_DAY_FORMAT") for day in (first, last)]
    return ends[0] if first == last else "–".join(ends)


def _what(suggestion: Suggestion) -> str:
    minutes = {"minutes": suggestion.module.minutes}
    page = ModulePage.objects.live().filter(
        module=suggestion.module_id, locale__language_code=get_language()
    )
    if trains := page.values_list("trains", flat=True).first():
        return _("The module trains %(trains)s, %(minutes)s min.") % {"trains": trains, **minutes}
    return _("The module takes %(minutes)s min.") % minutes

"""From beliefs to one module: what each learner would gain most from, its reason, its exits.

An offer has four exits. A start rests the offers until the module is taken, at most a week.
"Not now" rests them until tomorrow and the module for two days. "Know it already" is a claim: it
raises the belief a little and rests the module for eight weeks. "Not relevant" rests the module
for four weeks, and for ninety days from the second time on. All but "not now" teach the taste.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from coaching.models import Suggestion
from coaching.models.suggestions import SuggestionState
from coaching.suggestions import policy, taste
from coaching.suggestions.reasons import evidence_lines, reason_text
from coaching.suggestions.situation import Shelf, Situation, load_shelf, situations
from literacy import catalogue, mastery
from literacy.calendar import start_of
from literacy.models import Attempt, Learner, Membership, Role

__all__ = [
    "DECISIONS",
    "ask",
    "current_suggestion",
    "decide",
    "evidence_lines",
    "make",
    "reason_text",
    "suggest_all",
]

FRESH = timedelta(weeks=1)  # an offer older than this is made anew
CHUNK = 200
CLAIMED = mastery.Step(mean=0.3)
DISMISSED_AGAIN = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Exit:
    """What a decision does beside its state."""

    state: SuggestionState
    quiet: timedelta | None = None  # how long the module rests
    accepted: bool | None = None  # what it teaches the taste; None for nothing
    force: float = 1.0


DECISIONS = {
    "accept": Exit(SuggestionState.ACCEPTED, accepted=True),
    "not_now": Exit(SuggestionState.NOT_NOW, timedelta(days=2)),
    "known": Exit(SuggestionState.KNOWN, timedelta(weeks=8), accepted=False, force=0.5),
    "not_relevant": Exit(SuggestionState.NOT_RELEVANT, timedelta(weeks=4), accepted=False),
}


def current_suggestion(learner: Learner, now: datetime) -> Suggestion | None:
    """Return the learner's open suggestion; opening the page is asking, so else make one."""
    last = _last(learner)
    if last is None:
        return make(learner, now)
    if last.state == SuggestionState.OPEN:
        is_good = last.made_at > now - FRESH and not _is_taken(last) and _is_readable(last)
        return last if is_good else make(learner, now, instead_of=last)
    return None if _rests(last, now) else make(learner, now)


def ask(learner: Learner, now: datetime) -> Suggestion | None:
    """Return something that was not shown today; where there is nothing, what is open stays."""
    shown_today = learner.suggestions.filter(made_at__gte=start_of(timezone.localdate(now)))
    without = set(shown_today.values_list("module_id", flat=True))
    open_one = learner.suggestions.open().first()
    return make(learner, now, instead_of=open_one, without=without) or open_one


def make(
    learner: Learner,
    now: datetime,
    *,
    instead_of: Suggestion | None = None,
    without: Collection[str] = (),
) -> Suggestion | None:
    """Make and open a suggestion; of two made at once, both get the first."""
    shelf = load_shelf()
    [situation] = situations([learner], shelf, now)
    suggestion = _suggest(situation, shelf, now, without)
    if suggestion is None:
        return None
    try:
        with transaction.atomic():
            _expire([instead_of] if instead_of else [], now)
            suggestion.save()
    except IntegrityError:
        return learner.suggestions.open().get()
    return suggestion


def suggest_all(now: datetime) -> int:
    """Suggest to everybody who got nothing for a week; return how many got something."""
    shelf = load_shelf()
    total = 0
    for learners in _chunks(_without_suggestion(now)):
        found = [
            suggestion
            for situation in situations(learners, shelf, now)
            if (suggestion := _suggest(situation, shelf, now))
        ]
        old = Suggestion.objects.open().filter(made_at__lte=now - FRESH)
        with transaction.atomic():
            _expire(old.filter(learner__in=[suggestion.learner for suggestion in found]), now)
            Suggestion.objects.bulk_create(found, ignore_conflicts=True)
        total += len(found)
    return total


def decide(suggestion: Suggestion, decision: str, now: datetime) -> Suggestion:
    """Carry out one of the four exits in DECISIONS; a decided suggestion stays as it is."""
    way_out = DECISIONS[decision]
    with transaction.atomic():
        decided = Suggestion.objects.select_for_update().get(pk=suggestion.pk)
        if decided.state != SuggestionState.OPEN:
            return decided
        decided.quiet_until = _quiet_until(decided, way_out, now)
        decided.state, decided.decided_at = way_out.state, now
        decided.save(update_fields=["state", "decided_at", "quiet_until"])
        if way_out.accepted is not None:
            taste.learn(_features(decided), accepted=way_out.accepted, force=way_out.force)
        if way_out.state == SuggestionState.KNOWN:
            _claim(decided, now)
    return decided


def _last(learner: Learner) -> Suggestion | None:
    decided_or_open = learner.suggestions.exclude(state=SuggestionState.EXPIRED)
    return (
        decided_or_open.select_related("module", "competence").order_by("-made_at", "-pk").first()
    )


def _is_taken(suggestion: Suggestion) -> bool:
    """Tell whether the module was completed since, from here or from elsewhere."""
    return Attempt.objects.filter(
        learner=suggestion.learner_id,
        module=suggestion.module_id,
        completed_at__gte=suggestion.made_at,
    ).exists()


def _is_readable(suggestion: Suggestion) -> bool:
    pages = catalogue.live_pages(suggestion.learner.language)
    return pages.filter(module=suggestion.module_id).exists()


def _rests(last: Suggestion, now: datetime) -> bool:
    """Tell whether silence is due: a start is not finished, or it was "not now" today."""
    decided_at = last.decided_at or last.made_at
    if last.state == SuggestionState.ACCEPTED:
        return decided_at > now - FRESH and not _is_taken(last)
    is_today = timezone.localdate(decided_at) == timezone.localdate(now)
    return last.state == SuggestionState.NOT_NOW and is_today


def _suggest(
    situation: Situation, shelf: Shelf, now: datetime, without: Collection[str] = ()
) -> Suggestion | None:
    """Return a suggestion with all that explains it, not yet stored."""
    learner, candidates = situation.learner, situation.candidates(without)
    if not candidates:
        return None
    choice = policy.choose(candidates, seed=f"{learner.pk}:{timezone.localdate(now)}")
    chosen = choice.candidate
    competences = situation.competences_of(chosen.module)
    return Suggestion(
        learner=learner,
        module_id=chosen.module,
        competence_id=chosen.competence,
        made_at=now,
        reason=situation.grounds.reason(
            competences,
            shelf.criteria_of(competences),
            is_known=policy.is_known(chosen.competence, situation.person.beliefs),
        ),
        evidence=situation.grounds.evidence(competences),
        candidates=[_logged(each, chosen) for each in policy.ranked(candidates)],
        propensity=choice.propensity,
        explored=choice.explored,
        policy_version=policy.VERSION,
    )


def _logged(candidate: policy.Candidate, chosen: policy.Candidate) -> dict[str, object]:
    """Return a candidate for the log; the chosen one with what its answer will teach the taste."""
    entry: dict[str, object] = {
        "module": candidate.module,
        "score": round(candidate.score, 6),
        "gain": round(candidate.gain, 6),
        "accept": round(candidate.accept, 6),
    }
    return {**entry, "features": candidate.features} if candidate is chosen else entry


def _features(suggestion: Suggestion) -> dict[str, float]:
    """Return what described the module when it was chosen; nothing where no policy chose it."""
    logged = {each["module"]: each for each in suggestion.candidates}
    features: dict[str, float] = logged.get(suggestion.module_id, {}).get("features", {})
    return features


def _quiet_until(suggestion: Suggestion, way_out: Exit, now: datetime) -> datetime | None:
    if way_out.quiet is None:
        return None
    earlier = Suggestion.objects.filter(
        learner=suggestion.learner_id,
        module=suggestion.module_id,
        state=SuggestionState.NOT_RELEVANT,
    )
    is_again = way_out.state == SuggestionState.NOT_RELEVANT and earlier.exists()
    return now + (DISMISSED_AGAIN if is_again else way_out.quiet)


def _claim(suggestion: Suggestion, now: datetime) -> None:
    """Take the learner's word for it, a little; it is a claim and no proof."""
    module = suggestion.module
    source = mastery.Source("claim", f"suggestion:{suggestion.pk}", now, now, module.titles)
    mastery.observe(suggestion.learner, module.competence_ids, CLAIMED, source)


def _expire(suggestions: Iterable[Suggestion], now: datetime) -> None:
    """Replace what is open; what was decided meanwhile stays decided."""
    replaced = Suggestion.objects.open().filter(pk__in=[each.pk for each in suggestions])
    replaced.update(state=SuggestionState.EXPIRED, decided_at=now)


def _without_suggestion(now: datetime) -> QuerySet[Learner]:
    """Return those who work as agent or manager and were offered nothing lately."""
    today = timezone.localdate(now)
    roles = Membership.objects.on(today).filter(role__in=[Role.AGENT, Role.MANAGER])
    lately = Suggestion.objects.filter(learner=OuterRef("pk"), made_at__gt=now - FRESH)
    working = Learner.objects.active(today).filter(pk__in=roles.values("learner"))
    return working.filter(~Exists(lately)).order_by("pk")


def _chunks(learners: QuerySet[Learner]) -> Iterator[list[Learner]]:
    """Yield learners in lists; each is read when it is needed and never held with the next."""
    last = 0
    while chunk := list(learners.filter(pk__gt=last)[:CHUNK]):
        yield chunk
        last = chunk[-1].pk

"""Reading mastery: a learner's own profile, and the shares that release asks for."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from django.db.models import Count, Sum

from literacy.mastery.beliefs import GENERAL_VARIANCE, SKILL_VARIANCE, Beliefs, Gaussian
from literacy.mastery.ledger import group_beliefs
from literacy.models import Area, Belief, Competence, Learner, LedgerEntry

SURE_SD_SHARE = 0.20  # the largest doubt with which we say that we know
_LEARNERS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Mastery:
    """What we believe of one competence; `share` of 0.0-1.0 is shown as a soft band only."""

    competence: Competence
    mean: float
    variance: float
    share: float
    sd_share: float
    known: bool
    entries: int

    @property
    def low(self) -> float:
        return max(self.share - self.sd_share, 0.0)

    @property
    def high(self) -> float:
        return min(self.share + self.sd_share, 1.0)


@dataclass(frozen=True, slots=True)
class AreaMastery:
    """The soft band of an area, over the competences with evidence; shares 0.0-1.0."""

    area: Area
    low: float
    mid: float
    high: float
    known: bool


@dataclass(frozen=True, slots=True)
class Profile:
    competences: list[Mastery]
    areas: list[AreaMastery]


def profile(learner: Learner) -> Profile:
    beliefs = beliefs_of([learner.pk])[learner.pk]
    counts = dict(
        LedgerEntry.objects.filter(learner=learner)
        .order_by()
        .values_list("competence")
        .annotate(Count("pk"))
    )
    competences = Competence.objects.select_related("area").order_by("area__position", "position")
    known = [
        _mastery(competence, beliefs.of([competence.pk]), counts.get(competence.pk, 0))
        for competence in competences
    ]
    by_area: dict[Area, list[Mastery]] = defaultdict(list)
    for mastery in known:
        by_area[mastery.competence.area].append(mastery)
    return Profile(known, [_area(area, each) for area, each in by_area.items()])


def beliefs_of(learner_ids: Collection[int]) -> dict[int, Beliefs]:
    """Return each learner's beliefs, in one query."""
    found = group_beliefs(Belief.objects.filter(learner__in=learner_ids))
    return {learner_id: found.get(learner_id) or Beliefs() for learner_id in learner_ids}


def mastery_by_learner(
    learner_ids: Collection[int], before: datetime
) -> dict[int, dict[str, float]]:
    """Return the share believed for each competence with evidence known before a moment.

    Shape: every learner asked for, each with its competences; no evidence, no key.
    """
    wanted = list(learner_ids)
    shares: dict[int, dict[str, float]] = {}
    for start in range(0, len(wanted), _LEARNERS_AT_ONCE):
        some = wanted[start : start + _LEARNERS_AT_ONCE]
        shares |= {learner_id: {} for learner_id in some}
        skills, general = _summed(some, before)
        for (learner_id, competence_id), skill in skills.items():
            whole = general[learner_id]
            belief = Gaussian(skill.mean + whole.mean, skill.variance + whole.variance)
            shares[learner_id][competence_id] = belief.share
    return shares


def _summed(
    learner_ids: list[int], before: datetime
) -> tuple[dict[tuple[int, str], Gaussian], dict[int, Gaussian]]:
    """Return the skills and the general factors that the ledger's sums give."""
    rows = (
        LedgerEntry.objects.filter(learner__in=learner_ids, recorded_at__lt=before)
        .order_by()
        .values_list("learner_id", "competence_id")
        .annotate(
            Sum("skill_delta"),
            Sum("skill_variance_delta"),
            Sum("general_delta"),
            Sum("general_variance_delta"),
        )
    )
    skills: dict[tuple[int, str], Gaussian] = {}
    general: dict[int, Gaussian] = {}
    for learner_id, competence_id, mean, variance, part, part_variance in rows:
        skills[learner_id, competence_id] = Gaussian(mean, SKILL_VARIANCE + variance)
        whole = general.get(learner_id, Gaussian(0.0, GENERAL_VARIANCE))
        general[learner_id] = Gaussian(whole.mean + part, whole.variance + part_variance)
    return skills, general


def _mastery(competence: Competence, belief: Gaussian, entries: int) -> Mastery:
    return Mastery(
        competence=competence,
        mean=belief.mean,
        variance=belief.variance,
        share=belief.share,
        sd_share=belief.sd_share,
        known=entries > 0 and belief.sd_share <= SURE_SD_SHARE,
        entries=entries,
    )


def _area(area: Area, competences: list[Mastery]) -> AreaMastery:
    seen = [each for each in competences if each.entries] or competences
    return AreaMastery(
        area=area,
        low=fmean(each.low for each in seen),
        mid=fmean(each.share for each in seen),
        high=fmean(each.high for each in seen),
        known=any(each.known for each in seen),
    )

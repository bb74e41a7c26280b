"""What a learner's beliefs are, and what their ledger says they should be."""

from collections.abc import Iterable

from literacy.models import Belief, Learner, LedgerEntry


def beliefs_of(learner: Learner) -> dict[str, float]:
    """Return the mean of each competence; the general factor goes by the empty name."""
    rows = Belief.objects.filter(learner=learner)
    return {competence or "": mean for competence, mean in rows.values_list("competence", "mean")}


def moved(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    steps = {key: mean - before.get(key, 0.0) for key, mean in after.items()}
    return {key: step for key, step in steps.items() if step}


def explained(entries: Iterable[LedgerEntry]) -> dict[str, float]:
    """Return how far some entries say that they moved each competence and the general factor."""
    steps: dict[str, float] = {}
    for entry in entries:
        steps[entry.competence_id] = steps.get(entry.competence_id, 0.0) + entry.skill_delta
        steps[""] = steps.get("", 0.0) + entry.general_delta
    return steps

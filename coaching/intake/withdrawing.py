"""What is taken back: evaluations, and mappings with all that came of them."""

from collections.abc import Collection

from django.db import transaction

from coaching.models import Evaluation, VendorAgent
from literacy import mastery
from literacy.models import LedgerEntry


@transaction.atomic
def unmap(agent: VendorAgent) -> None:
    """Undo a wrong mapping, so that what came of it can come to the right person.

    A contact does not say by which of a learner's agents it came: of them all, it goes.
    """
    connection, learner_id = agent.connection, agent.learner_id
    evaluations = list(connection.evaluations.filter(learner=learner_id).select_for_update())
    connection.evaluations.filter(pk__in=[evaluation.pk for evaluation in evaluations]).delete()
    connection.interactions.filter(learner=learner_id).delete()
    VendorAgent.objects.filter(pk=agent.pk).update(learner=None)
    forget(evaluations)


def forget(evaluations: Collection[Evaluation]) -> None:
    """Unlearn what evaluations said of those they were about; their rows may be gone by then."""
    if not evaluations:
        return
    with mastery.open_ledgers(evaluation.learner_id for evaluation in evaluations) as ledgers:
        for evaluation in evaluations:
            ledgers.forget(evaluation.learner_id, ledger_keys(evaluation))


def ledger_keys(evaluation: Evaluation) -> list[str]:
    """Return the keys under which an evaluation's lines stand in its learner's ledger."""
    prefix = evaluation.source_prefix
    entries = LedgerEntry.objects.filter(
        learner=evaluation.learner_id, source_key__startswith=prefix
    )
    found = entries.values_list("source_key", flat=True)
    return [key for key in found if _is_line_of(prefix, key)]


def _is_line_of(prefix: str, key: str) -> bool:
    """Compare exactly: SQLite takes A for a, and a platform's id may hold colons."""
    return key.startswith(prefix) and key.removeprefix(prefix).isdecimal()

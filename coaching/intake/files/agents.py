"""Agents named in a file: by a platform's id, or by the e-mail address of a learner."""

from collections.abc import Iterable

from coaching import records
from coaching.intake import people
from coaching.intake.taking import Intake
from coaching.models import Connection

Found = Iterable[records.Interaction | records.Evaluation]


def to_be_matched(intake: Intake, found: Found) -> tuple[records.AgentRef, ...]:
    """Return the agents we have not met, and addresses that still belong to no learner."""
    named = {record.agent_external_id or "" for record in found}
    waiting = {name for name in named if intake.learner_id(name) is None}
    if not waiting:
        return ()
    met = set(
        intake.connection.agents.filter(external_id__in=waiting).values_list(
            "external_id", flat=True
        )
    )
    return tuple(
        records.AgentRef(external_id=name, email=name if "@" in name else None)
        for name in sorted(waiting)
        if "@" in name or name not in met
    )


def learners_of(connection: Connection, found: Found) -> dict[str, int]:
    """Return agent -> learner as an import would match them."""
    named = {record.agent_external_id or "" for record in found}
    known = dict(
        connection.agents.filter(external_id__in=named)
        .exclude(learner=None)
        .values_list("external_id", "learner_id")
    )
    addresses = [name for name in named - known.keys() if "@" in name]
    return known | people.learners_by_email(addresses)

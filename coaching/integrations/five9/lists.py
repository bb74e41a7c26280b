"""Five9's users, groups, campaigns and skills -> agents, teams, roster and queues.

Everything is known by its name there: reports name users by their user name, campaigns and
skills by theirs. Groups alone have an id.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from coaching import records
from coaching.integrations.five9 import payloads
from coaching.integrations.normalise import clean


def read_user(payload: Any, _unknown: Counter[str]) -> Iterator[records.AgentRef]:
    user = payloads.User.model_validate(payload)
    yield records.AgentRef(
        external_id=user.user_name,
        email=user.email.strip().lower() or None,
        display_name=clean(user.full_name, 120),
        active=user.active,
    )


def read_group(payload: Any, _unknown: Counter[str]) -> Iterator[records.TeamRef]:
    group = payloads.Group.model_validate(payload)
    yield records.TeamRef(external_id=group.id, name=clean(group.name, 120))


def read_members(
    payload: Any, _unknown: Counter[str], *, today: date
) -> Iterator[records.RosterEntry]:
    group = payloads.Group.model_validate(payload)
    for agent in group.agents:
        yield records.RosterEntry(
            agent_external_id=agent,
            team_external_id=group.id,
            team_name=clean(group.name, 120),
            valid_from=today,
        )


def read_queue(payload: Any, _unknown: Counter[str]) -> Iterator[records.QueueRef]:
    queue = payloads.Named.model_validate(payload)
    yield records.QueueRef(external_id=queue.name, name=clean(queue.name, 120))

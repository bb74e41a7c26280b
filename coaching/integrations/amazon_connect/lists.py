"""Amazon Connect's lists -> agents, teams, roster and queues, and the names behind the ids."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from coaching import records
from coaching.integrations.amazon_connect import payloads
from coaching.integrations.normalise import clean


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called, remembered while the lists are read."""

    teams: dict[str, str] = field(default_factory=dict)
    queues: dict[str, str] = field(default_factory=dict)

    def read_team(self, payload: Any, _unknown: Counter[str]) -> Iterator[records.TeamRef]:
        team = _remember(self.teams, payload)
        yield records.TeamRef(external_id=team.id, name=self.teams[team.id])

    def read_queue(self, payload: Any, _unknown: Counter[str]) -> Iterator[records.QueueRef]:
        queue = _remember(self.queues, payload)
        yield records.QueueRef(external_id=queue.id, name=self.queues[queue.id])

    def read_member(
        self, payload: Any, _unknown: Counter[str], *, today: date
    ) -> Iterator[records.RosterEntry]:
        user = payloads.User.model_validate(payload)
        if user.hierarchy_group_id:
            yield records.RosterEntry(
                agent_external_id=user.id,
                team_external_id=user.hierarchy_group_id,
                team_name=self.teams.get(user.hierarchy_group_id, ""),
                valid_from=today,
            )


def read_user(payload: Any, _unknown: Counter[str]) -> Iterator[records.AgentRef]:
    user = payloads.User.model_validate(payload)
    identity, group = user.identity_info, user.hierarchy_group_id
    name = clean(f"{identity.first_name} {identity.last_name}", 120)
    yield records.AgentRef(
        external_id=user.id,
        email=_email(user),
        display_name=name or clean(user.username, 120),
        group_external_ids=(group,) if group else (),
    )


def _email(user: payloads.User) -> str | None:
    """Return the address; with SAML it is the user name."""
    identity = user.identity_info
    candidates = (identity.email, user.username, identity.secondary_email)
    return next((it.strip().lower() for it in candidates if "@" in it), None)


def _remember(names: dict[str, str], payload: Any) -> payloads.Named:
    named = payloads.Named.model_validate(payload)
    names[named.id] = clean(named.name, 120)
    return named

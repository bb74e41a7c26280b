"""Genesys' lists -> agents, teams, roster and queues, and the names behind the ids in contacts."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from coaching import records
from coaching.integrations.genesys import payloads
from coaching.integrations.genesys.words import language
from coaching.integrations.normalise import clean


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called, remembered while the lists are read."""

    teams: dict[str, str] = field(default_factory=dict)
    queues: dict[str, str] = field(default_factory=dict)
    wrapup_codes: dict[str, str] = field(default_factory=dict)
    languages: dict[str, str] = field(default_factory=dict)

    def read_team(self, payload: Any, _unknown: Counter[str]) -> Iterator[records.TeamRef]:
        team = _remember(self.teams, payload)
        yield records.TeamRef(external_id=team.id, name=self.teams[team.id])

    def read_queue(self, payload: Any, _unknown: Counter[str]) -> Iterator[records.QueueRef]:
        queue = _remember(self.queues, payload)
        yield records.QueueRef(external_id=queue.id, name=self.queues[queue.id])

    def read_wrapup_code(self, payload: Any, _unknown: Counter[str]) -> Iterable[records.Record]:
        _remember(self.wrapup_codes, payload)
        return ()

    def read_language(self, payload: Any, _unknown: Counter[str]) -> Iterable[records.Record]:
        _remember(self.languages, payload)
        return ()

    def read_member(
        self, payload: Any, _unknown: Counter[str], *, today: date
    ) -> Iterator[records.RosterEntry]:
        member = payloads.Member.read(payload)
        yield records.RosterEntry(
            agent_external_id=member.id,
            team_external_id=member.team_id,
            team_name=self.teams.get(member.team_id, ""),
            valid_from=today,
        )


def read_user(payload: Any, unknown: Counter[str]) -> Iterator[records.AgentRef]:
    user = payloads.User.read(payload)
    spoken = (language(spoken.name, unknown) for spoken in user.languages)
    yield records.AgentRef(
        external_id=user.id,
        email=user.email.strip().lower() or None,
        display_name=clean(user.name, 120),
        active=user.state.casefold() == "active",
        language_codes=tuple(code for code in spoken if code),
    )


def _remember(names: dict[str, str], payload: Any) -> payloads.Named:
    named = payloads.Named.read(payload)
    names[named.id] = clean(named.name, 120)
    return named

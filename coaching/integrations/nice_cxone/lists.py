"""NICE's lists -> agents, teams, roster and queues, and what other payloads need to find them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from coaching import records
from coaching.integrations.nice_cxone import payloads
from coaching.integrations.normalise import clean


@dataclass(frozen=True, slots=True)
class Known:
    """What ids belong together, remembered while lists and contacts are read."""

    agents: dict[str, str] = field(default_factory=dict)  # by the id of the user
    masters: dict[str, str] = field(default_factory=dict)  # by the id of an agent's contact
    spoken: set[str] = field(default_factory=set)  # whole contacts in which an agent spoke

    def read_agent(self, payload: Any, _unknown: Counter[str]) -> Iterator[records.AgentRef]:
        agent = payloads.Agent.read(payload)
        self.agents[agent.user_id] = agent.agent_id
        yield records.AgentRef(
            external_id=agent.agent_id,
            email=agent.email_address.strip().lower() or None,
            display_name=clean(f"{agent.first_name} {agent.last_name}", 120),
            active=agent.is_active,
            group_external_ids=(agent.team_id,) if agent.team_id else (),
        )

    def agent(self, key: str) -> str | None:
        """Return an agent's id for either of the ids that an agent has."""
        return self.agents.get(key, key) or None

    def master(self, key: str) -> str | None:
        """Return the whole contact's id for it or for that of one agent's part."""
        return self.masters.get(key, key) or None


def read_team(payload: Any, _unknown: Counter[str]) -> Iterator[records.TeamRef]:
    team = payloads.Team.read(payload)
    yield records.TeamRef(external_id=team.team_id, name=clean(team.team_name, 120))


def read_skill(payload: Any, _unknown: Counter[str]) -> Iterator[records.QueueRef]:
    skill = payloads.Skill.read(payload)
    yield records.QueueRef(external_id=skill.skill_id, name=clean(skill.skill_name, 120))


def read_membership(
    payload: Any, _unknown: Counter[str], *, today: date
) -> Iterator[records.RosterEntry]:
    agent = payloads.Agent.read(payload)
    if not (agent.is_active and agent.team_id):
        return
    yield records.RosterEntry(
        agent_external_id=agent.agent_id,
        team_external_id=agent.team_id,
        team_name=clean(agent.team_name, 120),
        valid_from=today,
    )

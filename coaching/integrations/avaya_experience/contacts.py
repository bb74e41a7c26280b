"""Avaya Experience Platform's tables -> agents, queues and contacts, one per leg of an agent."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from coaching import records
from coaching.integrations.avaya_experience import payloads, tables
from coaching.integrations.avaya_experience.words import CHANNELS, DIRECTIONS, language
from coaching.integrations.normalise import clean, customer_ref, known
from coaching.records import Channel, Direction


def read_agent(row: Any, unknown: Counter[str]) -> Iterator[records.AgentRef]:
    agent = payloads.Agent.model_validate(row)
    if agent.is_unknown:
        return  # stands for nobody
    login = agent.agent_login_id.strip().lower()
    yield records.AgentRef(
        external_id=agent.agent_id,
        email=login if "@" in login else None,
        display_name=clean(f"{agent.agent_first_name} {agent.agent_last_name}", 120),
        active=agent.active_record and not agent.entity_deleted,
        language_codes=tuple(_languages(agent, unknown)),
    )


def _languages(agent: payloads.Agent, unknown: Counter[str]) -> Iterator[str]:
    """Yield the languages among an agent's attributes; others are the account's own affair."""
    for attribute in agent.attributes:
        if attribute.category.casefold() == "language":
            code = language(attribute.value, unknown)
            if code:
                yield code


@dataclass(slots=True)
class Conversation:
    """An engagement as the rows of its agents tell: when it began and who was on which leg."""

    started_at: datetime
    agents: dict[str, set[str]]

    @property
    def only_agents(self) -> dict[str, str]:
        """Return the agent of each leg that has had one alone."""
        return {leg: next(iter(agents)) for leg, agents in self.agents.items() if len(agents) == 1}


@dataclass(frozen=True, slots=True)
class Engagements:
    """Reads queues and engagements as the settings say."""

    columns: dict[str, str]
    unit_ms: int  # how many milliseconds a duration counts
    customer_key: str

    def read_queue(self, row: Any, _unknown: Counter[str]) -> Iterator[records.QueueRef]:
        extra = {"is_unknown": "is_unknown"}
        queue = payloads.Queue.model_validate(tables.ours(row, self.columns | extra))
        if not queue.is_unknown:
            yield records.QueueRef(external_id=queue.queue, name=clean(queue.queue_name, 120))

    def read(self, row: Any, unknown: Counter[str]) -> Iterator[records.Interaction]:
        """Yield the contact of an agent; an engagement that nobody took has none."""
        engagement = self._validated(row)
        if engagement.agent is None:
            return
        disposition = clean(engagement.disposition, 120) or None
        yield records.Interaction(
            external_id=engagement.engagement,
            leg_id=engagement.leg,
            agent_external_id=engagement.agent,
            queue_external_id=engagement.queue,
            queue_name=clean(engagement.queue_name, 120) or None,
            channel=known(
                CHANNELS,
                engagement.channel,
                field="channel",
                default=Channel.OTHER,
                unknown=unknown,
            ),
            direction=known(
                DIRECTIONS,
                engagement.direction,
                field="direction",
                default=Direction.UNKNOWN,
                unknown=unknown,
            ),
            started_at=engagement.started,
            ended_at=engagement.ended,
            talk_ms=self._ms(engagement.active),
            hold_ms=self._ms(engagement.hold),
            acw_ms=self._ms(engagement.acw),
            disposition_code=disposition,
            disposition_label=disposition,
            customer_ref=customer_ref(engagement.customer, self.customer_key),
            source_updated_at=engagement.changed,
        )

    def conversations(self, rows: Iterable[Any]) -> dict[str, Conversation]:
        """Return what agents wrote, by engagement; rows that cannot be read are passed over."""
        found: dict[str, Conversation] = {}
        for row in rows:
            with suppress(ValidationError):
                engagement = self._validated(row)
                is_spoken = CHANNELS.get(engagement.channel.casefold()) is Channel.VOICE
                if engagement.agent and not is_spoken:
                    empty = Conversation(engagement.started, defaultdict(set))
                    one = found.setdefault(engagement.engagement, empty)
                    one.started_at = min(one.started_at, engagement.started)
                    one.agents[engagement.leg].add(engagement.agent)
        return found

    def _validated(self, row: Any) -> payloads.Engagement:
        return payloads.Engagement.model_validate(tables.ours(row, self.columns))

    def _ms(self, time: Decimal | None) -> int | None:
        return None if time is None else round(time * self.unit_ms)

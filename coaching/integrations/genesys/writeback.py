"""What we may put into Genesys: training and coaching for an agent.

A task that stands there already is left as it is, so that a job may run twice: training by its
module while it is open, coaching by its name and minute.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from coaching.integrations.genesys.events import Payload, listed
from coaching.integrations.genesys.feed import Feed, path_part, timestamp

_OPEN = {"assigned", "inprogress"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningAssignment:
    """A module of Genesys' own learning that an agent is to work through."""

    agent_external_id: str
    module_external_id: str
    due_at: datetime | None = None

    path = "/api/v2/learning/assignments"

    @property
    def query(self) -> Mapping[str, str | int]:
        return {"moduleId": self.module_external_id, "userId": self.agent_external_id}

    @property
    def body(self) -> Payload:
        due = {"recommendedCompletionDate": timestamp(self.due_at)} if self.due_at else {}
        return {"moduleId": self.module_external_id, "userId": self.agent_external_id, **due}

    def is_same(self, known: Any) -> bool:
        return str(known.get("state", "")).casefold() in _OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingAppointment:
    """A talk that an agent has with a coach."""

    agent_external_id: str
    name: str
    description: str
    starts_at: datetime
    length_minutes: int
    facilitator_external_id: str | None = None
    interaction_external_ids: tuple[str, ...] = ()
    links: tuple[str, ...] = ()

    path = "/api/v2/coaching/appointments"

    @property
    def query(self) -> Mapping[str, str | int]:
        minute = self.starts_at.replace(second=0, microsecond=0)
        between = f"{timestamp(minute)}/{timestamp(minute + timedelta(minutes=1))}"
        return {
            "userIds": self.agent_external_id,
            "interval": between,
            "intervalCondition": "StartsIn",
        }

    @property
    def body(self) -> Payload:
        wanted = {
            "name": self.name,
            "description": self.description,
            "dateStart": timestamp(self.starts_at),
            "lengthInMinutes": self.length_minutes,
            "attendeeIds": [self.agent_external_id],
            "facilitatorId": self.facilitator_external_id,
            "conversationIds": list(self.interaction_external_ids),
            "externalLinks": list(self.links),
        }
        return {name: value for name, value in wanted.items() if value}

    def is_same(self, known: Any) -> bool:
        return bool(known.get("name") == self.name)


Task = LearningAssignment | CoachingAppointment


def assign(task: Task, calls: Feed) -> str:
    """Put a task into Genesys and return its id there."""
    for page in calls.pages(task.path, task.query):
        for known in listed("entities")(page):
            if task.is_same(known):
                return path_part(known, "id")
    return calls.add(task.path, task.body)

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

from coaching.integrations.base import Forbidden, Unreadable
from coaching.integrations.genesys import Genesys
from coaching.integrations.genesys.writeback import CoachingAppointment, LearningAssignment
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.stub import Answer, StubServer
from tests.coaching.integrations.worlds import genesys as world

pytestmark = pytest.mark.pure

ASSIGNMENTS = "/api/v2/learning/assignments"
APPOINTMENTS = "/api/v2/coaching/appointments"
AGENT = "7f1c0000-0000-4000-8000-000000000001"
MODULE = "30d00000-0000-4000-8000-000000000001"
TRAINING = LearningAssignment(
    agent_external_id=AGENT,
    module_external_id=MODULE,
    due_at=datetime(2026, 4, 1, 16, 0, tzinfo=timezone(timedelta(hours=2))),
)
COACHING = CoachingAppointment(
    agent_external_id=AGENT,
    name="Tydliga avslut",
    description="Vi lyssnar på två samtal.",
    starts_at=datetime(2026, 3, 24, 9, 30, 20, tzinfo=UTC),
    length_minutes=30,
    interaction_external_ids=(world.CONVERSATION,),
)
NOTHING: dict[str, Any] = {"entities": [], "total": 0}


@pytest.fixture
def settings(server: StubServer) -> dict[str, str]:
    return world.serve(server)


@pytest.fixture
def genesys(settings: dict[str, str], http: httpx.Client) -> Genesys:
    return Genesys(settings, http, clock=lambda: NOW)


def written(server: StubServer, path: str) -> list[Any]:
    return [json.loads(call.body) for call in server.calls(path) if call.method == "POST"]


def test_training_is_assigned(server: StubServer, genesys: Genesys) -> None:
    server.answer(ASSIGNMENTS, NOTHING, {"id": "assigned", "state": "Assigned"})

    assert genesys.assign(TRAINING) == "assigned"

    asked, _ = server.calls(ASSIGNMENTS)
    assert asked.query == {"pageSize": ["100"], "moduleId": [MODULE], "userId": [AGENT]}
    assert written(server, ASSIGNMENTS) == [
        {
            "moduleId": MODULE,
            "userId": AGENT,
            "recommendedCompletionDate": "2026-04-01T14:00:00.000Z",
        }
    ]


def test_coaching_is_appointed(server: StubServer, genesys: Genesys) -> None:
    server.answer(APPOINTMENTS, NOTHING, Answer({"id": "appointed"}, status=202))

    assert genesys.assign(COACHING) == "appointed"

    asked, _ = server.calls(APPOINTMENTS)
    assert asked.query == {
        "pageSize": ["100"],
        "userIds": [AGENT],
        "interval": ["2026-03-24T09:30:00.000Z/2026-03-24T09:31:00.000Z"],
        "intervalCondition": ["StartsIn"],
    }
    assert written(server, APPOINTMENTS) == [
        {
            "name": "Tydliga avslut",
            "description": "Vi lyssnar på två samtal.",
            "dateStart": "2026-03-24T09:30:20.000Z",
            "lengthInMinutes": 30,
            "attendeeIds": [AGENT],
            "conversationIds": [world.CONVERSATION],
        }
    ]


@pytest.mark.parametrize("state", ["Assigned", "InProgress"])
def test_training_that_is_assigned_already_is_left_as_it_is(
    server: StubServer, genesys: Genesys, state: str
) -> None:
    server.answer(ASSIGNMENTS, {"entities": [{"id": "known", "state": state}]})

    assert genesys.assign(TRAINING) == "known"
    assert written(server, ASSIGNMENTS) == []


def test_training_that_was_done_is_assigned_again(server: StubServer, genesys: Genesys) -> None:
    done = {"entities": [{"id": "done", "state": "Completed"}]}
    server.answer(ASSIGNMENTS, done, {"id": "again"})

    assert genesys.assign(TRAINING) == "again"


def test_coaching_of_another_name_is_another(server: StubServer, genesys: Genesys) -> None:
    other = {"id": "other", "name": "Lönesamtal"}
    same = {"id": "same", "name": "Tydliga avslut"}
    server.answer(APPOINTMENTS, {"entities": [other, same]})

    assert genesys.assign(COACHING) == "same"
    assert written(server, APPOINTMENTS) == []


@pytest.mark.parametrize("setting", ["no", ""])
def test_nothing_is_written_until_the_settings_say_so(
    server: StubServer, settings: dict[str, str], http: httpx.Client, setting: str
) -> None:
    genesys = Genesys({**settings, "writeback": setting}, http, clock=lambda: NOW)

    with pytest.raises(Forbidden, match="settings"):
        genesys.assign(TRAINING)

    assert server.received == []


def test_missing_permission_is_told(server: StubServer, genesys: Genesys) -> None:
    server.answer(ASSIGNMENTS, NOTHING, Answer({}, status=403))

    with pytest.raises(Forbidden):
        genesys.assign(TRAINING)


def test_answer_without_an_id_is_unreadable(server: StubServer, genesys: Genesys) -> None:
    server.answer(ASSIGNMENTS, NOTHING, {})

    with pytest.raises(Unreadable, match="id"):
        genesys.assign(TRAINING)

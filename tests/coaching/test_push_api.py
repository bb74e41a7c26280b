"""Pushes of other systems: once for each key, each record answered for, nobody else's way in."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from coaching.intake.pushing import new_token
from coaching.models import Connection, Interaction, PushedBatch, QuarantinedPayload, Run
from coaching.models.connections import ConnectionState
from tests.coaching.uploads import make_notice
from tests.factories import LearnerFactory, make_connection

pytestmark = pytest.mark.django_db

SAMPLES = Path(__file__).parents[2] / "fixtures" / "payloads" / "push"
CONTACTS = json.loads((SAMPLES / "interactions.json").read_text())


@pytest.fixture
def connection() -> Connection:
    make_notice()
    found = make_connection("crm", vendor="push", state=ConnectionState.ACTIVE)
    for external_id in ("K-101", "K-102"):
        found.agents.create(external_id=external_id, learner=LearnerFactory())
    return found


@pytest.fixture
def token(connection: Connection) -> str:
    return new_token(connection)


def push(token: str, body: Any, *, key: str = "one", kind: str = "interactions") -> Any:
    return Client().post(
        f"/api/v1/intake/{kind}/",
        body if isinstance(body, (bytes, str)) else json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
    )


def test_push_stores_contacts_and_counts_them(token: str) -> None:
    answer = push(token, CONTACTS)

    assert answer.status_code == 200
    assert answer.json() == {"counts": {"new": 3, "read": 3}, "rejected": []}
    relay = Interaction.objects.get(external_id="SAG-20261102-0418")
    assert (relay.text_relay, relay.talk_ms) == (True, 690_000)
    mail = Interaction.objects.get(external_id="SAG-20261102-0417")
    assert mail.started_at.isoformat() == "2026-11-02T08:14:00+00:00"
    assert len(mail.customer_ref) == 64


def test_push_with_the_same_key_answers_the_same_and_changes_nothing(token: str) -> None:
    first = push(token, CONTACTS)
    rows = list(Interaction.objects.order_by("pk").values())

    second = push(token, CONTACTS)

    assert second.json() == first.json()
    assert list(Interaction.objects.order_by("pk").values()) == rows
    assert Run.objects.count() == PushedBatch.objects.count() == 1


def test_key_with_another_body_is_refused(token: str) -> None:
    push(token, CONTACTS)

    assert push(token, {"records": []}).status_code == 422


def test_record_that_cannot_be_read_is_named_and_the_rest_is_stored(token: str) -> None:
    broken = {**CONTACTS["records"][0], "external_id": "X-1", "started_at": "i går"}

    answer = push(token, {"records": [broken, *CONTACTS["records"]]}).json()

    assert answer["counts"]["new"] == 3
    [rejected] = answer["rejected"]
    assert (rejected["reference"], rejected["field"]) == ("X-1", "started_at")
    assert QuarantinedPayload.objects.get().reference == "X-1"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("not json", 400),
        ({"records": "all"}, 400),
        ({"records": [{}] * 1001}, 400),
        ([], 400),
        (b"\xff\xfe", 400),
    ],
)
def test_body_that_is_no_batch_is_refused_in_words(token: str, body: Any, status: int) -> None:
    answer = push(token, body)

    assert answer.status_code == status
    assert answer.json()
    assert not PushedBatch.objects.exists()


@pytest.mark.parametrize("key", ["", "x" * 129])
def test_push_wants_a_key(token: str, key: str) -> None:
    assert push(token, CONTACTS, key=key).status_code == 400


def test_push_before_the_notice_is_refused_and_keeps_nothing() -> None:
    early = make_connection("crm", vendor="push", country="DK")

    answer = push(new_token(early), CONTACTS)

    assert answer.status_code == 409
    assert not QuarantinedPayload.objects.exists()


def test_paused_connection_takes_nothing(connection: Connection, token: str) -> None:
    Connection.objects.update(state=ConnectionState.PAUSED)

    assert push(token, CONTACTS).status_code == 409


def test_old_or_foreign_token_opens_nothing(connection: Connection, token: str) -> None:
    new_token(connection)

    for wrong in (token, "", "x", connection.push_token_hash):
        assert push(wrong, CONTACTS).status_code == 401
    assert not Interaction.objects.exists()


def test_token_is_not_kept_in_clear_text(connection: Connection, token: str) -> None:
    connection.refresh_from_db()

    assert token not in str(connection.__dict__)


def test_agents_are_declared_and_matched_by_address(token: str) -> None:
    learner = LearnerFactory(user__email="signe.holm@vinterfjord.example")
    agents = json.loads((SAMPLES / "agents.json").read_text())
    Connection.objects.get().agents.all().delete()

    push(token, agents, kind="agents")

    assert Connection.objects.get().agents.get(external_id="K-101").learner == learner

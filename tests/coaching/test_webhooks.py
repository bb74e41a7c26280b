"""Events of platforms: proved before anything else, kept once, taken in by the worker."""

import base64
import hashlib
import hmac
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from coaching import tasks
from coaching.intake import pushing
from coaching.integrations.base import Delivery, Push, Unverified
from coaching.models import Connection, Interaction, QuarantinedPayload, ReceivedEvent
from coaching.models.connections import ConnectionState
from tests.coaching.uploads import make_notice
from tests.factories import NOW, make_connection

pytestmark = pytest.mark.django_db

SECRET = "12345"
URL = "/webhooks/twilio/flex/"
EVENT = {
    "TranscriptionEvent": "transcription-stopped",
    "TranscriptionSid": "GT00000000000000000000000000000009",
    "CallSid": "CA00000000000000000000000000000009",
    "AccountSid": "AC00000000000000000000000000000001",
    "Timestamp": "2026-11-18T09:00:00.000Z",
    "SequenceId": "7",
}


@pytest.fixture
def connection(time_machine) -> Connection:
    time_machine.move_to(NOW)  # when the event was sent
    make_notice()
    found = make_connection("flex", vendor="twilio", state=ConnectionState.ACTIVE)
    needs = ("account_sid", "key_sid", "workspace_sid")
    found.settings = dict.fromkeys(needs, "AC00000000000000000000000000000001")
    found.secrets = {"key_secret": "hush", "auth_token": SECRET}
    found.save()
    return found


def signature(fields: dict[str, str]) -> str:
    signed = settings.SITE_URL + URL + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    digest = hmac.new(SECRET.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def send(fields: dict[str, str], proof: str) -> int:
    return (
        Client()
        .post(
            URL,
            urlencode(fields),
            content_type="application/x-www-form-urlencoded",
            headers={"X-Twilio-Signature": proof},
        )
        .status_code
    )


def test_genuine_event_is_taken_once(connection: Connection) -> None:
    assert [send(EVENT, signature(EVENT)) for _ in range(2)] == [204, 204]

    assert ReceivedEvent.objects.count() == 1


def test_forged_or_altered_event_leaves_nothing(connection: Connection) -> None:
    altered = {**EVENT, "SequenceId": "8"}

    assert send(EVENT, "") == send(altered, signature(EVENT)) == 403
    assert not ReceivedEvent.objects.exists()
    assert not QuarantinedPayload.objects.exists()


def test_unknown_or_paused_connection_is_not_there(connection: Connection) -> None:
    assert Client().post("/webhooks/genesys/flex/", b"{}", "application/json").status_code == 404
    Connection.objects.update(state=ConnectionState.PAUSED)
    assert send(EVENT, signature(EVENT)) == 404


def test_large_body_is_refused_unread(connection: Connection) -> None:
    assert Client().post(URL, b"x" * 1_000_001, "text/plain").status_code == 413


def test_event_waits_sealed_until_the_worker_takes_it(connection: Connection, monkeypatch) -> None:
    monkeypatch.setattr(tasks.take_event, "delay", lambda pk: None)

    send(EVENT, signature(EVENT))

    kept = QuarantinedPayload.objects.get()
    assert kept.reason == "queued"
    assert b"CallSid" not in bytes(kept.sealed)
    tasks.take_event(kept.pk)
    assert not QuarantinedPayload.objects.exists()
    assert not Interaction.objects.exists()  # what happens right now is not stored
    tasks.take_event(kept.pk)


def test_event_signed_long_ago_is_refused(connection: Connection, monkeypatch) -> None:
    now = timezone.now()
    old = Push(event="x", event_id="1", payload=b"{}", sent_at=now - timedelta(minutes=6))
    monkeypatch.setattr(pushing, "build_adapter", lambda *_: Accepting(old))

    with pytest.raises(Unverified):
        pushing.receive(connection, Delivery(url="", headers={}, body=b""), now)


class Accepting:
    """An adapter to which every delivery is genuine."""

    def __init__(self, *events: Push) -> None:
        self.events = events

    def accept(self, delivery: object) -> tuple[Push, ...]:
        return self.events

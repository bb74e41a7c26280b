"""Pushes: batches of our own API once for each key, and webhook events once for each id."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from django.db import IntegrityError, transaction
from django.utils import timezone

from coaching.intake import quarantine
from coaching.intake.lawful import NotLawful, lawful
from coaching.intake.running import build_adapter, recorded
from coaching.intake.taking import Intake
from coaching.integrations.base import Batch, Delivery, Push, Resource, Unverified
from coaching.models import (
    Connection,
    PushedBatch,
    QuarantinedPayload,
    ReceivedEvent,
    Run,
    encrypted,
)
from coaching.models.connections import QuarantineReason

KEYS_KEPT_FOR = timedelta(days=2)
EVENTS_KEPT_FOR = timedelta(days=7)
REPLAY_WINDOW = timedelta(minutes=5)


class AnotherBody(Exception):
    """The idempotency key was used before, with another body."""


@dataclass(frozen=True)
class Answer:
    """What happened to a pushed batch, and what was wrong with which of its records."""

    counts: dict[str, int]
    rejected: list[dict[str, str]]

    def as_json(self) -> dict[str, Any]:
        return {"counts": self.counts, "rejected": self.rejected}


def new_token(connection: Connection) -> str:
    """Give a connection a new token for pushes, ending the one before; it is shown only now."""
    token = secrets.token_urlsafe(32)
    Connection.objects.filter(pk=connection.pk).update(push_token_hash=_token_hash(token))
    return token


def connection_of(token: str) -> Connection | None:
    return Connection.objects.filter(push_token_hash=_token_hash(token)).first()


def take_push(
    connection: Connection, kind: str, body: bytes, *, key: str, now: datetime
) -> dict[str, Any]:
    """Take in a batch; the same key with the same body gets the answer of the first time.

    Raises: NotLawful before the notice is in force; AnotherBody; Unreadable.
    """
    if not lawful(connection, timezone.localdate(now)).allowed:
        raise NotLawful(connection.slug)
    body_hash = hashlib.sha256(body).hexdigest()
    try:
        with transaction.atomic():
            kept = PushedBatch.objects.create(
                connection=connection, key=key, body_hash=body_hash, received_at=now
            )
            kept.answer = _take(connection, kind, body, now).as_json()
            kept.save(update_fields=["answer"])
    except IntegrityError:
        kept = PushedBatch.objects.get(connection=connection, key=key)
        if kept.body_hash != body_hash:
            raise AnotherBody(key) from None
    return dict(kept.answer)


def _take(connection: Connection, kind: str, body: bytes, now: datetime) -> Answer:
    batch = _read(connection, kind, body, now)
    run = Run.objects.create(connection=connection, kind="push", started_at=now)
    with recorded(run):
        happened = Intake(run, now=now).take(batch)
    rejected = [
        {"reference": one.reference, "field": one.field, "reason": one.reason}
        for one in batch.unreadable
    ]
    return Answer(dict(+happened), rejected)


def receive(connection: Connection, delivery: Delivery, now: datetime) -> list[int]:
    """Keep the genuine events of a delivery, sealed, and return what the worker is to take in.

    Raises: Unverified; Unreadable.
    """
    with httpx.Client() as http:  # an adapter wants one; nothing is called
        events = build_adapter(connection, http, now).accept(delivery)
    for event in events:
        if event.sent_at and abs(now - event.sent_at) > REPLAY_WINDOW:
            raise Unverified("the event was signed too long ago")
    with transaction.atomic():
        return [kept for event in events if (kept := _keep(connection, event, now))]


def _keep(connection: Connection, event: Push, now: datetime) -> int | None:
    """Seal an event that is new; one that came before is done with."""
    _row, is_new = ReceivedEvent.objects.get_or_create(
        connection=connection, event_id=event.event_id[:160], defaults={"received_at": now}
    )
    if not is_new:
        return None
    kept = QuarantinedPayload.objects.create(
        connection=connection,
        resource=event.event[:32],
        reference=event.event_id[:160],
        reason=QuarantineReason.QUEUED,
        sealed=encrypted.seal(event.payload),
        received_at=now,
        ends_at=now + quarantine.KEPT_FOR,
    )
    return kept.pk


def take_event(kept: QuarantinedPayload, now: datetime) -> None:
    """Take in an event that waits. What happens in a contact right now is not stored."""
    if not lawful(kept.connection, timezone.localdate(now)).allowed:
        return
    batch = _read(kept.connection, kept.resource, encrypted.open_sealed(kept.sealed), now)
    if batch.resource is not Resource.LIVE:
        run = Run.objects.create(connection=kept.connection, kind="push", started_at=now)
        with recorded(run):
            Intake(run, now=now).take(batch)
    kept.delete()


def end_pushes(now: datetime) -> None:
    PushedBatch.objects.filter(received_at__lt=now - KEYS_KEPT_FOR).delete()
    ReceivedEvent.objects.filter(received_at__lt=now - EVENTS_KEPT_FOR).delete()


def _read(connection: Connection, event: str, payload: bytes, now: datetime) -> Batch:
    with httpx.Client() as http:  # as above
        return build_adapter(connection, http, now).read(event, payload)


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

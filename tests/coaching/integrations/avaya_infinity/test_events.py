import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from coaching.integrations.avaya_infinity import AvayaInfinity
from coaching.integrations.base import Batch, Delivery, Unreadable, Unverified
from coaching.records import LiveEvent, LiveKind
from tests.coaching.integrations.worlds.avaya_infinity import FIRST, sample

pytestmark = pytest.mark.pure

BODY = json.dumps(sample("event")).encode()


def make(http: httpx.Client, **settings: str) -> AvayaInfinity:
    known = {"customer_id": "vinterfjord", "client_id": "me", "client_secret": "hush"}
    return AvayaInfinity(known | {"event_token": "shåred"} | settings, http)


@pytest.fixture
def infinity(http: httpx.Client) -> AvayaInfinity:
    return make(http)


def delivery(given: str = "shåred", *, header: str = "auth-token", body: bytes = BODY) -> Delivery:
    headers = {header: given, "content-type": "application/json"}
    return Delivery(url="https://dagskurs.example/webhooks/", headers=headers, body=body)


def read(infinity: AvayaInfinity, **changes: Any) -> Batch:
    event = {key: value for key, value in (sample("event") | changes).items() if value is not None}
    return infinity.read("event", json.dumps(event).encode())


def test_genuine_delivery_becomes_a_push_that_can_be_read(infinity: AvayaInfinity) -> None:
    (push,) = infinity.accept(delivery())

    assert (push.payload, push.sent_at) == (BODY, None)
    assert len(infinity.read(push.event, push.payload).records) == 1


def test_delivery_that_is_sent_again_is_the_same_event(infinity: AvayaInfinity) -> None:
    other = BODY.replace(b"Created", b"Completed")

    bodies = (BODY, BODY, other)
    pushes = [push for body in bodies for push in infinity.accept(delivery(body=body))]

    assert pushes[0].event_id == pushes[1].event_id != pushes[2].event_id


def test_name_of_the_header_is_a_setting(http: httpx.Client) -> None:
    infinity = make(http, event_header=" X-Vinterfjord ")

    assert infinity.accept(delivery(header="x-vinterfjord"))
    with pytest.raises(Unverified, match="missing"):
        infinity.accept(delivery())


@pytest.mark.parametrize("token", ["shared", "shåre", "shåred ", "SHÅRED"])
def test_wrong_token_is_refused(infinity: AvayaInfinity, token: str) -> None:
    with pytest.raises(Unverified, match="does not match"):
        infinity.accept(delivery(token))


def test_missing_token_is_refused(infinity: AvayaInfinity) -> None:
    with pytest.raises(Unverified, match="missing"):
        infinity.accept(delivery(""))


@pytest.mark.parametrize("given", ["", "x"])
def test_nothing_is_accepted_while_no_token_is_set(http: httpx.Client, given: str) -> None:
    with pytest.raises(Unverified, match="no token"):
        make(http, event_token="").accept(delivery(given))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Interaction.Created", LiveKind.SESSION_STARTED),
        ("INTERACTION.TRANSFERRED", LiveKind.TRANSFER),
        ("interaction.completed", LiveKind.SESSION_ENDED),
    ],
)
def test_event_tells_how_an_interaction_goes(
    infinity: AvayaInfinity, name: str, kind: LiveKind
) -> None:
    (event,) = read(infinity, eventType=name).records

    assert isinstance(event, LiveEvent)
    assert event == LiveEvent(
        event_id=event.event_id,
        kind=kind,
        interaction_external_id=FIRST,
        agent_external_id="002d010319000000000000a001",
        occurred_at=datetime(2026, 3, 19, 8, 0, 0, 120000, tzinfo=UTC),
    )


@pytest.mark.parametrize("name", ["Agent.Ready", "QUEUE.Changed"])
def test_events_of_agents_and_queues_are_passed_over(infinity: AvayaInfinity, name: str) -> None:
    batch = read(infinity, eventType=name, interactionId=None, timestamp=None)

    assert (batch.records, batch.unreadable) == ((), ())
    assert not batch.unknown_values


def test_unknown_event_is_counted(infinity: AvayaInfinity) -> None:
    batch = read(infinity, eventType="Interaction.Levitated")

    assert batch.records == ()
    assert batch.unknown_values == Counter({"event=Interaction.Levitated": 1})


def test_event_without_an_agent_is_read(infinity: AvayaInfinity) -> None:
    (event,) = read(infinity, userId=None).records

    assert getattr(event, "agent_external_id", "") is None


@pytest.mark.parametrize("field", ["eventType", "interactionId", "timestamp"])
def test_event_that_lacks_a_field_is_kept_aside(infinity: AvayaInfinity, field: str) -> None:
    batch = read(infinity, **{field: None})

    assert [rejected.field for rejected in batch.unreadable] == [field]


def test_time_without_a_zone_is_kept_aside(infinity: AvayaInfinity) -> None:
    batch = read(infinity, timestamp="2026-03-19 08:00:00")

    assert [rejected.field for rejected in batch.unreadable] == ["payload"]


def test_names_of_fields_are_settings_and_lead_into_objects(http: httpx.Client) -> None:
    infinity = make(http, event_name_field="meta.name", event_interaction_field="data.id")
    payload = {"meta": {"name": "Interaction.Created"}, "data": {"id": FIRST}}

    batch = infinity.read("event", json.dumps(sample("event") | payload).encode())

    assert [getattr(it, "interaction_external_id", None) for it in batch.records] == [FIRST]


@pytest.mark.parametrize("body", [b"[]", b"not JSON"])
def test_body_of_another_shape_is_unreadable(infinity: AvayaInfinity, body: bytes) -> None:
    (push,) = infinity.accept(delivery(body=body))

    with pytest.raises(Unreadable):
        infinity.read(push.event, push.payload)

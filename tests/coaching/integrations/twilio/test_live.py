"""Live events: what their callbacks become, and what proves that Twilio sent them."""

import base64
import hashlib
import hmac
import json
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest

from coaching.integrations.base import Batch, Delivery, Unreadable, Unverified
from coaching.integrations.twilio import Twilio
from coaching.records import LiveEvent, LiveKind, Speaker
from tests.coaching.integrations.conftest import NOW
from tests.coaching.integrations.worlds.twilio import PAYLOADS, sample

pytestmark = pytest.mark.pure

URL = "https://lms.vinterfjord.example/webhooks/twilio/7/?lang=sv"
FORM = (PAYLOADS / "transcription.txt").read_bytes()
SETTINGS = {
    "account_sid": "AC1",
    "key_sid": "SK1",
    "key_secret": "hush",
    "workspace_sid": "WS1",
    "auth_token": "token",
}
CALL = "CA00000000000000000000000000000001"
TRANSCRIPTION = "GT00000000000000000000000000000001"


@pytest.fixture
def twilio(http: httpx.Client) -> Twilio:
    return connect(http)


def connect(http: httpx.Client, **settings: str) -> Twilio:
    return Twilio(SETTINGS | settings, http, clock=lambda: NOW)


def form(**changes: str) -> bytes:
    return urlencode(dict(parse_qsl(FORM.decode())) | changes).encode()


def callback(twilio: Twilio, **changes: str) -> LiveEvent:
    (event,) = twilio.read("transcription", form(**changes)).records
    assert isinstance(event, LiveEvent)
    return event


def results(twilio: Twilio, payload: Any) -> Batch:
    return twilio.read("rule_execution", json.dumps(payload).encode())


def sign(data: str, key: str = "token") -> str:
    digest = hmac.new(key.encode(), data.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def form_delivery(body: bytes = FORM, *, signature: str | None = None) -> Delivery:
    """A form as Twilio signs it: the address, then each field by name, nothing between."""
    fields = sorted(parse_qsl(body.decode(), keep_blank_values=True))
    data = URL + "".join(name + value for name, value in fields)
    headers = {"x-twilio-signature": sign(data) if signature is None else signature}
    return Delivery(url=URL, headers=headers, body=body)


def json_delivery(body: bytes, *, hashed: bytes | None = None, key: str = "token") -> Delivery:
    url = f"{URL}&bodySHA256={hashlib.sha256(hashed or body).hexdigest()}"
    return Delivery(url=url, headers={"x-twilio-signature": sign(url, key)}, body=body)


RESULTS = json.dumps(sample("rule_execution"), ensure_ascii=False).encode()


def test_callback_becomes_a_live_event(twilio: Twilio) -> None:
    assert callback(twilio) == LiveEvent(
        event_id=f"{TRANSCRIPTION}:7",
        kind=LiveKind.FINAL,
        interaction_external_id=CALL,
        communication_id=TRANSCRIPTION,
        speaker=Speaker.CUSTOMER,
        sequence=7,
        occurred_at=datetime(2026, 3, 19, 8, 0, 13, 120000, tzinfo=UTC),
        text="Hej, jag har fått fel faktura igen.",
        confidence=0.93,
        language="sv-SE",
    )


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"Final": "false"}, LiveKind.PARTIAL),
        ({"TranscriptionEvent": "transcription-started"}, LiveKind.SESSION_STARTED),
        ({"TranscriptionEvent": "transcription-stopped"}, LiveKind.SESSION_ENDED),
        ({"TranscriptionEvent": "transcription-error"}, LiveKind.ERROR),
    ],
)
def test_callback_tells_its_kind(twilio: Twilio, changes: dict[str, str], kind: LiveKind) -> None:
    assert callback(twilio, **changes).kind is kind


@pytest.mark.parametrize(
    ("setting", "track", "speaker"),
    [
        ("customer", "outbound_track", Speaker.AGENT),
        ("agent", "inbound_track", Speaker.AGENT),
        ("agent", "outbound_track", Speaker.CUSTOMER),
        ("agent", "both_tracks", Speaker.UNKNOWN),
    ],
)
def test_setting_tells_who_is_on_which_track(
    http: httpx.Client, setting: str, track: str, speaker: Speaker
) -> None:
    assert callback(connect(http, inbound_speaker=setting), Track=track).speaker is speaker


def test_unknown_words_of_a_callback_are_counted(twilio: Twilio) -> None:
    body = form(TranscriptionEvent="transcription-dreamt", Track="side_track")

    batch = twilio.read("transcription", body)

    assert getattr(batch.records[0], "kind", None) is LiveKind.UNKNOWN
    assert batch.unknown_values == Counter(
        {"TranscriptionEvent=transcription-dreamt": 1, "Track=side_track": 1}
    )


def test_callback_with_broken_text_is_kept_aside(twilio: Twilio) -> None:
    batch = twilio.read("transcription", form(TranscriptionData="{broken"))

    assert (batch.records, len(batch.unreadable)) == ((), 1)


def test_operator_results_become_live_events(twilio: Twilio) -> None:
    batch = results(twilio, sample("rule_execution"))

    found = [one for one in batch.records if isinstance(one, LiveEvent)]
    assert found[0] == LiveEvent(
        event_id="intelligence_operatorresult_01",
        kind=LiveKind.SENTIMENT,
        interaction_external_id=CALL,
        communication_id="conv_conversation_01",
        speaker=Speaker.CUSTOMER,
        occurred_at=datetime(2026, 3, 19, 8, 2, 1, tzinfo=UTC),
        score=Decimal(-1),
        label="negative",
    )
    assert [(one.kind.value, one.speaker.value, one.label) for one in found[1:]] == [
        ("operator_result", "unknown", ""),
        ("operator_result", "unknown", ""),
        ("operator_result", "customer", "Produkt, Tid"),
    ]
    assert [one.text for one in found[1:]] == [
        '{"score": 0.5, "explanation": "Hälsade, sammanfattade inte."}',
        "Kunden fick fel faktura.",
        None,
    ]


def test_sentiment_of_an_agent_is_dropped(twilio: Twilio) -> None:
    batch = results(twilio, sample("rule_execution"))

    ids = [getattr(one, "event_id", "")[-2:] for one in batch.records]
    assert ids == ["01", "02", "04", "05"]


def test_result_without_a_call_belongs_to_its_conversation(twilio: Twilio) -> None:
    payload = sample("rule_execution")
    payload["operatorResults"] = payload["operatorResults"][:1]
    payload["operatorResults"][0]["referenceIds"] = ["comm_1"]

    (event,) = results(twilio, payload).records

    assert getattr(event, "interaction_external_id", "") == "conv_conversation_01"


def test_unknown_words_of_results_are_counted(twilio: Twilio) -> None:
    payload = sample("rule_execution")
    first = payload["operatorResults"][0]
    first["result"] = {"label": "furious"}
    first["executionDetails"]["participants"][0]["type"] = "GHOST"

    batch = results(twilio, payload)

    assert getattr(batch.records[0], "score", 0) is None
    assert batch.unknown_values == Counter({"sentiment=furious": 1, "participant type=GHOST": 1})


def test_result_that_cannot_be_read_keeps_the_rest(twilio: Twilio) -> None:
    payload = sample("rule_execution")
    payload["operatorResults"][1]["dateCreated"] = "now"
    payload["operatorResults"].append("broken")

    batch = results(twilio, payload)

    assert [len(batch.records), len(batch.unreadable)] == [3, 2]


def test_signed_form_is_accepted(twilio: Twilio) -> None:
    (push,) = twilio.accept(form_delivery())

    assert (push.event, push.event_id) == ("transcription", f"{TRANSCRIPTION}:7")
    assert push.sent_at == datetime(2026, 3, 19, 8, 0, 13, 120000, tzinfo=UTC)
    assert twilio.read(push.event, push.payload).records == (callback(twilio),)


def test_signature_is_the_one_twilio_documents(http: httpx.Client) -> None:
    """The worked example of Twilio's page on webhook security."""
    body = urlencode(
        {
            "Digits": "1234",
            "To": "+18005551212",
            "From": "+14158675310",
            "Caller": "+14158675310",
            "CallSid": "CA1234567890ABCDE",
        }
    ).encode()
    headers = {"x-twilio-signature": "L/OH5YylLD5NRKLltdqwSvS0BnU="}
    url = "https://example.com/myapp.php?foo=1&bar=2"

    with pytest.raises(Unreadable, match="TranscriptionEvent"):  # genuine, but not for us
        connect(http, auth_token="12345").accept(Delivery(url=url, headers=headers, body=body))


def test_empty_and_repeated_fields_are_signed_too(twilio: Twilio) -> None:
    assert twilio.accept(form_delivery(FORM + b"&Stability=&Hint=b&Hint=a"))


@pytest.mark.parametrize("signature", ["", "bm90IHRoZSBzaWduYXR1cmU=", "åäö"])
def test_wrong_signature_is_refused(twilio: Twilio, signature: str) -> None:
    with pytest.raises(Unverified):
        twilio.accept(form_delivery(signature=signature))


def test_missing_signature_is_refused(twilio: Twilio) -> None:
    with pytest.raises(Unverified):
        twilio.accept(Delivery(url=URL, headers={}, body=FORM))


@pytest.mark.parametrize("body", [form(Final="false"), FORM + b"&More=", b"", b"\xff"])
def test_altered_form_is_refused(twilio: Twilio, body: bytes) -> None:
    with pytest.raises(Unverified):
        twilio.accept(Delivery(url=URL, headers=form_delivery().headers, body=body))


def test_form_at_another_address_is_refused(twilio: Twilio) -> None:
    headers = form_delivery().headers

    with pytest.raises(Unverified):
        twilio.accept(Delivery(url=URL.replace("/7/", "/8/"), headers=headers, body=FORM))


def test_signed_json_becomes_one_event_per_result(twilio: Twilio) -> None:
    pushes = twilio.accept(json_delivery(RESULTS))

    assert [push.event_id[-2:] for push in pushes] == ["01", "02", "03", "04", "05"]
    assert pushes[0].sent_at == datetime(2026, 3, 19, 8, 2, 1, tzinfo=UTC)
    read = [one for push in pushes for one in twilio.read(push.event, push.payload).records]
    assert read == list(results(twilio, sample("rule_execution")).records)


def test_altered_json_is_refused(twilio: Twilio) -> None:
    with pytest.raises(Unverified, match="body"):
        twilio.accept(json_delivery(RESULTS.replace(b"negative", b"positive"), hashed=RESULTS))


def test_json_with_a_hash_made_to_fit_is_refused(twilio: Twilio) -> None:
    genuine = json_delivery(RESULTS)
    forged = RESULTS.replace(b"negative", b"positive")
    url = json_delivery(forged).url

    with pytest.raises(Unverified, match="signature"):
        twilio.accept(Delivery(url=url, headers=genuine.headers, body=forged))


def test_json_without_a_hash_is_refused(twilio: Twilio) -> None:
    headers = {"x-twilio-signature": sign(URL)}

    with pytest.raises(Unverified):
        twilio.accept(Delivery(url=URL, headers=headers, body=RESULTS))


def test_both_tokens_are_accepted_while_they_change(http: httpx.Client) -> None:
    delivery = json_delivery(RESULTS, key="old")

    assert connect(http, former_auth_token="old").accept(delivery)
    with pytest.raises(Unverified):
        connect(http).accept(delivery)


def test_nothing_is_accepted_without_a_token(http: httpx.Client) -> None:
    delivery = json_delivery(RESULTS, key="")

    with pytest.raises(Unverified):
        connect(http, auth_token="").accept(delivery)


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b"no", b'{"conversationId": "c", "operatorResults": [{"id": "1"}]}']
)
def test_genuine_json_we_do_not_know_is_unreadable(twilio: Twilio, body: bytes) -> None:
    with pytest.raises(Unreadable):
        twilio.accept(json_delivery(body))


def test_genuine_callback_without_a_sequence_is_unreadable(twilio: Twilio) -> None:
    with pytest.raises(Unreadable, match="SequenceId"):
        twilio.accept(form_delivery(form(SequenceId="")))

"""What was said: beside its own agent's contact, redacted first, and only with its basis."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from coaching import records, tasks
from coaching.intake import Intake
from coaching.intake.quarantine import end_quarantine, replay_spoken
from coaching.integrations.base import Batch, Resource
from coaching.models import (
    QuarantinedPayload,
    Recording,
    Run,
    SentimentSpan,
    TranscriptSegment,
)
from literacy.models import Covers, Role
from literacy.privacy import notices
from tests.coaching.room import make_user, post, signed_in
from tests.factories import NOW, LearnerFactory, make_connection

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 16, 8, tzinfo=UTC)


def intake(*, has_basis: bool = True, country: str = "SE") -> Intake:
    connection = make_connection(country=country)
    for number in (1, 2):
        connection.agents.create(external_id=f"u{number}", learner=LearnerFactory())
    if has_basis:
        notices.record(country, NOW.date() - timedelta(days=60), covers=Covers.RECORDINGS)
    run = Run.objects.create(connection=connection, kind="pull", started_at=NOW)
    taking = Intake(run, now=NOW)
    taking.take(batch(Resource.INTERACTIONS, contact("u1", 0), contact("u2", 10)))
    return taking


def batch(resource: Resource, *found: records.Record) -> Batch:
    return Batch(resource=resource, records=found)


def contact(agent: str, minutes: int) -> records.Interaction:
    start = START + timedelta(minutes=minutes)
    return records.Interaction(
        external_id="c1",
        leg_id=agent,
        root_external_id="call-1",
        agent_external_id=agent,
        channel=records.Channel.VOICE,
        started_at=start,
        ended_at=start + timedelta(minutes=9),
    )


def said(text: str, **fields: object) -> records.TranscriptSegment:
    defaults = {
        "interaction_external_id": "c1",
        "utterance_id": "1",
        "speaker": records.Speaker.CUSTOMER,
        "start_ms": 1000,
        "text": text,
        "language": "sv-SE",
    }
    return records.TranscriptSegment(**{**defaults, **fields})


def test_words_are_redacted_before_they_are_stored() -> None:
    taking = intake()

    happened = taking.take(
        batch(
            Resource.TRANSCRIPTS,
            said("Hej, jag heter Sanna Provsson och når mig på 070-174 06 05."),
            said("Ring 070-174 06 05 efter fem.", utterance_id="2", start_ms=9000),
        )
    )

    first, second = TranscriptSegment.objects.order_by("start_ms")
    assert happened["new"] == 2
    assert "Sanna" not in first.text
    assert "[PHONE_1]" in first.text
    assert "[PHONE_1]" in second.text


def test_the_same_words_again_change_nothing_and_new_ones_replace() -> None:
    taking = intake()
    taking.take(batch(Resource.TRANSCRIPTS, said("Var är min faktura?")))

    same = taking.take(batch(Resource.TRANSCRIPTS, said("Var är min faktura?")))
    changed = taking.take(batch(Resource.TRANSCRIPTS, said("Var är min faktura nu?")))

    assert (same["same"], changed["changed"]) == (1, 1)
    assert TranscriptSegment.objects.get().text == "Var är min faktura nu?"


def test_words_stand_beside_the_agent_who_spoke_or_was_there() -> None:
    taking = intake()

    taking.take(
        batch(
            Resource.TRANSCRIPTS,
            said("Hej", utterance_id="1", speaker=records.Speaker.AGENT, agent_external_id="u1"),
            said("Jaha", utterance_id="2", start_ms=11 * 60_000),
        )
    )

    first, second = TranscriptSegment.objects.order_by("utterance_id")
    assert first.interaction.learner_id == taking.learner_id("u1")
    assert second.interaction.learner_id == taking.learner_id("u2")


def test_contact_is_also_found_by_what_others_call_it() -> None:
    taking = intake()

    taking.take(batch(Resource.TRANSCRIPTS, said("Hallå", interaction_external_id="call-1")))

    assert TranscriptSegment.objects.get().interaction.external_id == "c1"


def test_words_of_an_unknown_agent_or_contact_are_left_out() -> None:
    taking = intake()

    happened = taking.take(
        batch(
            Resource.TRANSCRIPTS,
            said("Hej", speaker=records.Speaker.AGENT, agent_external_id="u9"),
            said("Hej", interaction_external_id="c9"),
            said("Hej", is_final=False),
        )
    )

    assert happened["without_contact"] == 3
    assert not TranscriptSegment.objects.exists()


def test_recording_and_sentiment_are_stored_without_an_address() -> None:
    taking = intake()
    recording = records.Recording(
        external_id="r1",
        interaction_external_id="c1",
        duration_ms=1000,
        channel_speakers=(records.Speaker.CUSTOMER, records.Speaker.AGENT),
        fetch_ref="r1",
    )
    span = records.SentimentSpan(
        interaction_external_id="c1",
        scope=records.SentimentScope.CONVERSATION,
        score=Decimal("-0.4"),
        label=records.SentimentLabel.NEGATIVE,
        raw_value="-40",
        raw_scale="-100-100",
    )

    for _ in range(2):
        taking.take(batch(Resource.RECORDINGS, recording))
        taking.take(batch(Resource.SENTIMENT, span))

    assert Recording.objects.get().channel_speakers == ["customer", "agent"]
    assert SentimentSpan.objects.get().score == Decimal("-0.4")


def test_words_without_their_basis_wait_sealed_for_a_day() -> None:
    taking = intake(has_basis=False)

    happened = taking.take(batch(Resource.TRANSCRIPTS, said("Jag heter Sanna Provsson.")))

    kept = QuarantinedPayload.objects.get()
    assert happened["not_lawful"] == 1
    assert (kept.reason, kept.ends_at) == ("not_lawful", NOW + timedelta(hours=24))
    assert b"Sanna" not in bytes(kept.sealed)
    assert not TranscriptSegment.objects.exists()
    assert end_quarantine(NOW + timedelta(hours=24)) == 1


def test_words_that_wait_are_taken_in_once_the_basis_is_there(time_machine) -> None:
    time_machine.move_to(NOW)
    taking = intake(has_basis=False)
    taking.take(batch(Resource.TRANSCRIPTS, said("Var är min faktura?")))
    notices.record("SE", NOW.date(), covers=Covers.RECORDINGS)

    replay_spoken(taking.run, NOW)

    assert TranscriptSegment.objects.get().text == "Var är min faktura?"
    assert not QuarantinedPayload.objects.exists()


def test_notice_of_recordings_takes_in_what_waited(time_machine) -> None:
    time_machine.move_to(NOW)
    taking = intake(has_basis=False)
    notices.record("SE", NOW.date() - timedelta(days=60))
    taking.take(batch(Resource.TRANSCRIPTS, said("Var är min faktura?")))
    tasks.replay_quarantine(taking.connection.pk)
    assert QuarantinedPayload.objects.count() == 1

    administrator = signed_in(make_user(Role.ADMINISTRATOR, in_cms=True))
    given = {"country": "SE", "site": "", "reference": "Protokoll 9"}
    post(administrator, "notices", covers="recordings", given_on="2026-11-02", **given)

    assert TranscriptSegment.objects.get().text == "Var är min faktura?"
    assert not QuarantinedPayload.objects.exists()


def test_basis_of_contacts_is_none_for_words() -> None:
    taking = intake(has_basis=False)
    notices.record("SE", NOW.date() - timedelta(days=10))

    taking.take(batch(Resource.TRANSCRIPTS, said("Hej")))

    assert not TranscriptSegment.objects.exists()

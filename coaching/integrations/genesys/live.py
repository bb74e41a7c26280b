"""Topics of the Notifications API, as they come over its WebSocket -> live events.

A message is an envelope around `eventBody`; the body alone is read too. Subscribe to
`v2.conversations.{id}.transcription` and `v2.speechandtextanalytics.conversation.{id}.sentiment`.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from coaching import records
from coaching.integrations.genesys import payloads
from coaching.integrations.genesys.events import Payload
from coaching.integrations.genesys.speech import TEXT_LENGTH, Scale
from coaching.integrations.genesys.words import LIVE_CHANNELS, SESSION_KINDS, language
from coaching.integrations.normalise import clean, known
from coaching.records import LiveKind, Speaker


def bodies(message: Payload) -> list[Any]:
    return [message.get("eventBody", message)]


def read_transcription(
    payload: Any, unknown: Counter[str], *, clock: Callable[[], datetime]
) -> Iterator[records.LiveEvent]:
    """Yield what was said, or what a message without words says of the session."""
    message = payloads.LiveTranscription.read(payload)
    occurred_at = message.event_time or clock()
    for utterance in message.transcripts:
        yield _utterance(message, utterance, occurred_at, unknown)
    kind = known(
        SESSION_KINDS,
        message.status.status,
        field="status",
        default=LiveKind.UNKNOWN,
        unknown=unknown,
    )
    if kind is LiveKind.SESSION_ENDED or not message.transcripts:
        yield _session(message, kind, occurred_at)


def read_live_sentiment(
    payload: Any, _unknown: Counter[str], *, clock: Callable[[], datetime], scale: Scale
) -> Iterator[records.LiveEvent]:
    """Yield the mood of a conversation so far; the topic names no time, so it is ours."""
    message = payloads.LiveSentiment.read(payload)
    if message.sentiment_overall_score is None:
        return
    now = clock()
    yield records.LiveEvent(
        event_id=f"{message.conversation_id}:sentiment:{round(now.timestamp() * 1000)}",
        kind=LiveKind.SENTIMENT,
        interaction_external_id=message.conversation_id,
        speaker=Speaker.CUSTOMER,
        occurred_at=now,
        score=scale.score(message.sentiment_overall_score),
    )


def _utterance(
    message: payloads.LiveTranscription,
    utterance: payloads.Utterance,
    occurred_at: datetime,
    unknown: Counter[str],
) -> records.LiveEvent:
    kind = LiveKind.FINAL if utterance.is_final else LiveKind.PARTIAL
    heard = utterance.alternatives[0] if utterance.alternatives else payloads.Alternative()
    return records.LiveEvent(
        event_id=f"{message.communication_id}:{utterance.utterance_id}:{kind.value}",
        kind=kind,
        interaction_external_id=message.conversation_id,
        communication_id=message.communication_id,
        speaker=known(
            LIVE_CHANNELS,
            utterance.channel,
            field="channel",
            default=Speaker.UNKNOWN,
            unknown=unknown,
        ),
        occurred_at=occurred_at,
        offset_ms=heard.offset_ms,
        duration_ms=heard.duration_ms,
        text=clean(heard.decorated_transcript or heard.transcript, TEXT_LENGTH),
        confidence=heard.confidence,
        language=language(utterance.dialect, unknown),
    )


def _session(
    message: payloads.LiveTranscription, kind: LiveKind, occurred_at: datetime
) -> records.LiveEvent:
    """Tell that a session began, the same each time it is said again, or that it ended."""
    started_ms = message.session_start_time_ms
    if kind is LiveKind.SESSION_STARTED and started_ms is not None:
        occurred_at = datetime.fromtimestamp(started_ms / 1000, UTC)
    return records.LiveEvent(
        event_id=f"{message.communication_id}:{kind.value}",
        kind=kind,
        interaction_external_id=message.conversation_id,
        communication_id=message.communication_id,
        occurred_at=occurred_at,
    )

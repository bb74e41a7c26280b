"""Amazon Connect's words and ours, compared whatever the case."""

from collections import Counter
from decimal import Decimal
from typing import TypeVar

from coaching.integrations.normalise import clean, language_code
from coaching.records import (
    Channel,
    Direction,
    EvaluationKind,
    EvaluationStatus,
    LiveKind,
    QuestionKind,
    RecordingKind,
    RecordingState,
    ScoringMode,
    SentimentLabel,
    Speaker,
)

Value = TypeVar("Value")

CHANNELS = {
    "voice": Channel.VOICE,
    "chat": Channel.CHAT,
    "task": Channel.TASK,
    "email": Channel.EMAIL,
}
SPOKEN_OR_WRITTEN = {Channel.VOICE, Channel.CHAT}  # the customer is there while it lasts
# A transfer goes on in the direction of the contact before it, which is not told here.
DIRECTIONS = {
    "inbound": Direction.INBOUND,
    "webrtc_api": Direction.INBOUND,
    "outbound": Direction.OUTBOUND,
    "external_outbound": Direction.OUTBOUND,
    "callback": Direction.OUTBOUND,
    "agent_reply": Direction.OUTBOUND,
    "transfer": Direction.UNKNOWN,
    "queue_transfer": Direction.UNKNOWN,
    "disconnect": Direction.UNKNOWN,
    "flow": Direction.UNKNOWN,
    "api": Direction.UNKNOWN,
}
API_DIRECTIONS = {Channel.VOICE: Direction.OUTBOUND, Channel.CHAT: Direction.INBOUND}
NO_CONTACT = "MONITOR"  # a supervisor who listens in
MEDIA = {"audio": RecordingKind.AUDIO, "video": RecordingKind.SCREEN}
RECORDING_STATES = {"available": RecordingState.AVAILABLE, "deleted": RecordingState.DELETED}
STATUSES = {
    "draft": EvaluationStatus.IN_PROGRESS,
    "submitted": EvaluationStatus.RELEASED,
    "review_requested": EvaluationStatus.DISPUTED,
    "under_review": EvaluationStatus.DISPUTED,
}
EVALUATION_KINDS = {
    "standard": EvaluationKind.STANDARD,
    "calibration": EvaluationKind.CALIBRATION,
}
QUESTION_KINDS = {
    "singleselect": QuestionKind.SINGLE,
    "multiselect": QuestionKind.MULTI,
    "numeric": QuestionKind.NUMERIC,
    "text": QuestionKind.TEXT,
    "datetime": QuestionKind.DATE,
}
SCORING_MODES = {
    "question_only": ScoringMode.WEIGHTED_PERCENT,
    "section_only": ScoringMode.WEIGHTED_PERCENT,
    "points_based": ScoringMode.POINTS,
}
SPEAKERS = {
    "agent": Speaker.AGENT,
    "supervisor": Speaker.AGENT,  # an employee as well
    "customer": Speaker.CUSTOMER,
    "custom_bot": Speaker.BOT,
    "system": Speaker.SYSTEM,
}
TURN_SENTIMENTS = {
    "positive": (Decimal(1), SentimentLabel.POSITIVE),
    "neutral": (Decimal(0), SentimentLabel.NEUTRAL),
    "mixed": (Decimal(0), SentimentLabel.MIXED),
    "negative": (Decimal(-1), SentimentLabel.NEGATIVE),
}
LIVE_KINDS = {
    "started": LiveKind.SESSION_STARTED,
    "completed": LiveKind.SESSION_ENDED,
    "failed": LiveKind.ERROR,
}


def language(locale: str, unknown: Counter[str]) -> str | None:
    code = language_code(locale)
    if locale and not code:
        unknown[f"language={clean(locale, 60)}"] += 1
    return code

"""Genesys' words and ours. Compared whatever the case: REST, analytics and events differ in it."""

from collections import Counter
from typing import TypeVar

from coaching.integrations.normalise import clean, language_code
from coaching.records import (
    Channel,
    Direction,
    EvaluationStatus,
    LiveKind,
    QuestionKind,
    RecordingKind,
    RecordingState,
    ScoringMode,
    Speaker,
)

Value = TypeVar("Value")

CHANNELS = {
    "voice": Channel.VOICE,
    "call": Channel.VOICE,  # in evaluations
    "callback": Channel.CALLBACK,
    "chat": Channel.CHAT,
    "email": Channel.EMAIL,
    "message": Channel.MESSAGE,
    "video": Channel.VIDEO,
    "social_expression": Channel.SOCIAL,
}
# Beside a contact, or between colleagues: not a contact with a customer.
SIDE_MEDIA = {"cobrowse", "internalmessage", "screenmonitoring", "screenshare"}
DIRECTIONS = {"inbound": Direction.INBOUND, "outbound": Direction.OUTBOUND}
STATUSES = {
    "pending": EvaluationStatus.PENDING,
    "inprogress": EvaluationStatus.IN_PROGRESS,
    "finished": EvaluationStatus.SUBMITTED,
    "inreview": EvaluationStatus.DISPUTED,
    "retracted": EvaluationStatus.RETRACTED,
}
QUESTION_KINDS = {
    "multiplechoicequestion": QuestionKind.SINGLE,
    "multipleselectquestion": QuestionKind.MULTI,
    "freetextquestion": QuestionKind.TEXT,
    "npsquestion": QuestionKind.NPS,
    "readonlytextblockquestion": QuestionKind.READONLY,
}
RECORDING_KINDS = {
    "audio": RecordingKind.AUDIO,
    "screen": RecordingKind.SCREEN,
    "chat": RecordingKind.OTHER,
    "email": RecordingKind.OTHER,
    "message": RecordingKind.OTHER,
}
RECORDING_STATES = {
    "available": RecordingState.AVAILABLE,
    "restored": RecordingState.AVAILABLE,
    "uploading": RecordingState.PENDING,
    "restoring": RecordingState.PENDING,
    "archived": RecordingState.ARCHIVED,
    "deleted": RecordingState.DELETED,
    "error": RecordingState.ERROR,
}
SPEAKERS = {
    "internal": Speaker.AGENT,
    "agent": Speaker.AGENT,
    "user": Speaker.AGENT,
    "external": Speaker.CUSTOMER,
    "customer": Speaker.CUSTOMER,
    "ivr": Speaker.IVR,
    "acd": Speaker.SYSTEM,
    "voicemail": Speaker.SYSTEM,
}
LIVE_CHANNELS = {
    "internal": Speaker.AGENT,
    "external": Speaker.CUSTOMER,
    "both": Speaker.UNKNOWN,
    "unknown": Speaker.UNKNOWN,
}
SESSION_KINDS = {
    "session_ongoing": LiveKind.SESSION_STARTED,
    "session_ended": LiveKind.SESSION_ENDED,
    "unknown": LiveKind.UNKNOWN,
}
SCORING_MODES = {"scaled": ScoringMode.WEIGHTED_PERCENT, "off": ScoringMode.POINTS}


def language(name: str | None, unknown: Counter[str]) -> str | None:
    """Return BCP-47 for the name an administrator gave a routing language."""
    code = language_code(name)
    if name and not code:
        unknown[f"language={clean(name, 60)}"] += 1
    return code

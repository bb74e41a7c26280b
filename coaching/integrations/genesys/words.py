"""Genesys' words and ours. Compared whatever the case: REST, analytics and events differ in it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeVar

from coaching.integrations.normalise import clean, language_code
from coaching.records import Channel, Direction, EvaluationStatus, QuestionKind, ScoringMode

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
SCORING_MODES = {"scaled": ScoringMode.WEIGHTED_PERCENT, "off": ScoringMode.POINTS}


def known(
    table: Mapping[str, Value],
    value: str | None,
    *,
    field: str,
    default: Value,
    unknown: Counter[str],
) -> Value:
    """Translate a vendor's word; one that we do not know is counted."""
    found = table.get((value or "").casefold())
    if found is None and value:
        unknown[f"{field}={clean(value, 60)}"] += 1
    return default if found is None else found


def language(name: str | None, unknown: Counter[str]) -> str | None:
    """Return BCP-47 for the name an administrator gave a routing language."""
    code = language_code(name)
    if name and not code:
        unknown[f"language={clean(name, 60)}"] += 1
    return code


def first(values: Iterable[Value | None]) -> Value | None:
    return next((value for value in values if value), None)

"""NICE's words and ours. Compared by their letters alone: APIs and reports write them apart."""

import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import TypeVar

from coaching.integrations.normalise import clean
from coaching.records import (
    Channel,
    EvaluationKind,
    EvaluationStatus,
    SentimentLabel,
    Speaker,
)

Value = TypeVar("Value")

CHANNELS = {
    "call": Channel.VOICE,
    "phonecall": Channel.VOICE,
    "voice": Channel.VOICE,
    "voicemail": Channel.VOICE,
    "chat": Channel.CHAT,
    "email": Channel.EMAIL,
    "sms": Channel.MESSAGE,
    "digital": Channel.MESSAGE,
    "social": Channel.SOCIAL,
    "workitem": Channel.TASK,
}
TRANSFERS: dict[
    str, tuple[int | None, int | None]
] = {  # how many transfers and consultations each word stands for
    "none": (0, 0),
    "reskill": (1, 0),
    "reagent": (1, 0),
    "takeover": (1, 0),
    "external": (1, 0),
    "consult": (0, 1),
}
KINDS = {
    "evaluation": EvaluationKind.STANDARD,
    "collaborative": EvaluationKind.STANDARD,
    "selfassessment": EvaluationKind.SELF_ASSESSMENT,
    "calibration": EvaluationKind.CALIBRATION,
}
STATUSES = {
    "new": EvaluationStatus.PENDING,
    "newselfassessment": EvaluationStatus.PENDING,
    "awaiting": EvaluationStatus.PENDING,
    "awaitingsubmission": EvaluationStatus.PENDING,
    "claimed": EvaluationStatus.IN_PROGRESS,
    "draft": EvaluationStatus.IN_PROGRESS,
    "inprogress": EvaluationStatus.IN_PROGRESS,
    "inprogressselfassessment": EvaluationStatus.IN_PROGRESS,
    "partiallycompleted": EvaluationStatus.IN_PROGRESS,
    "selfassessment": EvaluationStatus.IN_PROGRESS,
    "waitingforagent": EvaluationStatus.IN_PROGRESS,
    "waitingforevaluator": EvaluationStatus.IN_PROGRESS,
    "submitted": EvaluationStatus.SUBMITTED,
    "senttoagent": EvaluationStatus.SUBMITTED,
    "completedselfassessment": EvaluationStatus.SUBMITTED,
    "completed": EvaluationStatus.RELEASED,
    "dispute": EvaluationStatus.DISPUTED,
    "inreview": EvaluationStatus.DISPUTED,
    "deleted": EvaluationStatus.RETRACTED,
    "deletedexpired": EvaluationStatus.RETRACTED,
    "expired": EvaluationStatus.RETRACTED,
    "replaced": EvaluationStatus.RETRACTED,
}
SPEAKERS = {
    "agent": Speaker.AGENT,
    "customer": Speaker.CUSTOMER,
    "client": Speaker.CUSTOMER,
    "bot": Speaker.BOT,
    "system": Speaker.SYSTEM,
}
SENTIMENTS = {
    "positive": (Decimal(1), SentimentLabel.POSITIVE),
    "neutral": (Decimal(0), SentimentLabel.NEUTRAL),
    "mixed": (Decimal(0), SentimentLabel.MIXED),
    "negative": (Decimal(-1), SentimentLabel.NEGATIVE),
}
FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
NOT_APPLICABLE = {"na", "notapplicable"}


def letters(word: str | None) -> str:
    return re.sub(r"[\W_]+", "", (word or "").casefold())


def known(
    table: Mapping[str, Value],
    value: str | None,
    *,
    field: str,
    default: Value,
    unknown: Counter[str],
) -> Value:
    """Translate a vendor's word; one that we do not know is counted."""
    found = table.get(letters(value))
    if found is None and value:
        unknown[f"{field}={clean(value, 60)}"] += 1
    return default if found is None else found

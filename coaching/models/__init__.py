"""Rows from contact to coaching, by subject; nothing of coaching but records is imported here."""

from coaching.models.cells import ReleaseCell
from coaching.models.cohorts import Cohort, CohortMember, ReportUnit, WeekClose
from coaching.models.connections import (
    Connection,
    FileImport,
    PushedBatch,
    QuarantinedPayload,
    ReceivedEvent,
    Run,
    VendorAgent,
    VendorQueue,
    VendorTeam,
    Watermark,
)
from coaching.models.contacts import Interaction
from coaching.models.conversations import Recording, SentimentSpan, TranscriptSegment
from coaching.models.evaluations import (
    Evaluation,
    EvaluationAnswer,
    EvaluationForm,
    EvaluationHistory,
    EvaluatorSeverity,
    FormLine,
)
from coaching.models.suggestions import Importance, Suggestion, TasteWeight

__all__ = [
    "Cohort",
    "CohortMember",
    "Connection",
    "Evaluation",
    "EvaluationAnswer",
    "EvaluationForm",
    "EvaluationHistory",
    "EvaluatorSeverity",
    "FileImport",
    "FormLine",
    "Importance",
    "Interaction",
    "PushedBatch",
    "QuarantinedPayload",
    "ReceivedEvent",
    "Recording",
    "ReleaseCell",
    "ReportUnit",
    "Run",
    "SentimentSpan",
    "Suggestion",
    "TasteWeight",
    "TranscriptSegment",
    "VendorAgent",
    "VendorQueue",
    "VendorTeam",
    "Watermark",
    "WeekClose",
]

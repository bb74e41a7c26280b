"""Rows from contact to coaching, by subject; nothing of coaching but records is imported here."""

from coaching.models.cells import ReleaseCell
from coaching.models.cohorts import Cohort, CohortMember, ReportUnit, WeekClose
from coaching.models.connections import (
    Connection,
    FileImport,
    QuarantinedPayload,
    Run,
    VendorAgent,
    VendorQueue,
    VendorTeam,
    Watermark,
)
from coaching.models.contacts import Interaction
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
    "QuarantinedPayload",
    "ReleaseCell",
    "ReportUnit",
    "Run",
    "Suggestion",
    "TasteWeight",
    "VendorAgent",
    "VendorQueue",
    "VendorTeam",
    "Watermark",
    "WeekClose",
]

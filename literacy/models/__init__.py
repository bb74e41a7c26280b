"""Rows of the learner's side, by subject."""

from literacy.models.framework import Area, Competence, Criterion, Module, ModuleCompetence
from literacy.models.learning import (
    Answer,
    Attempt,
    Belief,
    Check,
    LedgerEntry,
    LoadedModule,
    ReviewCard,
)
from literacy.models.pages import AreaPage, HomePage, ModulePage
from literacy.models.people import Country, Learner, Membership, Role, Team
from literacy.models.privacy import (
    AccessKind,
    AccessLogEntry,
    Consent,
    Covers,
    Notice,
    NoticeKind,
    Objection,
)

__all__ = [
    "AccessKind",
    "AccessLogEntry",
    "Answer",
    "Area",
    "AreaPage",
    "Attempt",
    "Belief",
    "Check",
    "Competence",
    "Country",
    "Criterion",
    "HomePage",
    "Learner",
    "LedgerEntry",
    "LoadedModule",
    "Membership",
    "Module",
    "ModuleCompetence",
    "ModulePage",
    "Consent",
    "Covers",
    "Notice",
    "NoticeKind",
    "Objection",
    "ReviewCard",
    "Role",
    "Team",
]

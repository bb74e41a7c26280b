"""The learner's own data classes of this app: purpose, retention, who sees them."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from literacy import models
from literacy.privacy.registry import NOTHING, DataClass, Ending, register

ONLY_YOU = _("Only you")
YEAR = _("12 months after you were last active")
AFTER_ACTIVITY = Ending(days=365)
AFTER_LEAVING = Ending(days=90, after_leaving=True)

register(
    DataClass(
        models.Membership,
        "learner",
        _("Teams and roles"),
        _("To know which team you work in and what you may do here."),
        _("While you work here, then 90 days"),
        _("You and the administrator"),
        ("team__name", "role", "starts_on", "ends_on"),
        AFTER_LEAVING,
        erases=NOTHING,  # who works where is the employer's record, not the learner's history
    ),
    DataClass(
        models.Attempt,
        "learner",
        _("Modules you have opened"),
        _("To keep your place and to know what you have learned."),
        YEAR,
        ONLY_YOU,
        ("module", "language", "started_at", "completed_at", "take_away"),
        AFTER_ACTIVITY,
    ),
    DataClass(
        models.Answer,
        "attempt__learner",
        _("Your answers"),
        _("To give feedback and to see what you would gain most from."),
        YEAR,
        ONLY_YOU,
        ("key", "number", "given", "share", "answered_at"),
        AFTER_ACTIVITY,
    ),
    DataClass(
        models.Check,
        "learner",
        _("Short checks"),
        _("To help you remember what you have learned."),
        YEAR,
        ONLY_YOU,
        ("module", "due_on", "completed_at"),
        AFTER_ACTIVITY,
    ),
    DataClass(
        models.ReviewCard,
        "learner",
        _("When a module comes back"),
        _("To space the checks so that they help most."),
        YEAR,
        ONLY_YOU,
        ("module", "due_at", "stability", "difficulty"),
        AFTER_ACTIVITY,
    ),
    DataClass(
        models.Belief,
        "learner",
        _("What we believe you master"),
        _("To choose the next module. It is an estimate and carries its doubt."),
        YEAR,
        ONLY_YOU,
        ("competence", "mean", "variance", "updated_at"),
        AFTER_ACTIVITY,
    ),
    DataClass(
        models.LedgerEntry,
        "learner",
        _("Why we believe it"),
        _("So that every estimate can be explained and corrected."),
        YEAR,
        ONLY_YOU,
        (
            "competence",
            "source_kind",
            "title",
            "count",
            "observed_at",
            "recorded_at",
            "skill_delta",
            "general_delta",
        ),
        AFTER_ACTIVITY,
    ),
    DataClass(
        models.Objection,
        "learner",
        _("Objections you have made"),
        _("To respect them."),
        _("While you work here, then 90 days"),
        ONLY_YOU,
        ("feature", "made_at", "withdrawn_at"),
        AFTER_LEAVING,
        erases=Q(withdrawn_at__isnull=False),  # one that stands is a wish, not history
    ),
    DataClass(
        models.AccessLogEntry,
        "learner",
        _("Who has looked at your data"),
        _("So that you can check it."),
        _("12 months"),
        ONLY_YOU,
        ("what", "seen_at"),
        Ending(days=365, field="seen_at"),
    ),
)

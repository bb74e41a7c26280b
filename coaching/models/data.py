"""The learner's own data classes of this app: purpose, retention, who sees them."""

from django.utils.translation import gettext_lazy as _

from coaching import models
from literacy.privacy import notices
from literacy.privacy.registry import NOTHING, DataClass, Ending, register

ONLY_YOU = _("Only you")
CONTACT_RETENTION = _("12 months")
WORK_KEPT_DAYS = 365  # contacts and evaluations; intake refuses what is older
TRANSCRIPT_RETENTION = _("30 days, in Denmark at most 90")
TRANSCRIPT_DAYS = max(profile.kept_days for profile in notices.PROFILES.values())

register(
    DataClass(
        models.Interaction,
        "learner",
        _("Contacts you handled"),
        _("To know which situations you meet. Times and channel, never the words."),
        CONTACT_RETENTION,
        ONLY_YOU,
        ("channel", "direction", "started_at", "talk_ms", "hold_ms", "acw_ms", "transfer_count"),
        Ending(days=WORK_KEPT_DAYS, field="started_at"),
    ),
    DataClass(
        models.Recording,
        "interaction__learner",
        _("That a contact was recorded"),
        _("To find what was said. The sound stays on the platform."),
        TRANSCRIPT_RETENTION,
        ONLY_YOU,
        ("interaction__external_id", "kind", "started_at", "duration_ms"),
        Ending(days=TRANSCRIPT_DAYS, field="interaction__started_at"),
    ),
    DataClass(
        models.TranscriptSegment,
        "interaction__learner",
        _("What was said in your contacts, without names and numbers"),
        _("To see which situations you meet, and to report on a contact to you."),
        TRANSCRIPT_RETENTION,
        ONLY_YOU,
        ("interaction__external_id", "speaker", "start_ms", "text"),
        Ending(days=TRANSCRIPT_DAYS, field="interaction__started_at"),
    ),
    DataClass(
        models.SentimentSpan,
        "interaction__learner",
        _("How customers sounded in writing, as far as their words tell"),
        _("To see which situations you meet. It is about the contact, not about you."),
        TRANSCRIPT_RETENTION,
        ONLY_YOU,
        ("interaction__external_id", "scope", "label", "score"),
        Ending(days=TRANSCRIPT_DAYS, field="interaction__started_at"),
    ),
    DataClass(
        models.Evaluation,
        "learner",
        _("Quality evaluations released to you"),
        _("To see which module would help you most."),
        CONTACT_RETENTION,
        _("Here only you; your quality system has its own rules"),
        ("external_id", "form__name", "score_pct", "released_at", "interaction_at"),
        Ending(days=WORK_KEPT_DAYS, field="released_at"),
    ),
    DataClass(
        models.EvaluationAnswer,
        "evaluation__learner",
        _("The lines of those evaluations"),
        _("To see which module would help you most."),
        CONTACT_RETENTION,
        _("Here only you; your quality system has its own rules"),
        ("line__text", "points", "max_points", "not_applicable", "comment"),
        Ending(days=WORK_KEPT_DAYS, field="evaluation__released_at"),
    ),
    DataClass(
        models.EvaluationHistory,
        "evaluation__learner",
        _("Earlier versions of an evaluation"),
        _("To show what was changed."),
        CONTACT_RETENTION,
        ONLY_YOU,
        ("revision", "lines", "replaced_at"),
        Ending(days=WORK_KEPT_DAYS, field="replaced_at"),
    ),
    DataClass(
        models.Suggestion,
        "learner",
        _("Suggestions and what you did with them"),
        _("To suggest better. Saying no has no other consequence."),
        _("180 days"),
        ONLY_YOU,
        ("module", "competence", "made_at", "reason", "state", "decided_at"),
        Ending(days=180, field="made_at"),
    ),
    DataClass(
        models.TasteWeight,
        "learner",
        _("What kind of suggestions suit you"),
        _("To suggest better."),
        _("180 days after you were last active"),
        ONLY_YOU,
        ("key", "mean", "variance"),
        Ending(days=180),
    ),
    DataClass(
        models.VendorAgent,
        "learner",
        _("Your number on the contact platform"),
        _("To connect evaluations and contacts with you."),
        _("While you work here, then 90 days"),
        _("You and the administrator"),
        ("connection__name", "external_id", "active"),
        Ending(days=90, after_leaving=True),
        erases=NOTHING,  # without it the next sync would take the person for a stranger
    ),
    DataClass(
        models.CohortMember,
        "learner",
        _("Which team level you are counted in"),
        _("To show team levels that say nothing about one person."),
        _("24 months"),
        ONLY_YOU,
        ("cohort__unit__label", "cohort__season_on"),
        Ending(days=730, field="cohort__season_on"),
    ),
)

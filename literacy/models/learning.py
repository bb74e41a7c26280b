"""What a learner did and what follows from it: attempts, beliefs with their ledger, reviews.

Everything hangs on a module and on author-given keys, never on a page or a language.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from literacy.models.framework import Competence, Module
from literacy.models.people import Learner


class Attempt(models.Model):
    """One sitting with a module, from opening it to its last step."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="attempts")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="attempts")
    language = models.CharField(max_length=2)
    started_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    step = models.CharField(max_length=60, blank=True)  # key of the block the learner was on
    draft = models.JSONField(default=dict, blank=True)  # block key -> half-given answer
    take_away = models.CharField(max_length=300, blank=True)  # private, the learner's own words

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = [models.Index(fields=["learner", "-started_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "module"],
                condition=models.Q(completed_at__isnull=True),
                name="attempt_one_open_per_module",
            )
        ]

    def __str__(self) -> str:
        return f"{self.learner} {self.module_id}"


class Check(models.Model):
    """A short recall test of one module: planned by the schedule, later taken."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="checks")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="checks")
    due_on = models.DateField()
    planned_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    item_keys = models.JSONField(default=list, blank=True)  # drawn when it starts

    class Meta:
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        indexes = [models.Index(fields=["learner", "due_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "module"],
                condition=models.Q(completed_at__isnull=True),
                name="check_one_open_per_module",
            )
        ]

    def __str__(self) -> str:
        return f"{self.learner} {self.module_id} {self.due_on}"


class Answer(models.Model):
    """A graded answer to one exercise or recall item."""

    attempt = models.ForeignKey(
        Attempt, on_delete=models.CASCADE, related_name="answers", null=True, blank=True
    )
    check_taken = models.ForeignKey(
        Check, on_delete=models.CASCADE, related_name="answers", null=True, blank=True
    )
    key = models.CharField(max_length=60)  # the author's key of the block or recall item
    number = models.PositiveSmallIntegerField(default=1)  # 1 is the first try
    given = models.JSONField()
    share = models.FloatField()  # 0.0-1.0
    tasks = models.JSONField(default=dict)  # task key -> share
    seconds = models.PositiveIntegerField(null=True, blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        indexes = [models.Index(fields=["answered_at"])]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "key", "number"], name="answer_try_once"),
            models.UniqueConstraint(fields=["check_taken", "key", "number"], name="item_try_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.share:.2f}"


class Belief(models.Model):
    """What we believe of a learner's mastery: a mean and a variance in logits.

    A row without a competence is the person's general factor.
    """

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="beliefs")
    competence = models.ForeignKey(
        Competence, on_delete=models.PROTECT, null=True, blank=True, related_name="beliefs"
    )
    mean = models.FloatField()
    variance = models.FloatField()
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("belief")
        verbose_name_plural = _("beliefs")
        constraints = [
            models.UniqueConstraint(fields=["learner", "competence"], name="belief_once"),
            models.UniqueConstraint(
                fields=["learner"],
                condition=models.Q(competence=None),
                name="belief_one_general",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner} {self.competence_id or 'general'} {self.mean:+.2f}"


class LedgerEntry(models.Model):
    """One step of a belief: the sum of a learner's entries is the belief itself.

    One observation of several competences writes one entry for each, with the general
    factor's step divided evenly among them.
    """

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="ledger")
    competence = models.ForeignKey(Competence, on_delete=models.PROTECT, related_name="ledger")
    source_kind = models.CharField(max_length=24)  # evaluation, exercise, recall, completion, claim
    source_key = models.CharField(max_length=200)  # e.g. "answer:812" or "evaluation:2:E-17:line:4"
    title = models.JSONField(default=dict, blank=True)  # what it was, in words: {lang: text}
    count = models.PositiveSmallIntegerField(default=1)
    observation = models.JSONField()  # what was seen, enough to replay it
    observed_at = models.DateTimeField()  # when it happened
    recorded_at = models.DateTimeField()  # when it became known here
    skill_delta = models.FloatField()
    general_delta = models.FloatField()
    skill_variance_delta = models.FloatField()
    general_variance_delta = models.FloatField()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["recorded_at", "pk"]
        indexes = [
            models.Index(fields=["learner", "competence"]),
            models.Index(fields=["recorded_at"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "source_key", "competence"], name="ledger_source_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_key} {self.competence_id} {self.skill_delta:+.2f}"


class ReviewCard(models.Model):
    """Memory of one module for one learner, as the scheduler keeps it."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="review_cards")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="review_cards")
    card = models.JSONField()
    due_at = models.DateTimeField()
    stability = models.FloatField(null=True)
    difficulty = models.FloatField(null=True)

    class Meta:
        verbose_name = _("review card")
        verbose_name_plural = _("review cards")
        constraints = [
            models.UniqueConstraint(fields=["learner", "module"], name="review_card_once")
        ]

    def __str__(self) -> str:
        return f"{self.learner} {self.module_id}"


class LoadedModule(models.Model):
    """The hash of what `load_modules` last wrote to one language page of a module."""

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="loaded")
    language = models.CharField(max_length=2)
    content_hash = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("loaded module")
        verbose_name_plural = _("loaded modules")
        constraints = [
            models.UniqueConstraint(fields=["module", "language"], name="loaded_module_once")
        ]

    def __str__(self) -> str:
        return f"{self.module_id} {self.language}"

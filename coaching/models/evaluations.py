"""Quality forms, filled evaluations, and what a person mapped their lines to."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from coaching.models.connections import Connection
from coaching.models.contacts import Interaction


class EvaluationForm(models.Model):
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="forms")
    context_id = models.CharField(max_length=128)  # stable over the form's versions
    name = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("quality form")
        verbose_name_plural = _("quality forms")
        constraints = [
            models.UniqueConstraint(fields=["connection", "context_id"], name="form_once")
        ]

    def __str__(self) -> str:
        return self.name


class FormLine(models.Model):
    """One question of a form; a person maps it once to a criterion of ours, or to none."""

    form = models.ForeignKey(EvaluationForm, on_delete=models.CASCADE, related_name="lines")
    context_id = models.CharField(max_length=128)
    text = models.CharField(max_length=500)
    group_name = models.CharField(max_length=200, blank=True)
    max_points = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)
    is_critical = models.BooleanField(default=False)
    is_fatal = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    criterion = models.ForeignKey(
        "literacy.Criterion", null=True, blank=True, on_delete=models.SET_NULL, related_name="lines"
    )
    mapped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    mapped_at = models.DateTimeField(null=True, blank=True)  # with no criterion: not used

    class Meta:
        verbose_name = _("form line")
        verbose_name_plural = _("form lines")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["form", "context_id"], name="form_line_once")
        ]

    def __str__(self) -> str:
        return self.text


class Evaluation(models.Model):
    """A filled quality form that its platform has released to the agent."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="evaluations")
    external_id = models.CharField(max_length=128)
    revision = models.CharField(max_length=64)
    form = models.ForeignKey(EvaluationForm, on_delete=models.PROTECT, related_name="evaluations")
    learner = models.ForeignKey(
        "literacy.Learner", on_delete=models.CASCADE, related_name="evaluations"
    )
    interaction = models.ForeignKey(
        Interaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="evaluations"
    )
    interaction_external_id = models.CharField(max_length=128, blank=True)
    channel = models.CharField(max_length=16, blank=True)
    evaluator_key = models.CharField(max_length=64, blank=True)  # keyed hash of the evaluator
    evaluator_kind = models.CharField(max_length=16, default="unknown")
    status = models.CharField(max_length=16)
    score_pct = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    interaction_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField()
    received_at = models.DateTimeField()  # when it became known here
    weighed_at = models.DateTimeField(null=True, blank=True)  # when evidence took it in
    content_hash = models.CharField(max_length=32)

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        constraints = [
            models.UniqueConstraint(fields=["connection", "external_id"], name="evaluation_once")
        ]
        indexes = [models.Index(fields=["learner", "-released_at"])]

    def __str__(self) -> str:
        return f"{self.external_id} ({self.revision})"

    @property
    def source_prefix(self) -> str:
        """What its lines' keys in the ledger begin with, the same however often it comes in."""
        return f"evaluation:{self.connection_id}:{self.external_id}:line:"


class EvaluationAnswer(models.Model):
    """One answered line; the row keeps its id when a later revision changes its points."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="answers")
    line = models.ForeignKey(FormLine, on_delete=models.PROTECT, related_name="answers")
    points = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)
    max_points = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)
    not_applicable = models.BooleanField(default=False)
    failed_fatal = models.BooleanField(null=True, blank=True)
    comment = models.TextField(blank=True)

    class Meta:
        verbose_name = _("evaluation answer")
        verbose_name_plural = _("evaluation answers")
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "line"], name="evaluation_answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.evaluation_id}:{self.line_id}"

    @property
    def score_pct(self) -> float | None:
        """The line's score as 0-100, or None where it was not applicable or has no scale."""
        if self.not_applicable or self.points is None or not self.max_points:
            return None
        return float(100 * self.points / self.max_points)


class EvaluationHistory(models.Model):
    """An older revision, kept when a later one replaced it."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="history")
    revision = models.CharField(max_length=64)
    lines = models.JSONField()  # line id -> points
    replaced_at = models.DateTimeField()

    class Meta:
        verbose_name = _("older revision")
        verbose_name_plural = _("older revisions")
        ordering = ["replaced_at"]

    def __str__(self) -> str:
        return f"{self.evaluation_id} {self.revision}"


class EvaluatorSeverity(models.Model):
    """How strict an evaluator has been, as a shrunk running residual in logits."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="severities")
    evaluator_key = models.CharField(max_length=64)
    residual_sum = models.FloatField(default=0)
    form_count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("evaluator severity")
        verbose_name_plural = _("evaluator severities")
        constraints = [
            models.UniqueConstraint(fields=["connection", "evaluator_key"], name="severity_once")
        ]

    def __str__(self) -> str:
        return f"{self.residual_sum:+.2f} / {self.form_count}"

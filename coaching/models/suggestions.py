"""Suggestions with all that is needed to explain and to learn from them."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SuggestionState(models.TextChoices):
    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    NOT_NOW = "not_now", _("Not now")
    KNOWN = "known", _("Known already")
    NOT_RELEVANT = "not_relevant", _("Not relevant")
    EXPIRED = "expired", _("Replaced")


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def open(self) -> Self:
        return self.filter(state=SuggestionState.OPEN)

    def decided(self) -> Self:
        return self.exclude(state__in=[SuggestionState.OPEN, SuggestionState.EXPIRED])


class Suggestion(models.Model):
    """One module offered to one learner, and what the learner did with the offer."""

    learner = models.ForeignKey(
        "literacy.Learner", on_delete=models.CASCADE, related_name="suggestions"
    )
    module = models.ForeignKey("literacy.Module", on_delete=models.PROTECT, related_name="+")
    competence = models.ForeignKey(
        "literacy.Competence", on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    # {"kind": "criterion"|"earlier"|"exercise"|"unknown", "criterion", "low", "count", "mean",
    #  "from", "to"}: the reason's facts; the sentence is made in the reader's language.
    reason = models.JSONField()
    evidence = models.JSONField(default=list)  # the ledger entries behind it, worst first
    # [{"module", "score", "gain", "accept"}]; the chosen one also carries its "features"
    candidates = models.JSONField(default=list)
    propensity = models.FloatField()  # chance that this one was shown, given the candidates
    explored = models.BooleanField(default=False)
    policy_version = models.CharField(max_length=24)
    state = models.CharField(
        max_length=16, choices=SuggestionState.choices, default=SuggestionState.OPEN
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    quiet_until = models.DateTimeField(null=True, blank=True)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        indexes = [models.Index(fields=["learner", "-made_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["learner"], condition=Q(state="open"), name="suggestion_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} {self.module_id} {self.state}"


class TasteWeight(models.Model):
    """One weight of the acceptance model: a Gaussian over a feature, in logits."""

    # bias, need, easy, dismissed, agent:<id>, format:<id>:<type>, module:<id>, queue:<id>:<module>
    key = models.CharField(max_length=120, unique=True)
    learner = models.ForeignKey(
        "literacy.Learner", null=True, blank=True, on_delete=models.CASCADE, related_name="tastes"
    )
    mean = models.FloatField()
    variance = models.FloatField()

    class Meta:
        verbose_name = _("taste weight")
        verbose_name_plural = _("taste weights")

    def __str__(self) -> str:
        return f"{self.key} {self.mean:+.2f}"


class Importance(models.Model):
    """How much a competence matters in a queue's work; 1 where nobody has said."""

    queue = models.ForeignKey(
        "coaching.VendorQueue", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    competence = models.ForeignKey(
        "literacy.Competence", on_delete=models.CASCADE, related_name="+"
    )
    weight = models.FloatField(_("weight"), default=1.0)

    class Meta:
        verbose_name = _("importance")
        verbose_name_plural = _("importance")
        constraints = [
            models.UniqueConstraint(fields=["queue", "competence"], name="importance_once"),
            models.UniqueConstraint(
                fields=["competence"], condition=Q(queue=None), name="importance_one_for_all"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queue or '*'} {self.competence_id} {self.weight}"

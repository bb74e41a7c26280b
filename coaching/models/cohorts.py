"""The frozen cohorts that levels are made from, and the weeks that are closed: not for reports."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportUnit(models.Model):
    """A block of the fixed partition: one team, or small teams merged to reach K."""

    key = models.CharField(max_length=120, unique=True)  # "7" or "7+9", team ids in order
    label = models.CharField(max_length=300)
    team_ids = models.JSONField()
    path = models.JSONField(default=list)  # [[team id, name], ...] ancestors common to its teams

    class Meta:
        verbose_name = _("report unit")
        verbose_name_plural = _("report units")

    def __str__(self) -> str:
        return self.label


class Cohort(models.Model):
    """The people of a unit in one season, frozen at its start."""

    unit = models.ForeignKey(ReportUnit, on_delete=models.PROTECT, related_name="cohorts")
    season_on = models.DateField()
    reported = models.BooleanField()  # False: it could not reach K

    class Meta:
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        constraints = [models.UniqueConstraint(fields=["unit", "season_on"], name="cohort_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.season_on}"


class CohortMember(models.Model):
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="members")
    learner = models.ForeignKey(
        "literacy.Learner", on_delete=models.CASCADE, related_name="cohort_memberships"
    )

    class Meta:
        verbose_name = _("cohort member")
        verbose_name_plural = _("cohort members")
        constraints = [
            models.UniqueConstraint(fields=["cohort", "learner"], name="cohort_member_once")
        ]

    def __str__(self) -> str:
        return f"{self.cohort_id} {self.learner_id}"


class WeekClose(models.Model):
    """A week whose cells have been released, or refused, for good."""

    week_on = models.DateField(unique=True)
    closed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("closed week")
        verbose_name_plural = _("closed weeks")
        ordering = ["week_on"]

    def __str__(self) -> str:
        return f"{self.week_on}"

"""Released levels.

A cell carries everything a report shows, so a reader of cells needs no other table; the people
behind them stand in `cohorts`, which no report may read.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Frozen(Exception):
    """A released cell is never changed or computed again."""


class ReleaseCellQuerySet(models.QuerySet["ReleaseCell"]):
    def update(self, **values: Any) -> int:
        raise Frozen("A released cell is never changed.")


class ReleaseCell(models.Model):
    """One level of one metric for one unit and week; no level means "not shown"."""

    unit_key = models.CharField(max_length=120)
    unit_label = models.CharField(max_length=300)
    team_ids = models.JSONField()
    path = models.JSONField(default=list)
    season_on = models.DateField()
    week_on = models.DateField()
    metric = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField(null=True)  # 0 is the lowest
    of = models.PositiveSmallIntegerField(null=True)
    size_class = models.CharField(max_length=8, blank=True)  # "8-13", "14-28", "29-58", "59+"
    policy_version = models.CharField(max_length=16)

    objects = ReleaseCellQuerySet.as_manager()

    class Meta:
        verbose_name = _("released cell")
        verbose_name_plural = _("released cells")
        indexes = [models.Index(fields=["week_on", "unit_key"])]
        constraints = [
            models.UniqueConstraint(
                fields=["unit_key", "week_on", "metric"], name="release_cell_once"
            ),
            models.CheckConstraint(
                condition=models.Q(level__isnull=True, of__isnull=True, size_class="")
                | models.Q(level__isnull=False, of__isnull=False, level__lt=models.F("of")),
                name="release_cell_level_or_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_key} {self.week_on} {self.metric}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise Frozen("A released cell is never changed.")
        super().save(*args, **kwargs)

"""The nightly end of data: every registered class knows its end, and this job brings it about."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from literacy.models import Learner, LedgerEntry
from literacy.privacy.registry import DataClass, data_classes


def due(data_class: DataClass, now: datetime) -> models.QuerySet[Any]:
    """Return the rows of a class that have reached their end."""
    ends = data_class.ends
    limit = now - timedelta(days=ends.days)
    rows = data_class.model._default_manager.all()
    if ends.after_leaving:
        left = {f"{data_class.path}__left_on__lte": timezone.localdate(limit)}
        return rows.filter(**left)
    if ends.field:
        return rows.filter(**{f"{ends.field}__lte": _as_field(data_class, ends.field, limit)})
    return rows.filter(**{f"{data_class.path}__in": _inactive(limit)})


def end_due(now: datetime, *, dry_run: bool = False) -> dict[str, int]:
    """Delete what has reached its end; return the number of rows by class."""
    found: dict[str, int] = {}
    for data_class in data_classes():
        rows = due(data_class, now)
        found[data_class.name] = rows.count()
        if found[data_class.name] and not dry_run:
            rows.delete()
    return found


def _inactive(limit: datetime) -> models.QuerySet[Learner]:
    """Return the learners who were here before the limit and have not been since.

    Of those who have never signed in, those about whom nothing has become known since.
    """
    news = LedgerEntry.objects.filter(learner=OuterRef("pk"), recorded_at__gt=limit)
    return (
        Learner.objects.filter(Q(activated_at__lte=limit) | Q(activated_at=None) & ~Exists(news))
        .exclude(user__last_login__gt=limit)
        .exclude(attempts__started_at__gt=limit)
        .exclude(checks__completed_at__gt=limit)
    )


def _as_field(data_class: DataClass, field: str, limit: datetime) -> Any:
    model: type[models.Model] = data_class.model
    *steps, last = field.split("__")
    for step in steps:
        related = model._meta.get_field(step).related_model
        assert related is not None  # noqa: S101 - a path that a test walks
        model = related  # type: ignore[assignment]
    is_moment = isinstance(model._meta.get_field(last), models.DateTimeField)
    return limit if is_moment else timezone.localdate(limit)

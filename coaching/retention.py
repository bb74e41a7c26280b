"""The end of data: what was kept aside, uploads, rows about people, old levels."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from coaching.intake import end_quarantine, files
from coaching.intake.conversations import kept_for
from coaching.intake.pushing import end_pushes
from coaching.models import (
    QuarantinedPayload,
    Recording,
    ReleaseCell,
    SentimentSpan,
    TranscriptSegment,
)
from literacy.models import Country
from literacy.privacy import retention

CELLS_KEPT_FOR = timedelta(days=730)


def end_due(now: datetime, *, dry_run: bool = False) -> dict[str, int]:
    """Delete what has reached its end, or only count it; return how much of each."""
    oldest_on: date = timezone.localdate(now - CELLS_KEPT_FOR)
    cells = ReleaseCell.objects.filter(week_on__lt=oldest_on)
    found = {
        "quarantine": QuarantinedPayload.objects.filter(ends_at__lte=now).count(),
        "uploads": files.ended(now).count(),
        "released levels": cells.count(),
        "what was said": sum(rows.count() for rows in _said_and_due(now)),
        **retention.end_due(now, dry_run=dry_run),
    }
    if not dry_run:
        end_quarantine(now)
        files.end_imports(now)
        cells.delete()
        for rows in _said_and_due(now):
            rows.delete()
        end_pushes(now)
    return found


def _said_and_due(now: datetime) -> Iterator[QuerySet[Any]]:
    """Yield what was said in contacts and has been kept as long as its country allows."""
    for country in Country.values:
        due = {
            "interaction__connection__country": country,
            "interaction__started_at__lte": now - kept_for(country),
        }
        for model in (Recording, TranscriptSegment, SentimentSpan):
            yield model._default_manager.filter(**due)

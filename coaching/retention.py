"""The end of data: what was kept aside, uploads, rows about people, old levels."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from coaching.intake import end_quarantine, files
from coaching.models import QuarantinedPayload, ReleaseCell
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
        **retention.end_due(now, dry_run=dry_run),
    }
    if not dry_run:
        end_quarantine(now)
        files.end_imports(now)
        cells.delete()
    return found

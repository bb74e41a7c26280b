"""Uploaded files and what was found in them end after two weeks, imported or not."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from coaching.models import FileImport
from coaching.models.connections import RunState

KEPT_FOR = timedelta(days=14)


def ended(now: datetime) -> QuerySet[FileImport]:
    """Return the imports whose time is up; one that runs is left to finish."""
    idle = Q(run=None) | ~Q(run__state=RunState.RUNNING)
    return FileImport.objects.filter(idle, uploaded_at__lte=now - KEPT_FOR)


def end_imports(now: datetime) -> int:
    """Delete uploads with their files, mappings and errors; return how many those were."""
    gone = list(ended(now))
    for file_import in gone:
        discard(file_import)
    return len(gone)


def discard(file_import: FileImport) -> None:
    if file_import.file:
        file_import.file.delete(save=False)
    file_import.delete()

"""A file on its way in: uploaded, its columns confirmed, tried as a whole, imported."""

import codecs
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from coaching import tasks
from coaching.admin_views import pages
from coaching.admin_views.first_rows import first_rows
from coaching.admin_views.mapping_form import MappingForm
from coaching.intake import files, lawful
from coaching.integrations.base import Unreadable
from coaching.models import Connection, FileImport
from coaching.models.connections import RunState

REASONS_SHOWN = 20


class UploadForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("What it holds"),
        choices=[
            ("interactions", gettext_lazy("Contacts")),
            ("evaluations", gettext_lazy("Evaluations")),
        ],
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A CSV file or an Excel workbook (.xlsx)."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        if (upload.size or 0) > settings.IMPORT_MAX_BYTES:
            most = filesizeformat(settings.IMPORT_MAX_BYTES)
            raise forms.ValidationError(
                _("The file is larger than %(most)s. Split it, and import the parts.")
                % {"most": most}
            )
        return upload


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import has come, and how long the rest will take."""

    done: int
    total: int | None
    rows_per_second: int
    seconds_left: int | None

    @property
    def minutes_left(self) -> int:
        """Return whole minutes once seconds would be too exact to believe."""
        return round((self.seconds_left or 0) / 60) if (self.seconds_left or 0) >= 120 else 0

    @classmethod
    def of(cls, done: int, total: int | None, begun_at: datetime, seen_at: datetime) -> "Progress":
        seconds = max((seen_at - begun_at).total_seconds(), 1)
        rate = round(done / seconds)
        left = round((total - done) / rate) if total and rate else None
        return cls(done, total, rate, left)


def index(request: HttpRequest, slug: str) -> HttpResponse:
    """List the uploads of a connection, and take in another."""
    connection = pages.connection_of(slug)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = _upload(connection, form, request)
        if upload is not None:
            return redirect("connections:columns", upload.pk)
    uploads = connection.imports.select_related("run", "uploaded_by").defer("errors")[:50]
    return pages.connection_page(
        request,
        "imports.html",
        connection,
        title=_("Files"),
        form=form,
        uploads=[(upload, phase_of(upload)) for upload in uploads],
        most=settings.IMPORT_MAX_BYTES,
        lawful=lawful(connection, timezone.localdate()),
    )


def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a person confirm which column holds what, with the first rows as they are read."""
    upload = _of(pk)
    if phase_of(upload) in {"importing", "done"}:
        messages.info(request, _("This file is imported already, or is being imported."))
        return redirect("connections:import", pk)
    try:
        form, found = _form(request, upload)
    except Unreadable as problem:
        messages.error(request, _(problem.reason))
        return redirect("connections:imports", upload.connection.slug)
    if request.method == "POST" and form.is_valid() and "check" in request.POST:
        files.choose_mapping(upload, form.mapping)
        _ask_for_trial(upload)
        return redirect("connections:import", pk)
    return _page(
        request,
        "columns.html",
        upload,
        title=_("Columns"),
        form=form,
        first=first_rows(upload, found),
    )


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show where an import stands: tried, under way, done; the address survives a reload."""
    upload = _of(pk)
    phase = phase_of(upload)
    if phase == "columns":
        return redirect("connections:columns", pk)
    reasons = list(files.reasons(upload))[:REASONS_SHOWN]
    return _page(
        request,
        "import.html",
        upload,
        title=upload.name,
        phase=phase,
        found=upload.preview,
        without_errors=upload.preview.get("rows", 0) - upload.preview.get("errors", 0),
        problem=_(upload.preview["problem"]["reason"]) if "problem" in upload.preview else "",
        reasons=reasons,
        progress=_progress(upload, phase),
        failure=pages.failure(upload.run) if upload.run and upload.run.error else "",
        outcomes=_outcomes(upload),
        lawful=lawful(upload.connection, timezone.localdate()),
    )


def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the numbers of a job under way; once it has ended, ask for the whole page."""
    upload = _of(pk)
    phase = phase_of(upload)
    response = render(
        request,
        "coaching/admin/_progress.html",
        {"upload": upload, "phase": phase, "progress": _progress(upload, phase)},
    )
    if phase not in {"trying", "importing"}:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Start the import once, however often the button is pressed."""
    upload = _of(pk)
    skip_errors = "skip_errors" in request.POST
    if not lawful(upload.connection, timezone.localdate()).allowed:
        messages.error(request, _("Nothing can be stored before the notice is in force."))
    elif phase_of(upload) != "tried":
        messages.info(request, _("This file is imported already, or is being imported."))
    elif "problem" in upload.preview or (upload.preview["errors"] and not skip_errors):
        messages.error(request, _("Rows cannot be read yet, so nothing was imported."))
    elif files.start(upload, timezone.now(), skip_errors=skip_errors):
        tasks.import_file.delay(upload.pk)
    return redirect("connections:import", pk)


def errors(request: HttpRequest, pk: int) -> HttpResponse:
    upload = _of(pk)
    response = HttpResponse(codecs.BOM_UTF8, content_type="text/csv; charset=utf-8")
    name = f"{PurePath(upload.name).stem}-errors.csv"
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    files.write_errors(upload, response)
    return response


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    upload = _of(pk)
    slug = upload.connection.slug
    if phase_of(upload) == "importing":
        messages.error(request, _("It is being imported. Wait until it is done."))
        return redirect("connections:import", pk)
    files.discard(upload)
    messages.success(request, _("The upload is deleted. What was imported stays."))
    return redirect("connections:imports", slug)


def phase_of(upload: FileImport) -> str:
    """Tell where an upload stands: columns, trying, tried, importing or done."""
    if upload.run and upload.run.state == RunState.DONE:
        return "done"
    if upload.run and upload.run.state != RunState.FAILED:
        return "importing"
    if not upload.preview:
        return "columns"
    return "tried" if upload.preview.get("done") else "trying"


def _of(pk: int) -> FileImport:
    uploads = FileImport.objects.select_related("connection", "run").defer("errors")
    return get_object_or_404(uploads, pk=pk)


def _page(
    request: HttpRequest, template: str, upload: FileImport, *, title: str, **context: Any
) -> HttpResponse:
    connection = upload.connection
    path = [
        (connection.name, reverse("connections:detail", args=[connection.slug])),
        (_("Files"), reverse("connections:imports", args=[connection.slug])),
    ]
    return pages.page(
        request,
        template,
        title=title,
        path=path,
        upload=upload,
        connection=connection,
        **context,
    )


def _upload(connection: Connection, form: UploadForm, request: HttpRequest) -> FileImport | None:
    """Keep a file that can be read; of another, only the reason stays, on the form."""
    sent = form.cleaned_data["file"]
    upload = FileImport.objects.create(
        connection=connection,
        kind=form.cleaned_data["kind"],
        file=sent,
        name=sent.name[:200],
        uploaded_by_id=request.user.pk,
    )
    try:
        files.look(upload)
    except Unreadable as problem:
        files.discard(upload)
        form.add_error("file", _(problem.reason))
        return None
    return upload


def _form(request: HttpRequest, upload: FileImport) -> tuple[MappingForm, files.Look]:
    found = files.look(upload)
    form = MappingForm(
        request.POST or None,
        kind=upload.kind,
        mapping=found.mapping,
        header=found.header,
        unknown=list(upload.preview.get("unknown_values", {})),
    )
    if request.method == "POST" and form.is_valid():
        found = files.look(upload, form.mapping)
    return form, found


def _ask_for_trial(upload: FileImport) -> None:
    upload.preview = {"asked_at": timezone.now().isoformat()}
    upload.save(update_fields=["preview"])
    tasks.try_file.delay(upload.pk)


def _progress(upload: FileImport, phase: str) -> Progress | None:
    run = upload.run
    if run and phase == "importing":
        seen_at = run.heartbeat_at or run.started_at
        return Progress.of(run.rows_done, run.rows_total, run.started_at, seen_at)
    if phase == "trying" and "heartbeat_at" in upload.preview:
        found = upload.preview
        begun_at, seen_at = map(datetime.fromisoformat, (found["tried_at"], found["heartbeat_at"]))
        return Progress.of(found["rows"], None, begun_at, seen_at)
    return None


def _outcomes(upload: FileImport) -> list[tuple[Any, int]]:
    """Return what came of the rows, in words: foretold, or as it happened."""
    run = upload.run
    has_happened = run and run.state == RunState.DONE
    counts = run.counts.get(upload.kind, {}) if run and has_happened else upload.preview
    words = ("new", "changed", "same", "unknown_agent", "not_released", "too_old")
    return [(pages.OUTCOMES[word], counts[word]) for word in words if counts.get(word)]

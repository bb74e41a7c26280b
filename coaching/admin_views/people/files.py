"""A file of people: tried line by line, then imported as a whole; it is kept nowhere."""

import base64
import binascii
import io
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coaching.admin_views.people import room
from coaching.intake import people_file
from coaching.integrations.base import Unreadable
from literacy import tasks
from literacy.models import Team

MOST_LINES = 2000
MOST_BYTES = 1_000_000
LINES_SHOWN = 300


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A CSV file or an Excel workbook (.xlsx)."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        if (upload.size or 0) > MOST_BYTES:
            told = {"most": filesizeformat(MOST_BYTES)}
            raise forms.ValidationError(
                _("The file is larger than %(most)s. Split it, and import the parts.") % told
            )
        return upload


class TriedForm(forms.Form):
    """The file as it was tried: the reader's browser keeps it until it is imported."""

    content = forms.CharField(widget=forms.HiddenInput, strip=False)
    invite = forms.BooleanField(
        label=gettext_lazy("Send everybody new an invitation"),
        required=False,
        help_text=gettext_lazy("A mail with which the person chooses a password."),
    )

    def clean_content(self) -> bytes:
        try:
            return base64.b64decode(self.cleaned_data["content"], validate=True)
        except binascii.Error:
            raise forms.ValidationError(_("Choose the file again.")) from None


def index(request: HttpRequest) -> HttpResponse:
    """Take a file, tell what it would do, and import it once that was seen."""
    if request.method == "POST" and "content" in request.POST:
        return _import(request)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            return _tried(request, content)
        except Unreadable as problem:
            form.add_error("file", _(problem.reason))
    return _page(request, form=form, has_teams=Team.objects.filter(depth__gt=1).exists())


def _import(request: HttpRequest) -> HttpResponse:
    form = TriedForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose the file again."))
        return redirect("people:file")
    content: bytes = form.cleaned_data["content"]
    try:
        found = _plan(content)
        new = people_file.carry_out(found)
    except Unreadable as problem:
        messages.error(request, _(problem.reason))
        return redirect("people:file")
    except people_file.Refused as refused:
        messages.error(request, str(refused))
        return _tried(request, content)
    for learner in new if form.cleaned_data["invite"] else ():
        tasks.send_invitation.delay(learner.pk)
    text = ngettext(
        "%(count)s line is imported.", "%(count)s lines are imported.", len(found.lines)
    )
    messages.success(request, text % {"count": len(found.lines)})
    return redirect("people:index")


def _tried(request: HttpRequest, content: bytes) -> HttpResponse:
    found = _plan(content)
    wrong = found.wrong
    shown = (wrong or found.lines)[:LINES_SHOWN]
    kept = {"content": base64.b64encode(content).decode()}
    return _page(
        request,
        form=FileForm(),
        plan=found,
        shown=shown,
        left_out=len(wrong or found.lines) - len(shown),
        tried=TriedForm(initial=kept),
    )


def _plan(content: bytes) -> people_file.Plan:
    return people_file.plan(io.BytesIO(content), timezone.localdate(), most_lines=MOST_LINES)


def _page(request: HttpRequest, **context: Any) -> HttpResponse:
    return room.page(request, "file.html", title=_("Import a file of people"), **context)

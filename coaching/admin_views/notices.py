"""The steps that each country asks for before anything may be stored: recorded with their date."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from coaching import tasks
from coaching.admin_views import pages
from coaching.models import Connection
from literacy.models import Country, Covers, Notice
from literacy.privacy import notices


class NoticeForm(forms.Form):
    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=Country.choices)
    site = forms.CharField(
        label=gettext_lazy("Site"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Empty: it holds for the whole country."),
    )
    covers = forms.ChoiceField(
        label=gettext_lazy("Covers"),
        choices=Covers.choices,
        help_text=gettext_lazy("Recordings and transcripts need a step of their own."),
    )
    given_on = forms.DateField(
        label=gettext_lazy("Given or held on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=200,
        help_text=gettext_lazy("Where it can be found: minutes, a letter, a case number."),
    )

    def clean_given_on(self) -> date:
        given_on: date = self.cleaned_data["given_on"]
        if given_on > timezone.localdate():
            raise forms.ValidationError(_("Record it on the day it happened, not before."))
        return given_on

    def record(self) -> Notice:
        found = self.cleaned_data
        return notices.record(
            found["country"],
            found["given_on"],
            covers=found.get("covers", Covers.CONTACTS),
            site=found["site"].strip(),
            reference=found["reference"],
        )


def requirement(country: str) -> str:
    """Say in a sentence what a country asks for."""
    profile = notices.PROFILES[Country(country)]
    kind, days = profile.step.label, profile.lead_days
    if not days:
        return _("%(country)s: %(step)s, before anything is stored.") % {
            "country": Country(country).label,
            "step": kind,
        }
    text = ngettext(
        "%(country)s: %(step)s, %(days)s day before anything is stored.",
        "%(country)s: %(step)s, %(days)s days before anything is stored.",
        days,
    )
    return text % {"country": Country(country).label, "step": kind, "days": days}


def consent(country: str) -> str:
    """Say in a sentence what customers must know or say before their words are stored."""
    profile = notices.PROFILES[Country(country)]
    text = _("%(country)s: %(consent)s. Transcripts are kept for %(days)s days at the most.")
    return text % {
        "country": Country(country).label,
        "consent": profile.consent.label,
        "days": profile.kept_days,
    }


def index(request: HttpRequest) -> HttpResponse:
    form = NoticeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _take_in_what_waited(form.record())
        messages.success(request, _("The notice is recorded."))
        return redirect("connections:notices")
    return pages.page(
        request,
        "notices.html",
        title=_("Notices"),
        form=form,
        requirements=[requirement(country) for country in Country.values],
        consents=[consent(country) for country in Country.values],
        rows=_rows(),
    )


def _take_in_what_waited(notice: Notice) -> None:
    """What was said within the last day may be stored, now that there is a basis for it."""
    if notice.covers == Covers.RECORDINGS:
        for connection in Connection.objects.filter(country=notice.country):
            tasks.replay_quarantine.delay(connection.pk)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a notice that was recorded by mistake; nothing more is stored without it."""
    get_object_or_404(Notice, pk=pk).delete()
    messages.success(request, _("The notice is taken back. Nothing more is stored without it."))
    return redirect("connections:notices")


def _rows() -> list[dict[str, Any]]:
    today = timezone.localdate()
    return [
        {"notice": notice, "is_in_force": notice.in_force_on <= today}
        for notice in Notice.objects.all()
    ]

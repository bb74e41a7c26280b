"""Four short steps to a connection: platform, settings, test, notice and start."""

import zoneinfo
from typing import Any

import httpx
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coaching import integrations, tasks
from coaching.admin_views import pages
from coaching.admin_views.connections import can_be_read
from coaching.admin_views.notices import NoticeForm, requirement
from coaching.intake import build_adapter, lawful
from coaching.integrations.base import AdapterError, CheckReport, Need
from coaching.models import Connection, encrypted
from coaching.models.connections import ConnectionState
from coaching.redaction import secrets_of, without_secrets

TEST_ANSWER_SECONDS = 10.0
RESERVED = {"add", "notices", "imports"}  # addresses of the room's own
NORDIC_ZONES = ("Europe/Stockholm", "Europe/Oslo", "Europe/Copenhagen")


def _zones() -> list[tuple[str, str]]:
    others = sorted(zoneinfo.available_timezones() - set(NORDIC_ZONES))
    return [(name, name.replace("_", " ")) for name in (*NORDIC_ZONES, *others)]


class ConnectionForm(forms.ModelForm):
    """What a platform needs to be reached. A stored secret is never sent back to the browser."""

    time_zone = forms.ChoiceField(choices=_zones, label=gettext_lazy("Time zone"))

    class Meta:
        model = Connection
        fields = ["name", "country", "site", "time_zone"]
        help_texts = {
            "site": gettext_lazy("Only where a notice is given for one site. Else leave it empty.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._needs = {
            f"need-{need.name}": need for need in integrations.adapter(self.instance.vendor).needs
        }
        self._known_secrets = secrets_of(self.instance)
        for name, need in self._needs.items():
            self.fields[name] = self._field(need)

    def save(self, commit: bool = True) -> Connection:
        given = {need: self.cleaned_data[name] for name, need in self._needs.items()}
        kept = {
            need.name: text or (need.default if need.choices else "")
            for need, text in given.items()
            if not need.secret
        }
        new = {need.name: text for need, text in given.items() if need.secret and text}
        self.instance.settings = {**self.instance.settings, **kept}
        self.instance.secrets = {**self._known_secrets, **new}
        self.instance.slug = self.instance.slug or _free_slug(self.instance.name)
        return super().save(commit)

    def _field(self, need: Need) -> forms.Field:
        label, help_text = _(need.label), _(need.help) if need.help else ""
        if need.secret:
            is_known = need.name in self._known_secrets
            return forms.CharField(
                label=label,
                required=not (is_known or need.optional),
                strip=False,
                widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
                help_text=_("It is stored. Leave this empty to keep it.")
                if is_known
                else help_text or _("It is stored encrypted and never shown again."),
            )
        initial = self.instance.settings.get(need.name, need.default)
        if need.choices:
            choices = [(value, _(text)) for value, text in need.choices]
            return forms.ChoiceField(
                label=label,
                choices=choices,
                initial=initial,
                help_text=help_text,
                required=not need.optional,
            )
        return forms.CharField(
            label=label,
            initial=initial,
            help_text=help_text,
            required=not need.optional,
            max_length=500,
        )


def choose_platform(request: HttpRequest) -> HttpResponse:
    platforms = [(slug, _(found.label)) for slug, found in integrations.adapters().items()]
    return pages.page(
        request, "setup_platform.html", title=_("Add a connection"), step=1, platforms=platforms
    )


def add(request: HttpRequest, vendor: str) -> HttpResponse:
    if vendor not in integrations.adapters():
        raise Http404
    return _edit(request, Connection(vendor=vendor), title=_("Add a connection"))


def settings(request: HttpRequest, slug: str) -> HttpResponse:
    return _edit(request, pages.connection_of(slug), title=_("Settings"))


def _edit(request: HttpRequest, connection: Connection, *, title: str) -> HttpResponse:
    form = ConnectionForm(request.POST or None, instance=connection)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        return redirect("connections:test", saved.slug)
    platform = _(integrations.adapter(connection.vendor).label)
    return pages.page(
        request, "setup_settings.html", title=title, step=2, form=form, platform=platform
    )


def test(request: HttpRequest, slug: str) -> HttpResponse:
    """Try the connection on request and say what was found; nothing is stored."""
    connection = pages.connection_of(slug)
    findings, problem = _tried(connection) if request.method == "POST" else ([], "")
    return pages.connection_page(
        request,
        "setup_test.html",
        connection,
        title=_("Test"),
        step=3,
        findings=findings,
        problem=problem,
        tested=request.method == "POST",
    )


def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the country asks for, let it be recorded, and switch the connection on."""
    connection = pages.connection_of(slug)
    form = NoticeForm(
        request.POST or None, initial={"country": connection.country, "site": connection.site}
    )
    del form.fields["covers"]  # the step for recordings comes later, if ever
    if request.method == "POST" and "activate" in request.POST:
        return _activate(request, connection)
    if request.method == "POST" and form.is_valid():
        form.record()
        messages.success(request, _("The notice is recorded."))
        return redirect("connections:start", slug)
    return pages.connection_page(
        request,
        "setup_start.html",
        connection,
        title=_("Notice and start"),
        step=4,
        form=form,
        requirement=requirement(connection.country),
        lawful=lawful(connection, timezone.localdate()),
        is_active=connection.state == ConnectionState.ACTIVE,
    )


def _activate(request: HttpRequest, connection: Connection) -> HttpResponse:
    Connection.objects.filter(pk=connection.pk).update(state=ConnectionState.ACTIVE, error="")
    if can_be_read(connection) and lawful(connection, timezone.localdate()).allowed:
        tasks.sync_connection.delay(connection.pk)
    messages.success(request, _("“%(name)s” is switched on.") % {"name": connection.name})
    return redirect(reverse("connections:detail", args=[connection.slug]))


def _tried(connection: Connection) -> tuple[list[tuple[str, bool, str]], str]:
    """Return what the test found, and the sentence for a test that got nowhere."""
    try:
        report = _check(connection)
    except AdapterError as error:
        return [], without_secrets(connection, str(error))
    except httpx.InvalidURL:
        return [], _("An address in the settings is not one.")
    except encrypted.Unopenable:
        return [], _("The stored secrets cannot be opened any more. Enter them again.")
    if report.passed:
        broken = Connection.objects.filter(pk=connection.pk, state=ConnectionState.BROKEN)
        broken.update(state=ConnectionState.ACTIVE, error="")
    findings = [
        (_(one.subject), one.passed, without_secrets(connection, one.detail))
        for one in report.findings
    ]
    return findings, ""


def _check(connection: Connection) -> CheckReport:
    with tasks.client_for(connection, answer_seconds=TEST_ANSWER_SECONDS) as http:
        adapter = build_adapter(connection, http, timezone.now())
        adapter.sleep = lambda _seconds: None  # a person is waiting
        return adapter.check()


def _free_slug(name: str) -> str:
    base = slugify(name)[:40] or "connection"
    taken = set(Connection.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    taken |= RESERVED
    numbered = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(slug for slug in numbered if slug not in taken)

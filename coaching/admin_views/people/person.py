"""One person: added, put into a team, given and taken roles, invited, let go."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from coaching.admin_views.people import room
from coaching.admin_views.people.roster import open_memberships
from literacy import accounts, people
from literacy.models import Learner, Membership, Role
from literacy.teams import Refused

LANGUAGES: Any = Learner._meta.get_field("language").choices


class PersonForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=people.ADDRESS_MAX_LENGTH,
        help_text=gettext_lazy("The person signs in with it."),
    )
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=150)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=150)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES)

    def person(self) -> people.Person:
        names = ("email", "first_name", "last_name", "language")
        return people.Person(**{name: self.cleaned_data[name] for name in names})


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=Role.choices,
        help_text=gettext_lazy(
            "As an agent, the team is the home team; a person has one. Managers, also of several "
            "teams, see levels of the team and all below it. The other roles hold for the whole "
            "organisation."
        ),
    )
    team = room.TeamField(
        label=gettext_lazy("Team"), required=False, empty_label=gettext_lazy("Choose a team")
    )
    starts_on = room.day_field(gettext_lazy("From"))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("role") in {Role.AGENT, Role.MANAGER} and not found.get("team"):
            self.add_error("team", _("Choose the team."))
        return found

    def give_to(self, learner: Learner) -> Membership:
        found = self.cleaned_data
        return people.give_role(learner, found["role"], found["team"], found["starts_on"])


class AddForm(PersonForm, RoleForm):
    invite = forms.BooleanField(
        label=gettext_lazy("Send an invitation"),
        required=False,
        initial=True,
        help_text=gettext_lazy("A mail with which the person chooses a password."),
    )
    field_order = [*PersonForm.base_fields, *RoleForm.base_fields, "invite"]


class DayForm(forms.Form):
    day = room.day_field(
        gettext_lazy("From this day on"), help_text=gettext_lazy("The first day without it.")
    )


def add(request: HttpRequest) -> HttpResponse:
    given = {"starts_on": timezone.localdate(), "language": settings.SITE_LANGUAGE}
    form = AddForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        learner = _added(form)
        if learner is not None:
            messages.success(request, _("%(name)s is added.") % {"name": _name(learner)})
            if form.cleaned_data["invite"]:
                _invite(request, learner)
            return redirect("people:person", learner.pk)
    return room.page(request, "add.html", title=_("Add a person"), form=form)


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    learner = _of(pk)
    if request.method != "POST":
        return _page(request, learner)
    _check(request, learner)
    form = PersonForm(request.POST)
    if not form.is_valid() or not _changed(request, learner, form):
        return _page(request, _of(pk), person_form=form)
    messages.success(request, _("The changes are saved."))
    return redirect("people:person", pk)


@require_POST
def give_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a role begin, or move the person to another home team."""
    learner = _of(pk)
    _check(request, learner)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _page(request, learner, role_form=form)
    given = form.give_to(learner)
    told = {"role": given.get_role_display(), "team": given.team}
    messages.success(request, _("%(role)s, %(team)s: the role is saved.") % told)
    return redirect("people:person", pk)


@require_POST
def end_role(request: HttpRequest, pk: int, membership_pk: int) -> HttpResponse:
    learner = _of(pk)
    _check(request, learner)
    membership = get_object_or_404(open_memberships(), pk=membership_pk, learner=learner)
    form = DayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say from which day on, please."))
        return redirect("people:person", pk)
    try:
        people.end_role(membership, form.cleaned_data["day"])
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The end of the role is saved. The account stays."))
    return redirect("people:person", pk)


@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody leave the organisation on a day."""
    learner = _of(pk)
    _check(request, learner)
    form = DayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say from which day on, please."))
        return redirect("people:person", pk)
    try:
        people.leave(learner, form.cleaned_data["day"])
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("It is saved that %(name)s leaves.") % {"name": _name(learner)})
    return redirect("people:person", pk)


@require_POST
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    learner = _of(pk)
    if learner.user.is_active:
        _invite(request, learner)
    return redirect("people:person", pk)


def _of(pk: int) -> Learner:
    return get_object_or_404(Learner.objects.select_related("user"), pk=pk)


def may_change(request: HttpRequest, learner: Learner) -> bool:
    """Whoever may do everything is changed by their like alone."""
    return bool(getattr(request.user, "is_superuser", False)) or not learner.user.is_superuser


def _check(request: HttpRequest, learner: Learner) -> None:
    if not may_change(request, learner):
        raise PermissionDenied


def _page(
    request: HttpRequest,
    learner: Learner,
    person_form: PersonForm | None = None,
    role_form: RoleForm | None = None,
) -> HttpResponse:
    user, today = learner.user, timezone.localdate()
    kept = {name: getattr(user, name) for name in ("email", "first_name", "last_name")}
    held = open_memberships().filter(learner=learner).select_related("team")
    return room.page(
        request,
        "person.html",
        title=_name(learner),
        learner=learner,
        today=today,
        has_left=learner.left_on is not None and learner.left_on <= today,
        roles=[(one, _day_form(f"end-{one.pk}-%s", today)) for one in held],
        leave_form=_day_form("leave-%s", today),
        may_change=may_change(request, learner),
        person_form=person_form or PersonForm(initial={**kept, "language": learner.language}),
        role_form=role_form or RoleForm(initial={"starts_on": today}),
    )


def _day_form(auto_id: str, day: date) -> DayForm:
    return DayForm(initial={"day": day}, auto_id=auto_id)


def _added(form: AddForm) -> Learner | None:
    """Add somebody with the first role, or say on the form why not."""
    try:
        with transaction.atomic():
            learner = people.add(form.person())
            form.give_to(learner)
    except Refused as refused:
        form.add_error("email", str(refused))
        return None
    return learner


def _changed(request: HttpRequest, learner: Learner, form: PersonForm) -> bool:
    """Change somebody, or say on the form why not; a new address is told to the old one."""
    before = learner.user.email
    try:
        people.change(learner, form.person())
    except Refused as refused:
        form.add_error("email", str(refused))
        return False
    if before and before != learner.user.email:
        try:
            accounts.tell_of_new_address(learner, before)
        except OSError:
            _say_that_mail_failed(request)
    return True


def _invite(request: HttpRequest, learner: Learner) -> None:
    try:
        accounts.invite(learner)
    except OSError:
        _say_that_mail_failed(request)
    else:
        told = {"address": learner.user.email}
        messages.success(request, _("The invitation is on its way to %(address)s.") % told)


def _say_that_mail_failed(request: HttpRequest) -> None:
    text = _("The mail could not be sent: the mail server did not take it. The rest is saved.")
    messages.error(request, text)


def _name(learner: Learner) -> str:
    user = learner.user
    return f"{user.first_name} {user.last_name}".strip() or user.email or user.get_username()

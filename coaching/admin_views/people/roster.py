"""The list of people: names, addresses, teams and roles; no sign-ins, no learning, no export."""

from dataclasses import dataclass

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from coaching.admin_views.people import room
from literacy.models import Learner, Membership, Role, Team

PAGE_SIZE = 50
SHOWN = (
    "left_on",
    "user__first_name",
    "user__last_name",
    "user__email",
    "user__is_superuser",
)


class SearchForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name or e-mail"), max_length=100, required=False)
    team = room.TeamField(
        label=gettext_lazy("Team"), required=False, empty_label=gettext_lazy("All teams")
    )
    left = forms.BooleanField(label=gettext_lazy("Also who has left"), required=False)


@dataclass(frozen=True, slots=True)
class Row:
    learner: Learner
    homes: list[Membership]
    roles: list[Membership]


def index(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    found = _found(form.cleaned_data if form.is_valid() else {})
    shown: Page[Learner] = Paginator(found, PAGE_SIZE).get_page(request.GET.get("p"))
    return room.page(
        request,
        "index.html",
        title=room.ROOM,
        form=form,
        shown=shown,
        rows=[_row(learner) for learner in shown],
        is_searched=any(request.GET.get(name) for name in form.fields),
        today=timezone.localdate(),
    )


def open_memberships() -> QuerySet[Membership]:
    """Return what holds today or begins later."""
    today = timezone.localdate()
    return Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gt=today)).order_by("starts_on")


def _found(asked: dict[str, object]) -> QuerySet[Learner]:
    people = Learner.objects.select_related("user").only(*SHOWN)
    for word in str(asked.get("q", "")).split():
        named = Q(user__first_name__icontains=word) | Q(user__last_name__icontains=word)
        people = people.filter(named | Q(user__email__icontains=word))
    team = asked.get("team")
    if isinstance(team, Team):
        there = open_memberships().filter(team__path__startswith=team.path)
        people = people.filter(pk__in=there.order_by().values("learner"))
    if not asked.get("left"):
        people = people.active(timezone.localdate())
    memberships = Prefetch("memberships", open_memberships().select_related("team"), "open_ones")
    return people.prefetch_related(memberships).order_by(
        Lower("user__last_name"), Lower("user__first_name"), "pk"
    )


def _row(learner: Learner) -> Row:
    held: list[Membership] = learner.open_ones  # type: ignore[attr-defined]
    return Row(
        learner,
        [membership for membership in held if membership.role == Role.AGENT],
        [membership for membership in held if membership.role != Role.AGENT],
    )

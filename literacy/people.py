"""People and their place: who has an account here, in which team and with which dated roles.

In: what an administrator, a file of people or a command says. Out: accounts, learners and
memberships. Nothing about learning is read; moving and ending a role delete no account.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.users.models import UserProfile

from literacy.models import Learner, Membership, Role, Team
from literacy.teams import Refused, organisation

EVERYWHERE = (Role.AUTHOR, Role.STEWARD, Role.ADMINISTRATOR)
AUTHOR_GROUPS = ("Editors", "Moderators")  # Wagtail's own: what an author may do in the CMS
ADDRESS_MAX_LENGTH = 150  # the address is the user name too


@dataclass(frozen=True, slots=True)
class Person:
    """What an account says of somebody."""

    email: str
    first_name: str
    last_name: str
    language: str


def plain_address(email: str) -> str:
    return email.strip().lower()


@transaction.atomic
def add(person: Person) -> Learner:
    """Give somebody an account without a password, or a place to an account that has none.

    Raises: Refused when the address belongs to a person already, or to several accounts.
    """
    address = plain_address(person.email)
    user = _account_at(address)
    if user is None:
        user = get_user_model()(username=address)
        user.set_unusable_password()
    elif Learner.objects.filter(user=user).exists():
        raise Refused(_("There is a person with the address %(address)s.") % {"address": address})
    _write(user, person)
    return Learner.objects.create(user=user, language=person.language)


@transaction.atomic
def change(learner: Learner, person: Person) -> None:
    """Change name, language and address. Raises: Refused when the address is somebody else's."""
    owner = _account_at(plain_address(person.email))
    if owner is not None and owner.pk != learner.user_id:
        raise Refused(_("The address %(address)s is somebody else's.") % {"address": owner.email})
    _write(learner.user, person)
    Learner.objects.filter(pk=learner.pk).update(language=person.language)


@transaction.atomic
def give_role(learner: Learner, role: str, team: Team | None, day: date) -> Membership:
    """Let a role begin on a day; as an agent, this moves the person to another home team.

    A role for the whole organisation needs no team. Whoever had left comes back.
    """
    _lock(learner)
    place = organisation() if role in EVERYWHERE or team is None else team
    given = _move(learner, place, day) if role == Role.AGENT else _give(learner, role, place, day)
    if learner.left_on is not None:
        learner.left_on = None
        learner.save(update_fields=["left_on"])
        get_user_model().objects.filter(pk=learner.user_id).update(is_active=True)
    if role in EVERYWHERE:
        UserProfile.objects.get_or_create(
            user_id=learner.user_id, defaults={"preferred_language": learner.language}
        )
    settle(timezone.localdate(), learner)
    return given


@transaction.atomic
def end_role(membership: Membership, day: date) -> None:
    """End a role; the day is the first without it. Raises: Refused for the last administrator."""
    learner = membership.learner
    _lock(learner)
    if membership.role == Role.ADMINISTRATOR:
        _refuse_to_leave_nobody(learner)
    end(membership, day)
    settle(timezone.localdate(), learner)


@transaction.atomic
def leave(learner: Learner, day: date) -> None:
    """End every role on the day somebody leaves; from then on the account is closed.

    Raises: Refused for the last administrator.
    """
    _lock(learner)
    current = list(_from(learner, day))
    if any(membership.role == Role.ADMINISTRATOR for membership in current):
        _refuse_to_leave_nobody(learner)
    for membership in current:
        end(membership, day)
    learner.left_on = day
    learner.save(update_fields=["left_on"])
    settle(timezone.localdate(), learner)


def end(membership: Membership, day: date) -> None:
    """End a membership, or take back one that would not have begun by then."""
    if membership.starts_on >= day:
        membership.delete()
    else:
        Membership.objects.filter(pk=membership.pk).update(ends_on=day)


def settle(today: date, learner: Learner | None = None) -> None:
    """Make accounts agree with the roles of a day: of one person, or of everybody at night.

    Authors get what the CMS lets authors do, former ones lose it; a former administrator is no
    superuser; whoever has left cannot sign in.
    """
    everybody = Learner.objects.all() if learner is None else Learner.objects.filter(pk=learner.pk)
    users = get_user_model().objects
    users.filter(learner__in=everybody, learner__left_on__lte=today).update(is_active=False)
    memberships = Membership.objects.filter(learner__in=everybody)
    authors = memberships.filter(role=Role.AUTHOR)
    now_authors = authors.on(today).values("learner__user")
    former_authors = authors.exclude(learner__user__in=now_authors).values("learner__user")
    for group in Group.objects.filter(name__in=AUTHOR_GROUPS):
        group.user_set.add(*users.filter(pk__in=now_authors).exclude(groups=group))
        group.user_set.remove(*users.filter(pk__in=former_authors, groups=group))
    administrators = memberships.filter(role=Role.ADMINISTRATOR)
    still = administrators.filter(Q(ends_on=None) | Q(ends_on__gt=today)).values("learner__user")
    ended = administrators.exclude(learner__user__in=still).values("learner__user")
    users.filter(pk__in=ended, is_superuser=True).update(is_superuser=False)


def _account_at(address: str) -> Any:
    """Return the one account that an address signs in to, or None."""
    users = get_user_model().objects
    named = Q(email__iexact=address) | Q(username__iexact=address)
    found = list(users.filter(named | Q(emailaddress__email__iexact=address)).distinct()[:2])
    if len(found) > 1:
        raise Refused(
            _("More than one account has the address %(address)s.") % {"address": address}
        )
    return found[0] if found else None


def _write(user: Any, person: Person) -> None:
    before, address = plain_address(user.email), plain_address(person.email)
    if user.pk and user.username.lower() == before:
        user.username = address
    user.email = address
    user.first_name, user.last_name = person.first_name.strip(), person.last_name.strip()
    user.save()
    addresses = EmailAddress.objects.filter(user=user)
    if before != address:
        addresses.delete()  # an address that was given up signs nobody in
    addresses.exclude(email__iexact=address).update(primary=False)
    addresses.update_or_create(
        email__iexact=address,
        defaults={"user": user, "email": address, "verified": True, "primary": True},
    )


def _lock(learner: Learner) -> None:
    """Let changes of one person's roles follow one another."""
    Learner.objects.select_for_update().get(pk=learner.pk)


def _from(learner: Learner, day: date) -> Any:
    """Return the memberships that hold on a day or begin later."""
    return learner.memberships.filter(Q(ends_on=None) | Q(ends_on__gt=day)).order_by("starts_on")


def _move(learner: Learner, team: Team, day: date) -> Membership:
    """Make a team the home from a day on; another home ends then, a planned one is replaced."""
    stays = _from(learner, day).filter(role=Role.AGENT)
    here = stays.filter(team=team, starts_on__lte=day).first()
    for stay in stays.exclude(pk=here.pk if here else None):
        end(stay, day)
    return _keep(here) if here else _begin(learner, Role.AGENT, team, day)


def _give(learner: Learner, role: str, team: Team, day: date) -> Membership:
    held = _from(learner, day).filter(role=role, team=team).first()
    if held is None:
        return _begin(learner, role, team, day)
    held.starts_on = min(held.starts_on, day)
    return _keep(held)


def _keep(membership: Membership) -> Membership:
    membership.ends_on = None
    membership.save(update_fields=["starts_on", "ends_on"])
    return membership


def _begin(learner: Learner, role: str, team: Team, day: date) -> Membership:
    return Membership.objects.create(learner=learner, role=role, team=team, starts_on=day)


def _refuse_to_leave_nobody(learner: Learner) -> None:
    others = Membership.objects.filter(
        role=Role.ADMINISTRATOR,
        starts_on__lte=timezone.localdate(),
        ends_on=None,
        learner__left_on=None,
        learner__user__is_active=True,
    )
    if not others.exclude(learner=learner).exists():
        raise Refused(_("This is the only administrator. Give the role to somebody else first."))

"""People: learners, the tree of teams, and dated memberships with roles."""

from datetime import date
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node


class Country(models.TextChoices):
    SE = "SE", _("Sweden")
    NO = "NO", _("Norway")
    DK = "DK", _("Denmark")


class Role(models.TextChoices):
    AGENT = "agent", _("Agent")
    MANAGER = "manager", _("Manager")
    AUTHOR = "author", _("Author")
    STEWARD = "steward", _("Steward")
    ADMINISTRATOR = "administrator", _("Administrator")


class Team(MP_Node):
    """A unit in the organisation's tree; the root is the organisation itself."""

    name = models.CharField(_("name"), max_length=120)
    country = models.CharField(_("country"), max_length=2, choices=Country.choices, blank=True)

    node_order_by: list[str] = []

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self) -> str:
        return self.name


class LearnerQuerySet(models.QuerySet["Learner"]):
    def active(self, day: date) -> Self:
        return self.filter(Q(left_on__isnull=True) | Q(left_on__gt=day))


class Learner(models.Model):
    """A person who learns here, whatever their role; the login account stays the site's own."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="learner"
    )
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=[("sv", "Svenska"), ("nb", "Norsk bokmål"), ("da", "Dansk")],
        default="sv",
    )
    activated_at = models.DateTimeField(_("first signed in"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    # Written by the weekly close alone: the report unit whose current cohort holds this person.
    counted_in = models.CharField(max_length=120, blank=True, editable=False)

    objects = LearnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("learner")
        verbose_name_plural = _("learners")

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def first_name(self) -> str:
        return self.user.first_name

    @cached_property
    def current_roles(self) -> list[tuple[str, date, str]]:
        """Today's roles, oldest first: role, since when, and the place of its team in the tree."""
        memberships = self.memberships.on(timezone.localdate()).order_by("starts_on")
        return list(memberships.values_list("role", "starts_on", "team__path"))

    def role_names(self) -> set[str]:
        return {role for role, _since, _place in self.current_roles}


class MembershipQuerySet(models.QuerySet["Membership"]):
    def on(self, day: date) -> Self:
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), starts_on__lte=day)


class Membership(models.Model):
    """A role of a learner in a team from a day until (not including) another."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.AGENT)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        indexes = [models.Index(fields=["role", "starts_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="membership_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["learner"],
                condition=Q(role="agent", ends_on__isnull=True),
                name="membership_one_home_team",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner} {self.role} {self.team}"

    def clean(self) -> None:
        if self.ends_on and self.ends_on <= self.starts_on:
            raise ValidationError({"ends_on": _("The last day must come after the first.")})

"""Notices given, objections made, and who looked at whose data."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from literacy.models.people import Country, Learner


class NoticeKind(models.TextChoices):
    NOTICE = "notice", _("Notice to employees")
    DISCUSSION = "discussion", _("Discussion with representatives, and information")
    NEGOTIATION = "negotiation", _("Negotiation with the unions")


class Covers(models.TextChoices):
    CONTACTS = "contacts", _("Contacts and evaluations")
    RECORDINGS = "recordings", _("Recordings and transcripts")


class Consent(models.TextChoices):
    INFORMED = "informed", _("Customers are told before the recording begins")
    ACTIVE = "active", _("Customers have said yes to it themselves")


class Notice(models.Model):
    """The step a country's rules ask for before data of a kind may be stored."""

    country = models.CharField(_("country"), max_length=2, choices=Country.choices)
    site = models.CharField(_("site"), max_length=120, blank=True)  # blank: the whole country
    kind = models.CharField(_("kind"), max_length=16, choices=NoticeKind.choices)
    covers = models.CharField(
        _("covers"), max_length=16, choices=Covers.choices, default=Covers.CONTACTS
    )
    # Of customers; asked for where recordings are covered.
    consent = models.CharField(_("consent"), max_length=16, choices=Consent.choices, blank=True)
    given_on = models.DateField(_("given on"))
    in_force_on = models.DateField(_("in force from"))
    reference = models.CharField(_("reference"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["country", "given_on"]

    def __str__(self) -> str:
        return f"{self.get_country_display()}: {self.get_kind_display()}"


class Objection(models.Model):
    """A learner's objection to a use of their data; it works from the next weekly close."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="objections")
    feature = models.CharField(max_length=24, choices=[("team_levels", _("Team levels"))])
    made_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")

    def __str__(self) -> str:
        return f"{self.learner} {self.feature}"


class AccessKind(models.TextChoices):
    EXPORTED = "exported", _("Everything kept about you was printed")
    ERASED = "erased", _("Your history was erased")


class AccessLogEntry(models.Model):
    """Somebody other than the learner saw or erased the learner's personal data."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="access_log")
    # Empty: whoever runs the server, or an account that is gone.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    what = models.CharField(max_length=60, choices=AccessKind.choices)
    seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("access log entry")
        verbose_name_plural = _("access log")
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return f"{self.learner} {self.what}"

"""What each country's rules ask for before data about employees' work may be stored.

An engineering preset, to be checked by the customer's own lawyer: DK asks for notice six weeks
ahead, NO for discussion and information, SE for negotiation with the unions. Recordings and
transcripts need a step of their own, and customers who know of it or have said yes to it.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from literacy.models.people import Country
from literacy.models.privacy import Consent, Covers, Notice, NoticeKind


@dataclass(frozen=True)
class Profile:
    """A country's preset."""

    step: NoticeKind
    lead_days: int  # from the step to the first row that may be stored
    consent: Consent  # of customers, before recordings or transcripts are stored
    kept_days: int  # the longest that transcripts are kept


PROFILES = {
    Country.SE: Profile(NoticeKind.NEGOTIATION, 0, Consent.INFORMED, 30),
    Country.NO: Profile(NoticeKind.DISCUSSION, 0, Consent.ACTIVE, 30),
    Country.DK: Profile(NoticeKind.NOTICE, 42, Consent.ACTIVE, 90),
}


def record(
    country: str,
    given_on: date,
    *,
    covers: str = Covers.CONTACTS,
    site: str = "",
    reference: str = "",
) -> Notice:
    """Record that a country's step was taken; it is in force after the country's lead time."""
    profile = PROFILES[Country(country)]
    return Notice.objects.create(
        country=country,
        site=site,
        kind=profile.step,
        covers=covers,
        consent=profile.consent if covers == Covers.RECORDINGS else "",
        given_on=given_on,
        in_force_on=given_on + timedelta(days=profile.lead_days),
        reference=reference,
    )


def in_force(country: str, day: date, *, covers: str = Covers.CONTACTS, site: str = "") -> bool:
    """Tell whether the country's step was taken and its lead time has passed."""
    return _notices(country, site, covers).filter(in_force_on__lte=day).exists()


def waiting_until(
    country: str, day: date, *, covers: str = Covers.CONTACTS, site: str = ""
) -> date | None:
    """Return the day from which a recorded notice will be in force, if one is waiting."""
    waiting = _notices(country, site, covers).filter(in_force_on__gt=day).order_by("in_force_on")
    first = waiting.first()
    return first.in_force_on if first else None


def _notices(country: str, site: str, covers: str) -> QuerySet[Notice]:
    return Notice.objects.filter(Q(site="") | Q(site=site), country=country, covers=covers)

"""What each country's rules ask for before data about employees' work may be stored.

An engineering preset, to be checked by the customer's own lawyer: DK asks for notice six weeks
ahead, NO for discussion and information, SE for negotiation with the unions.
"""

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from literacy.models.people import Country
from literacy.models.privacy import Notice, NoticeKind

REQUIRED = {
    Country.SE: NoticeKind.NEGOTIATION,
    Country.NO: NoticeKind.DISCUSSION,
    Country.DK: NoticeKind.NOTICE,
}
LEAD_DAYS = {Country.SE: 0, Country.NO: 0, Country.DK: 42}


def record(country: str, given_on: date, *, site: str = "", reference: str = "") -> Notice:
    """Record that a country's step was taken; it is in force after the country's lead time."""
    return Notice.objects.create(
        country=country,
        site=site,
        kind=REQUIRED[Country(country)],
        given_on=given_on,
        in_force_on=given_on + timedelta(days=LEAD_DAYS[Country(country)]),
        reference=reference,
    )


def in_force(country: str, day: date, *, site: str = "") -> bool:
    """Tell whether the country's step was taken and its lead time has passed."""
    return _notices(country, site).filter(in_force_on__lte=day).exists()


def waiting_until(country: str, day: date, *, site: str = "") -> date | None:
    """Return the day from which a recorded notice will be in force, if one is waiting."""
    waiting = _notices(country, site).filter(in_force_on__gt=day).order_by("in_force_on").first()
    return waiting.in_force_on if waiting else None


def _notices(country: str, site: str) -> QuerySet[Notice]:
    return Notice.objects.filter(Q(site="") | Q(site=site), country=country)

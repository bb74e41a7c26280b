"""Mails to the administrators when a platform needs somebody, each in the reader's language."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from coaching.intake.watching import Trouble
from coaching.redaction import without_secrets
from literacy.models import Learner, Membership, Role


def send(troubles: Sequence[Trouble]) -> None:
    """Write one mail to each administrator who has an address."""
    if not troubles:
        return
    roles = Membership.objects.on(timezone.localdate()).filter(role=Role.ADMINISTRATOR)
    reachable = Learner.objects.filter(memberships__in=roles).exclude(user__email="")
    for administrator in reachable.select_related("user").distinct():
        with translation.override(administrator.language):
            send_mail(_subject(troubles), _text(troubles), None, [administrator.user.email])


def _subject(troubles: Sequence[Trouble]) -> str:
    return ngettext(
        "Dagskurs: %(count)s platform needs a look",
        "Dagskurs: %(count)s platforms need a look",
        len(troubles),
    ) % {"count": len(troubles)}


def _text(troubles: Sequence[Trouble]) -> str:
    rows = [
        {
            "trouble": trouble,
            "error": without_secrets(trouble.connection, trouble.connection.error),
            "url": settings.SITE_URL
            + reverse("connections:detail", args=[trouble.connection.slug]),
        }
        for trouble in troubles
    ]
    return render_to_string("coaching/mail/troubles.txt", {"rows": rows})

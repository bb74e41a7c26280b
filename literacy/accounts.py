"""Sign-in by e-mail and password, and who may enter the CMS by their role.

Accounts are made by the organisation, never by sign-up; an invitation is the ordinary mail with
which a password is chosen.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.forms import ResetPasswordForm
from allauth.core.context import request_context
from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from django.utils import translation

from literacy.models import Learner, Role
from literacy.privacy import access

ENTER_CMS = "wagtailadmin.access_admin"


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class RoleBackend(BaseBackend):
    """Let authors and administrators into the CMS; what they may do there, its groups say."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return perm == ENTER_CMS and (
            access.has_role(user_obj, Role.ADMINISTRATOR) or access.has_role(user_obj, Role.AUTHOR)
        )


def invite(learner: Learner) -> None:
    """Send somebody the mail with which a password is chosen, in their language.

    Raises: OSError when the mail server does not take it.
    """
    with _writing_to(learner) as request:
        form = ResetPasswordForm({"email": learner.user.email})
        if form.is_valid():
            form.save(request)


def tell_of_new_address(learner: Learner, before: str) -> None:
    """Tell somebody, at the old address, that theirs was changed. Raises: OSError, as `invite`."""
    with _writing_to(learner) as request:
        words = {"before": before, "after": learner.user.email}
        get_adapter(request).send_mail("account/email/address_changed", before, words)


@contextmanager
def _writing_to(learner: Learner) -> Iterator[HttpRequest]:
    """Give mails the site's own address and the reader's language, whoever has them sent."""
    site = urlsplit(settings.SITE_URL)
    request = HttpRequest()
    request.META = {"HTTP_HOST": site.netloc, "HTTP_X_FORWARDED_PROTO": site.scheme}
    with request_context(request), translation.override(learner.language):
        yield request

"""Sign-in by e-mail and password, and who may enter the CMS by their role.

Accounts are made by the organisation, never by sign-up.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from literacy.models import Role
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

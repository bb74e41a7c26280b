"""The administrator's room as its visitors meet it: who signs in, what they read and press."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from coaching.models import Connection, QuarantinedPayload, encrypted
from coaching.models.connections import QuarantineReason
from literacy.models import Role
from tests.factories import UserFactory, make_member, make_team


def make_user(role: Role | None = None, *, in_cms: bool = False, **fields: object) -> Any:
    user: Any = UserFactory(**fields)
    if role:
        make_member(make_team(), role, user=user)
    if in_cms:
        user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    return user


def signed_in(user: Any) -> Client:
    """Return a browser of somebody who reads the CMS in English."""
    UserProfile.objects.create(user=user, preferred_language="en")
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, at: str, *arguments: object) -> str:
    response = client.get(reverse(f"connections:{at}", args=arguments))
    assert response.status_code == 200, response
    return response.content.decode()


def post(client: Client, at: str, *arguments: object, **given: object) -> str:
    response = client.post(reverse(f"connections:{at}", args=arguments), given, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def keep_aside(connection: Connection, **fields: object) -> QuarantinedPayload:
    values = {
        "resource": "interactions",
        "reference": f"c{QuarantinedPayload.objects.count()}",
        "reason": QuarantineReason.UNREADABLE,
        "sealed": encrypted.seal(b"private words"),
        "ends_at": timezone.now() + timedelta(days=14),
    }
    return QuarantinedPayload.objects.create(connection=connection, **{**values, **fields})

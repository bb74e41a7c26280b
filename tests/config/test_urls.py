"""What of sign-in is mounted: enough to come in, nothing that lets somebody become another."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import get_resolver

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "a-good-long-password"


def test_accounts_mount_sign_in_and_passwords_alone() -> None:
    [accounts] = [part for part in get_resolver().url_patterns if str(part.pattern) == "accounts/"]

    assert sorted(one.name for one in accounts.url_patterns) == [
        "account_change_password",
        "account_inactive",
        "account_login",
        "account_logout",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    ]


@pytest.mark.parametrize("page", ["email", "signup", "confirm-email", "reauthenticate", ""])
def test_nobody_signs_up_or_changes_their_address(client: Client, page: str) -> None:
    user = UserFactory()
    client.force_login(user)

    answer = client.post(f"/accounts/{page}/".replace("//", "/"), {"email": "other@example.test"})

    user.refresh_from_db()
    assert (answer.status_code, user.email) == (404, user.username)


@pytest.mark.parametrize("signed_in", [False, True])
def test_pages_of_accounts_link_to_pages_that_are_there(client: Client, signed_in: bool) -> None:
    user = UserFactory()
    user.set_password(PASSWORD)
    user.save()
    if signed_in:
        client.force_login(user)
    pages = ["login/", "logout/", "inactive/", "password/change/", "password/reset/"]
    pages += ["password/reset/done/", "password/reset/key/done/", "password/reset/key/1-bad/"]

    answers = [client.get(f"/accounts/{page}", follow=True) for page in pages]

    linked = {
        address
        for answer in answers
        for address in re.findall(r'(?:href|action)="(/[^"?#]*)', answer.content.decode())
    }
    assert {answer.status_code for answer in answers} == {200}
    assert {address for address in linked if client.get(address).status_code == 404} == set()


def test_forgotten_password_is_chosen_anew_by_the_mail(client: Client) -> None:
    user = UserFactory()
    client.post("/accounts/password/reset/", {"email": user.email})

    [path] = re.findall(r"/accounts/password/reset/key/\S+", mail.outbox[0].body)
    chosen = client.get(path, follow=True).redirect_chain[-1][0]
    answer = client.post(chosen, {"password1": PASSWORD, "password2": PASSWORD}, follow=True)

    assert answer.status_code == 200
    assert client.login(username=user.username, password=PASSWORD)


def test_address_of_nobody_gets_no_mail(client: Client) -> None:
    answer = client.post("/accounts/password/reset/", {"email": "nobody@example.test"})

    assert answer.headers["Location"] == "/accounts/password/reset/done/"
    assert mail.outbox == []

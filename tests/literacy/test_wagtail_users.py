"""The list of accounts says who they are and what they may, not when they were here."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.users.models import UserProfile

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts() -> str:
    return reverse("wagtailusers_users:index")


@pytest.fixture
def superuser() -> Client:
    user: Any = UserFactory(is_superuser=True)
    UserProfile.objects.create(user=user, preferred_language="en")
    client = Client()
    client.force_login(user)
    return client


def test_accounts_show_names_but_no_last_sign_in(superuser: Client, accounts: str) -> None:
    UserFactory(last_name="Lindqvist", last_login=datetime(2019, 7, 5, tzinfo=UTC))

    shown = superuser.get(accounts).content.decode()

    assert "Lindqvist" in shown
    assert "2019" not in shown
    assert "Last login" not in shown
    assert "last_login" not in shown


def test_accounts_cannot_be_narrowed_by_last_sign_in(superuser: Client, accounts: str) -> None:
    UserFactory(last_name="Lindqvist", last_login=datetime(2019, 7, 5, tzinfo=UTC))

    shown = superuser.get(accounts, {"last_login_from": "2020-01-01"}).content.decode()

    assert "Lindqvist" in shown


def test_accounts_cannot_be_ordered_by_last_sign_in(superuser: Client, accounts: str) -> None:
    def names(query: str) -> list[str]:
        page = superuser.get(f"{accounts}?ordering={query}")
        return [user.username for user in page.context["users"]]

    for number, year in enumerate((2021, 2019, 2020)):
        UserFactory(username=f"p{number}@demo.example", last_login=datetime(year, 1, 1, tzinfo=UTC))

    assert names("last_login") == names("-last_login") == sorted(names("username"))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_accounts_cannot_be_exported(superuser: Client, accounts: str, form: str) -> None:
    response = superuser.get(accounts, {"export": form})

    assert response["Content-Type"].startswith("text/html")


def test_accounts_can_still_be_searched(superuser: Client, accounts: str) -> None:
    UserFactory(last_name="Lindqvist")
    UserFactory(last_name="Haugen")

    shown = superuser.get(accounts, {"q": "Lindqvist"}).content.decode()

    assert "Lindqvist" in shown
    assert "Haugen" not in shown

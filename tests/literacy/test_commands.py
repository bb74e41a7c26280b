"""The first administrator comes from the command line."""

import io

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from literacy.models import Learner, Role
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

EMAIL = "Ada@demo.example"


def test_add_administrator_makes_one_without_a_password(capsys) -> None:
    call_command("add_administrator", EMAIL, "--name", "Ada Alm Berg")

    learner = Learner.objects.get()
    assert (learner.user.first_name, learner.user.last_name) == ("Ada", "Alm Berg")
    assert learner.role_names() == {Role.ADMINISTRATOR}
    assert learner.user.is_superuser
    assert not learner.user.has_usable_password()
    assert "/accounts/password/reset/" in capsys.readouterr().out


def test_add_administrator_takes_a_password_and_lets_them_in(monkeypatch, capsys) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("ett-långt-lösenord\n"))

    call_command("add_administrator", EMAIL, "--name", "Ada Alm", "--password-stdin")

    assert "/cms/" in capsys.readouterr().out
    client = Client()
    given = {"login": "ada@demo.example", "password": "ett-långt-lösenord"}
    client.post(reverse("account_login"), given)
    assert client.get(reverse("people:index")).status_code == 200


def test_add_administrator_refuses_a_poor_password_and_makes_nobody(monkeypatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("kort\n"))

    with pytest.raises(CommandError, match="at least 12 characters"):
        call_command("add_administrator", EMAIL, "--name", "Ada Alm", "--password-stdin")

    assert not get_user_model().objects.exists()


def test_add_administrator_takes_an_account_that_exists() -> None:
    user = UserFactory(username="root", email="ada@demo.example", is_superuser=True)

    call_command("add_administrator", EMAIL, "--name", "Ada Alm")
    call_command("add_administrator", EMAIL)

    assert Learner.objects.get().user == user
    assert Learner.objects.get().memberships.count() == 1


@pytest.mark.parametrize(
    ("address", "name", "words"),
    [("ada", "Ada Alm", "valid email"), (EMAIL, "Ada", "first and last name")],
)
def test_add_administrator_says_what_is_missing(address: str, name: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("add_administrator", address, "--name", name)

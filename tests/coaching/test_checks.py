"""System checks speak up before a platform goes silent or an upload becomes public."""

import pytest
from django.core.checks import CheckMessage, run_checks
from django.core.files.storage import FileSystemStorage

from coaching import checks
from coaching.models import Connection
from tests.factories import make_connection


def ours(databases: list[str] | None = None) -> list[CheckMessage]:
    found_by_all = run_checks(databases=databases)
    return [found for found in found_by_all if str(found.id).startswith("coaching.")]


@pytest.mark.django_db
def test_a_sound_installation_has_nothing_to_say() -> None:
    connection = make_connection()
    connection.secrets = {"client_secret": "hush"}
    connection.save()

    assert ours(databases=["default"]) == []


@pytest.mark.django_db
def test_connections_whose_secrets_no_key_opens_are_named() -> None:
    Connection.objects.filter(pk=make_connection("a").pk).update(sealed_secrets=b"another key")

    assert [found.id for found in ours(databases=["default"])] == ["coaching.E003"]


@pytest.mark.django_db
def test_connections_of_a_platform_that_is_gone_are_named() -> None:
    make_connection("a", vendor="gone")

    assert [found.id for found in ours(databases=["default"])] == ["coaching.E002"]


def test_uploads_that_would_be_served_are_an_error(settings, monkeypatch) -> None:
    public = FileSystemStorage(location=f"{settings.MEDIA_ROOT}/private")
    monkeypatch.setattr(checks, "storages", {"private": public})

    assert [found.id for found in ours()] == ["coaching.E001"]

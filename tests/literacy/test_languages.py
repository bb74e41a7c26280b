"""The address decides, then the person's choice, then the browser, then the site."""

import pytest
from django.test import Client

from literacy.languages import to_language
from tests.factories import LearnerFactory


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("sv", "sv"),
        ("sv-SE", "sv"),
        ("nb-NO", "nb"),
        ("no", "nb"),
        ("no-NO", "nb"),
        ("nn", "nb"),
        ("nn_NO", "nb"),
        ("DA-dk", "da"),
        ("en", None),
        ("fi", None),
        ("", None),
    ],
)
def test_to_language_maps_every_code_that_comes_in(code: str, language: str | None) -> None:
    assert to_language(code) == language


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/no/my/", "/nb/my/"),
        ("/no/modules/dl-01/?step=2", "/nb/modules/dl-01/?step=2"),
        ("/nn/", "/nb/"),
        ("/en/my/", "/da/my/"),
    ],
)
def test_other_prefixes_lead_to_the_reader_s_language(
    client: Client, path: str, target: str
) -> None:
    response = client.get(path, headers={"accept-language": "da, en;q=0.5"})

    assert (response.status_code, response.headers["Location"]) == (302, target)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("accepted", "language"), [("no", "nb"), ("nn-NO,en", "nb"), ("da-DK", "da"), ("fi", "sv")]
)
def test_a_page_without_prefix_follows_the_browser(
    client: Client, accepted: str, language: str
) -> None:
    response = client.get("/accounts/login/", headers={"accept-language": accepted})

    assert response.headers["Content-Language"] == language
    assert f'<html lang="{language}">' in response.content.decode()


@pytest.mark.django_db
def test_set_language_is_remembered_for_the_person_and_keeps_the_page(client: Client) -> None:
    learner = LearnerFactory(language="sv")
    client.force_login(learner.user)

    response = client.post("/language/", {"language": "da", "next": "/sv/my/data/?a=1"})

    learner.refresh_from_db()
    assert response.headers["Location"] == "/da/my/data/?a=1"
    assert learner.language == "da"
    assert client.get("/accounts/logout/").headers["Content-Language"] == "da"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:1"]
)
def test_set_language_never_leads_to_another_site(client: Client, target: str) -> None:
    response = client.post("/language/", {"language": "nb", "next": target})

    assert response.headers["Location"].startswith("/")
    assert "elsewhere" not in response.headers["Location"]


@pytest.mark.django_db
def test_set_language_refuses_a_language_we_do_not_have(client: Client) -> None:
    assert client.post("/language/", {"language": "en"}).status_code == 400

"""The API: my own suggestions for me, connections for administrators, secrets for nobody."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from coaching.models import Connection, Run, Suggestion, Watermark
from coaching.models.connections import ConnectionState
from literacy.models import Learner, Role
from tests.coaching.platforms import SECRET
from tests.coaching.room import make_user
from tests.coaching.uploads import make_notice
from tests.engine import make_page
from tests.factories import (
    LearnerFactory,
    UserFactory,
    make_connection,
    make_member,
    make_module,
    make_team,
)

pytestmark = pytest.mark.django_db

SUGGESTIONS = "/api/v1/me/suggestions/"
CONNECTIONS = "/api/v1/connections/"


def client_of(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def learner() -> Learner:
    make_page(make_module("CO-03"))
    return make_member(make_team())


def suggested(learner: Learner) -> Suggestion:
    client_of(learner.user).get(SUGGESTIONS)
    return learner.suggestions.get()


def test_suggestions_make_and_explain_the_one_for_today(learner: Learner) -> None:
    found = client_of(learner.user).get(SUGGESTIONS).json()["results"]

    assert [(one["module"], one["state"]) for one in found] == [("CO-03", "open")]
    assert found[0]["reason"]
    assert client_of(learner.user).get(SUGGESTIONS).json()["results"] == found


def test_suggestions_are_mine_alone(learner: Learner) -> None:
    suggestion = suggested(learner)
    other = client_of(LearnerFactory().user)

    listed = other.get(SUGGESTIONS).json()["results"]
    answers = [other.post(f"{SUGGESTIONS}{suggestion.pk}/{way}/") for way in ("accept", "dismiss")]

    assert suggestion.pk not in [one["id"] for one in listed]
    assert [answer.status_code for answer in answers] == [404, 404]
    suggestion.refresh_from_db()
    assert suggestion.state == "open"


@pytest.mark.parametrize(
    ("way", "given", "state"),
    [
        ("accept", {}, "accepted"),
        ("dismiss", {}, "not_now"),
        ("dismiss", {"reason": "not_now"}, "not_now"),
        ("dismiss", {"reason": "known"}, "known"),
        ("dismiss", {"reason": "not_relevant"}, "not_relevant"),
    ],
)
def test_a_suggestion_is_decided_once(learner: Learner, way: str, given: dict, state: str) -> None:
    suggestion = suggested(learner)
    client = client_of(learner.user)

    first = client.post(f"{SUGGESTIONS}{suggestion.pk}/{way}/", given, format="json")
    again = client.post(f"{SUGGESTIONS}{suggestion.pk}/accept/")

    assert (first.status_code, first.json()["state"]) == (200, state)
    assert (again.status_code, again.json()["state"]) == (200, state)
    assert first.json()["reason"] is None


def test_a_dismissal_for_no_known_reason_is_refused(learner: Learner) -> None:
    suggestion = suggested(learner)

    answer = client_of(learner.user).post(
        f"{SUGGESTIONS}{suggestion.pk}/dismiss/", {"reason": "accept"}, format="json"
    )

    assert answer.status_code == 400
    suggestion.refresh_from_db()
    assert suggestion.state == "open"


def test_suggestions_need_a_learner_who_is_signed_in() -> None:
    assert APIClient().get(SUGGESTIONS).status_code in {401, 403}
    assert client_of(UserFactory()).get(SUGGESTIONS).status_code == 403


def test_suggestions_can_be_read_with_a_token(learner: Learner) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=learner.user)}")

    assert client.get(SUGGESTIONS).status_code == 200


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.ADMINISTRATOR, 200),
        (Role.AUTHOR, 403),
        (Role.STEWARD, 403),
        (Role.MANAGER, 403),
        (Role.AGENT, 403),
    ],
)
def test_connections_are_for_administrators(role: Role, status: int) -> None:
    assert client_of(make_user(role)).get(CONNECTIONS).status_code == status


def test_connections_tell_how_each_platform_stands_without_its_secrets() -> None:
    make_notice()
    connection = make_connection(
        state=ConnectionState.BROKEN, error=f"refused: {SECRET}", settings={"client_id": "me"}
    )
    connection.secrets = {"client_secret": SECRET}
    connection.save()
    hour_ago = timezone.now() - timedelta(hours=1)
    Watermark.objects.create(connection=connection, resource="agents", reached_at=hour_ago)
    Run.objects.create(connection=connection, kind="pull", rows_done=7, counts={"agents": {}})

    answer = client_of(make_user(Role.ADMINISTRATOR)).get(CONNECTIONS)

    (found,) = answer.json()
    assert SECRET not in answer.content.decode()
    assert 3600 <= found.pop("lag_seconds") < 3700
    last_run = found.pop("last_run")
    assert (last_run["rows_done"], last_run["counts"]) == (7, {"agents": {}})
    assert found == {
        "slug": "genesys-se",
        "name": "genesys-se",
        "vendor": "genesys",
        "country": "SE",
        "state": "broken",
        "is_lawful": True,
        "error": "refused: •••",
    }


def test_connections_without_a_run_have_none() -> None:
    Connection.objects.create(name="a", slug="a", vendor="csv_file", country="DK")

    (found,) = client_of(make_user(Role.ADMINISTRATOR)).get(CONNECTIONS).json()

    assert (found["last_run"], found["lag_seconds"], found["is_lawful"]) == (None, None, False)

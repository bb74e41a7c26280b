"""The learner's API: no key of an answer in a module, nobody else's rows, a clean schema."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from literacy import attempts
from literacy.models import Answer, Attempt, Learner, Role
from literacy.modulefiles.files import read_yaml
from tests.factories import LearnerFactory, UserFactory, make_member, make_team
from tests.literacy.modules import EXERCISES, RIGHT, SECRET, WRONG, load, module_data, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("module_room")]

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
HIDDEN = {"right", "flaw", "value", "verdict_right", "right_mark", "feedback", "verdict_feedback"}


def signed_in(learner: Learner) -> Client:
    client = Client()
    client.force_login(learner.user)
    return client


def post(client: Client, url: str, data: Any) -> Any:
    return client.post(url, json.dumps(data), content_type="application/json")


def names_in(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for name, value in data.items():
            yield name
            yield from names_in(value)
    elif isinstance(data, list):
        for value in data:
            yield from names_in(value)


@pytest.fixture
def learner() -> Learner:
    return LearnerFactory()


def test_modules_lists_what_exists_in_the_language(tmp_path: Path, learner: Learner) -> None:
    load(tmp_path, module_data("DL-01"), module_data("VA-01"))
    page_of("VA-01", "da").unpublish()
    client = signed_in(learner)

    danish = client.get("/api/v1/modules/?language=da").json()
    swedish = client.get("/api/v1/modules/").json()

    assert danish["results"] == [
        {
            "id": "DL-01",
            "language": "da",
            "title": "Title DL-01 da",
            "summary": "Summary da",
            "area": "DL",
            "level": 1,
            "audience": "A",
            "minutes": 5,
            "competences": ["DL1"],
        }
    ]
    assert [module["id"] for module in swedish["results"]] == ["DL-01", "VA-01"]


@pytest.mark.parametrize("exercise", EXERCISES)
def test_module_never_shows_right_answers(tmp_path: Path, learner: Learner, exercise: str) -> None:
    load(tmp_path, module_data(exercise=exercise))

    module = signed_in(learner).get("/api/v1/modules/dl-01/").json()

    asked = [block for block in module["body"] if block["type"] == exercise]
    assert [block["key"] for block in asked] == ["exercise"]
    assert SECRET not in json.dumps(module)
    assert HIDDEN.isdisjoint(names_in(asked))
    assert "recall" not in module
    assert module["languages"] == ["sv", "nb", "da"]


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/api/v1/modules/?language=en", 400),
        ("/api/v1/modules/dl-99/", 404),
        ("/api/v1/modules/dl-01/?language=nb", 404),
    ],
)
def test_module_that_is_not_there_is_said_so(learner: Learner, url: str, status: int) -> None:
    page_of(language="nb").unpublish()

    assert signed_in(learner).get(url).status_code == status


@pytest.mark.parametrize(
    "path", ["modules/", "modules/dl-01/", "me/attempts/", "me/reviews/", "me/mastery/"]
)
def test_api_asks_for_sign_in(path: str) -> None:
    assert Client().get(f"/api/v1/{path}").status_code in {401, 403}


@pytest.mark.parametrize("path", ["me/attempts/", "me/reviews/", "me/mastery/"])
def test_account_that_learns_nothing_has_nothing_of_its_own(path: str) -> None:
    client = Client()
    client.force_login(UserFactory())

    assert client.get(f"/api/v1/{path}").status_code == 403


def test_attempt_is_taken_from_begin_to_end(learner: Learner) -> None:
    client = signed_in(learner)
    attempt = post(client, "/api/v1/me/attempts/", {"module": "dl-01"}).json()
    url = f"/api/v1/me/attempts/{attempt['id']}/"

    early = post(client, f"{url}finish/", {})
    graded = post(
        client,
        f"{url}answers/",
        {"key": "exercise", "answer": RIGHT["definition_match"], "seconds": 20},
    ).json()
    done = post(client, f"{url}finish/", {"take_away": "Min mening"}).json()
    (listed,) = client.get("/api/v1/me/attempts/").json()["results"]

    assert early.status_code == 409
    assert (graded["number"], graded["share"]) == (1, 1.0)
    assert graded["tasks"][0] == {
        "key": "i1",
        "share": 1.0,
        "right": True,
        "feedback": f"{SECRET} sv",
    }
    assert done["take_away"] == "Min mening"
    assert listed == done
    assert Answer.objects.get().seconds == 20


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"key": "exercise", "answer": {"i1": "aht"}}, 400),
        ({"key": "exercise", "answer": "aht"}, 400),
        ({"key": "idea", "answer": {}}, 400),
        ({"key": "exercise"}, 400),
        ({"key": "exercise", "answer": {}, "seconds": -1}, 400),
    ],
)
def test_unreadable_answer_is_named_and_not_kept(
    learner: Learner, data: dict[str, Any], status: int
) -> None:
    client = signed_in(learner)
    attempt = post(client, "/api/v1/me/attempts/", {"module": "DL-01"}).json()

    response = post(client, f"/api/v1/me/attempts/{attempt['id']}/answers/", data)

    assert response.status_code == status
    assert not Answer.objects.exists()


def test_answer_beyond_the_tries_is_a_conflict(learner: Learner) -> None:
    client = signed_in(learner)
    attempt = post(client, "/api/v1/me/attempts/", {"module": "DL-01"}).json()
    url = f"/api/v1/me/attempts/{attempt['id']}/answers/"
    half = dict.fromkeys(("i1", "i2", "i3", "i4"), "aht")
    given = [WRONG["definition_match"], half, RIGHT["definition_match"]]

    statuses = [
        post(client, url, {"key": "exercise", "answer": answer}).status_code for answer in given
    ]

    assert statuses == [200, 200, 409]


@pytest.mark.parametrize(
    ("who", "status"),
    [("self", 200), ("own manager", 404), ("other manager", 404), ("outsider", 404)],
)
def test_only_the_learner_reaches_an_attempt(who: str, status: int) -> None:
    root = make_team("Root")
    own, other = make_team("Own", root), make_team("Other", root)
    people = {
        "self": make_member(own),
        "own manager": make_member(own, Role.MANAGER),
        "other manager": make_member(other, Role.MANAGER),
        "outsider": make_member(other),
    }
    page = page_of()
    attempt = attempts.open_attempt(people["self"], page.module, language="sv", now=NOW)
    client = signed_in(people[who])
    url = f"/api/v1/me/attempts/{attempt.pk}/"

    answered = post(
        client, f"{url}answers/", {"key": "exercise", "answer": RIGHT["definition_match"]}
    )
    finished = post(client, f"{url}finish/", {})
    listed = client.get("/api/v1/me/attempts/").json()["results"]

    assert (answered.status_code, finished.status_code) == (status, status)
    assert len(listed) == (1 if who == "self" else 0)
    assert Attempt.objects.filter(completed_at__isnull=False).exists() is (who == "self")


def test_reviews_are_the_checks_due_now(tmp_path: Path, learner: Learner) -> None:
    load(tmp_path, module_data("DL-01"), module_data("VA-01"))
    for pk in ("DL-01", "VA-01"):
        attempt = attempts.open_attempt(learner, page_of(pk).module, language="sv", now=NOW)
        attempts.complete(attempt, now=NOW)
    today = timezone.localdate()
    learner.checks.filter(module="DL-01").update(due_on=today)
    learner.checks.filter(module="VA-01").update(due_on=today.replace(year=today.year + 1))
    check = learner.checks.get(module="DL-01")

    due = signed_in(learner).get("/api/v1/me/reviews/").json()
    others = signed_in(LearnerFactory()).get("/api/v1/me/reviews/").json()

    assert due == [{"id": check.pk, "module": "DL-01", "due_on": today.isoformat()}]
    assert others == []


def test_mastery_is_a_band_or_not_known(learner: Learner) -> None:
    mastery = signed_in(learner).get("/api/v1/me/mastery/").json()

    assert mastery["competences"][0] == {
        "id": "VA1",
        "name": "Se datan i mötet",
        "known": False,
        "low": None,
        "high": None,
    }
    assert [area["id"] for area in mastery["areas"]] == ["VA", "DL", "TS", "TK", "CO"]


def test_schema_describes_the_learner_s_resources_without_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "schema.yaml"

    call_command(
        "spectacular", "--fail-on-warn", "--validate", urlconf="literacy.api", file=str(path)
    )

    assert {"/modules/", "/me/attempts/{attempt_id}/answers/", "/me/mastery/"} <= set(
        read_yaml(path)["paths"]
    )

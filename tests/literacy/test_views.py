"""The module room as a learner meets it, and as strangers do."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from literacy import attempts, reviews
from literacy.catalogue import load_modules
from literacy.languages import READER
from literacy.models import Answer, Attempt, Check, Learner, LedgerEntry, Module, Role
from literacy.modulefiles.files import FOLDER
from tests.factories import LearnerFactory, UserFactory, make_member, make_team
from tests.literacy.modules import (
    EXERCISES,
    RIGHT,
    SECRET,
    WRONG,
    form,
    load,
    module_data,
    page_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("module_room")]

LONG_AGO = datetime(2026, 1, 7, 9, 0, tzinfo=UTC)
URL = "/sv/modules/dl-01/"
ANSWER_URL = f"{URL}answer/exercise/"
HALF = {"i1": "aht", "i2": "aht", "i3": "aht", "i4": "aht"}
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def learner() -> Learner:
    return LearnerFactory()


@pytest.fixture
def reader(learner: Learner) -> Client:
    return signed_in(learner)


@pytest.fixture
def module() -> Module:
    return Module.objects.get()


def signed_in(learner: Learner) -> Client:
    client = Client()
    client.force_login(learner.user)
    return client


def text_of(response: Any) -> str:
    return response.content.decode()


def step_of(response: Any, key: str) -> str:
    """Return the markup of one step."""
    steps = re.split(r'(?=<section class="step)', text_of(response))
    return next(step for step in steps if f'id="step-{key}"' in step)


# The list


def test_modules_are_listed_by_area_with_a_mark_for_what_is_done(
    tmp_path: Path, learner: Learner, reader: Client
) -> None:
    load(tmp_path, module_data("DL-01"), module_data("DL-02"), module_data("VA-01"))
    complete(learner, "DL-02")

    text = text_of(reader.get("/da/modules/"))

    order = ["Forretning og analyse", "Title VA-01 da", "Dataanalyse og logik", "Title DL-01 da"]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    assert text.count("shelf__done") == 1
    assert text.index("Title DL-02 da") < text.index("shelf__done")


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_any_number_of_modules(
    tmp_path: Path,
    reader: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    load(tmp_path, *[module_data(f"DL-0{number}") for number in range(1, count + 1)])

    with django_assert_num_queries(7):
        reader.get("/sv/modules/")


def test_empty_list_says_so(reader: Client) -> None:
    page_of().unpublish()

    assert "shelf" not in text_of(reader.get("/sv/modules/"))


# Reading


def test_module_page_shows_every_step_in_order(module: Module, reader: Client) -> None:
    response = reader.get(URL)

    steps = re.findall(r'data-step="([^"]+)"', text_of(response))
    assert response.status_code == 200
    assert steps == ["hook", "idea", "exercise", "takeaway"]
    assert "step--current" in step_of(response, "hook")


def test_reading_writes_nothing(module: Module, reader: Client) -> None:
    reader.get(URL)

    assert not Attempt.objects.exists()


def test_reading_takes_few_queries(
    module: Module, reader: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reader.get(URL)

    with django_assert_num_queries(4):
        reader.get(URL)


def test_reading_with_an_answer_takes_at_most_six_queries(
    module: Module, reader: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reader.post(ANSWER_URL, form(HALF))
    reader.get(URL)

    with django_assert_num_queries(6):
        reader.get(URL)


def test_page_without_an_answer_holds_no_feedback(tmp_path: Path, reader: Client) -> None:
    for number, exercise in enumerate(EXERCISES, start=1):
        load(tmp_path, module_data(f"DL-0{number}", exercise=exercise))

    for number in range(1, len(EXERCISES) + 1):
        assert SECRET not in text_of(reader.get(f"/sv/modules/dl-0{number}/"))


def test_published_change_shows_at_once(module: Module, reader: Client) -> None:
    reader.get(URL)
    page = page_of()
    page.title = "Nytt namn"
    page.save_revision().publish()

    assert "Nytt namn" in text_of(reader.get(URL))


def test_html_of_every_module_is_small(reader: Client) -> None:
    paths = sorted((FOLDER / "modules").glob("*.yaml"))
    load_modules(paths)

    sizes = {
        url: len(reader.get(url).content)
        for path in paths
        for url in (f"/{language}/modules/{path.stem}/" for language in READER)
    }

    assert {url: size for url, size in sizes.items() if not 5_000 < size <= 60_000} == {}


def test_module_missing_in_a_language_says_where_it_exists(module: Module, reader: Client) -> None:
    page_of(language="nb").unpublish()

    response = reader.get("/nb/modules/dl-01/")

    text = text_of(response)
    assert response.status_code == 404
    assert 'href="/sv/modules/dl-01/"' in text
    assert 'href="/da/modules/dl-01/"' in text
    assert "Title DL-01" not in text


def test_unknown_module_is_not_found(module: Module, reader: Client) -> None:
    assert reader.get("/sv/modules/dl-99/").status_code == 404


def test_module_asks_for_sign_in(module: Module) -> None:
    response = Client().get(URL)

    assert (response.status_code, response.url) == (302, f"/accounts/login/?next={URL}")


def test_tree_address_leads_to_the_module(module: Module, reader: Client) -> None:
    page = page_of()

    response = reader.get(f"/sv/{page.get_parent().slug}/{page.slug}/")

    assert (response.status_code, response.url) == (302, URL)
    assert page.url == URL


# Place


def test_place_is_remembered_across_languages(module: Module, reader: Client) -> None:
    assert reader.post(f"{URL}place/", {"step": "idea"}).status_code == 204

    response = reader.get("/da/modules/dl-01/")

    assert "step--current" in step_of(response, "idea")
    assert "step--current" not in step_of(response, "hook")


def test_place_that_does_not_exist_is_refused(module: Module, reader: Client) -> None:
    assert reader.post(f"{URL}place/", {"step": "nowhere"}).status_code == 400
    assert not Attempt.objects.exists()


# Answers


@pytest.mark.parametrize("exercise", EXERCISES)
def test_answer_shows_feedback_at_its_step(tmp_path: Path, reader: Client, exercise: str) -> None:
    load(tmp_path, module_data(exercise=exercise))
    data = form(WRONG[exercise])
    if exercise == "branching_dialogue":
        data = {"exercise-path": "", "exercise-choice": "n1:b"}

    response = reader.post(ANSWER_URL, data)
    step = step_of(reader.get(URL), "exercise")

    assert (response.status_code, response.url) == (302, f"{URL}#step-exercise")
    assert SECRET in step
    assert "tag--missed" in step
    assert "step--current" in step
    assert "data-submit" not in step


def test_answer_with_htmx_returns_the_step_alone(module: Module, reader: Client) -> None:
    response = reader.post(ANSWER_URL, form(RIGHT["definition_match"]), headers=HTMX)

    text = text_of(response)
    assert response.status_code == 200
    assert re.findall(r'data-step="([^"]+)"', text) == ["exercise"]
    assert "step--current" in text
    assert "tag--right" in text
    assert "<html" not in text


def test_double_click_is_one_answer(module: Module, reader: Client) -> None:
    for _ in range(2):
        assert reader.post(ANSWER_URL, {**form(HALF), "seconds": "31"}).status_code == 302

    answer = Answer.objects.get()
    assert (answer.number, answer.seconds) == (1, 31)
    assert LedgerEntry.objects.count() == 1


def test_retry_is_offered_once_and_not_after_all_right(module: Module, reader: Client) -> None:
    again = f"{URL}?again=exercise"
    reader.post(ANSWER_URL, form(WRONG["definition_match"]))
    assert again in step_of(reader.get(URL), "exercise")
    assert "data-submit" in step_of(reader.get(again), "exercise")

    reader.post(ANSWER_URL, form(HALF))
    answered = step_of(reader.get(URL), "exercise")
    still = step_of(reader.get(again), "exercise")

    assert again not in answered
    assert "data-submit" not in still
    assert Answer.objects.get(number=2).share == 0.5


def test_third_answer_leaves_the_two_that_count(module: Module, reader: Client) -> None:
    for answer in (WRONG["definition_match"], HALF, RIGHT["definition_match"]):
        assert reader.post(ANSWER_URL, form(answer)).status_code == 302

    assert Answer.objects.count() == 2


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_incomplete_answer_is_shown_again_with_what_was_given(
    module: Module, reader: Client, headers: dict[str, str]
) -> None:
    response = reader.post(ANSWER_URL, form({"i1": "aht", "i2": "fcr"}), headers=headers)

    step = step_of(response, "exercise")
    assert response.status_code == 400
    assert 'role="alert"' in step
    assert step.count(" checked") == 2
    assert "step--current" in step
    assert not Answer.objects.exists()


def test_choice_that_does_not_exist_is_refused(module: Module, reader: Client) -> None:
    response = reader.post(ANSWER_URL, form({**HALF, "i1": "<script>"}))

    assert response.status_code == 400
    assert "<script>" not in step_of(response, "exercise")


def test_answer_to_what_is_no_exercise_is_not_found(module: Module, reader: Client) -> None:
    assert reader.post(f"{URL}answer/idea/", {}).status_code == 404


def test_answer_address_opened_again_leads_to_the_step(module: Module, reader: Client) -> None:
    assert reader.get(ANSWER_URL).url == f"{URL}#step-exercise"


def test_answer_that_the_author_has_since_taken_away_is_asked_anew(
    module: Module, reader: Client
) -> None:
    reader.post(ANSWER_URL, form(HALF))
    Answer.objects.update(given={"gone": "aht"})

    assert "data-submit" in step_of(reader.get(URL), "exercise")


def test_conversation_goes_turn_by_turn_and_survives_leaving(
    tmp_path: Path, learner: Learner, reader: Client
) -> None:
    load(tmp_path, module_data(exercise="branching_dialogue"))

    reader.post(ANSWER_URL, {"exercise-path": "", "exercise-choice": "n1:a"})
    later = step_of(signed_in(learner).get(URL), "exercise")
    reader.post(ANSWER_URL, {"exercise-path": "n1:a", "exercise-choice": "n2:a"})
    ended = step_of(reader.get(URL), "exercise")

    assert 'value="n1:a"' in later
    assert "Customer n2" in later
    assert "Ended good sv" in ended
    assert Answer.objects.get().given == {"path": ["n1:a", "n2:a"]}


def test_conversation_is_tried_from_a_turn_again(tmp_path: Path, reader: Client) -> None:
    load(tmp_path, module_data(exercise="branching_dialogue"))
    for path, choice in (("", "n1:a"), ("n1:a", "n2:b")):
        reader.post(ANSWER_URL, {"exercise-path": path, "exercise-choice": choice})

    reader.post(ANSWER_URL, {"exercise-path": "n1:a,n2:b", "exercise-rewind": "1"})
    again = step_of(reader.get(URL), "exercise")
    reader.post(ANSWER_URL, {"exercise-path": "n1:a", "exercise-choice": "n2:a"})

    assert "Customer n2" in again
    assert "Ended" not in again
    assert [answer.given["path"][-1] for answer in Answer.objects.order_by("number")] == [
        "n2:b",
        "n2:a",
    ]


def test_turn_that_the_conversation_does_not_have_is_refused(
    tmp_path: Path, reader: Client
) -> None:
    load(tmp_path, module_data(exercise="branching_dialogue"))

    reader.post(ANSWER_URL, {"exercise-path": "", "exercise-choice": "n1:a"})

    response = reader.post(ANSWER_URL, {"exercise-path": "n2:a", "exercise-choice": "n1:a"})

    assert response.status_code == 400
    assert "Customer n2" in step_of(response, "exercise")
    assert Attempt.objects.get().draft == {"exercise": {"path": ["n1:a"]}}


# The end


def test_finish_keeps_the_chosen_sentence_and_says_when_it_comes_back(
    module: Module, learner: Learner, reader: Client
) -> None:
    reader.post(ANSWER_URL, form(RIGHT["definition_match"]))

    response = reader.post(f"{URL}finish/", {"takeaway-option": "b"})
    text = text_of(reader.get(response.url))

    assert response.url == f"{URL}finish/"
    assert Attempt.objects.get().take_away == "Next time b sv"
    assert "Now you can sv" in text
    assert "Next time b sv" in text
    assert "Läsa diagram och rapporter" in text
    assert str(learner.checks.get().due_on.year) in text


def test_own_words_win_over_the_choice(module: Module, reader: Client) -> None:
    reader.post(ANSWER_URL, form(HALF))

    reader.post(f"{URL}finish/", {"takeaway-option": "b", "takeaway-own": " Mina ord "})

    assert Attempt.objects.get().take_away == "Mina ord"


@pytest.mark.parametrize("words", ["x" * 301, "Mina\x00 ord"])
def test_words_that_cannot_be_kept_are_refused_and_nothing_is_lost(
    module: Module, reader: Client, words: str
) -> None:
    reader.post(ANSWER_URL, form(HALF))

    response = reader.post(f"{URL}finish/", {"takeaway-own": words})

    assert response.status_code == 400
    assert 'role="alert"' in step_of(response, "takeaway")
    assert Attempt.objects.get().completed_at is None


def test_module_with_an_open_exercise_is_not_done(module: Module, reader: Client) -> None:
    response = reader.post(f"{URL}finish/", {"takeaway-option": "a"})

    step = step_of(response, "exercise")
    assert response.status_code == 400
    assert 'role="alert"' in step
    assert "step--current" in step
    assert not LedgerEntry.objects.exists()


def test_finish_sent_twice_is_once(module: Module, reader: Client) -> None:
    reader.post(ANSWER_URL, form(HALF))
    for _ in range(2):
        assert reader.post(f"{URL}finish/", {"takeaway-option": "a"}).url == f"{URL}finish/"

    assert Attempt.objects.count() == 1
    assert LedgerEntry.objects.filter(source_kind="completion").count() == 1


def test_end_page_without_an_end_leads_to_the_module(module: Module, reader: Client) -> None:
    assert reader.get(f"{URL}finish/").url == URL


def test_finished_module_can_be_taken_again_from_the_start(
    module: Module, learner: Learner, reader: Client
) -> None:
    complete(learner)

    response = reader.get(URL)

    assert "data-submit" in step_of(response, "exercise")
    assert "step--current" in step_of(response, "hook")


# The short check


CHECK_URL = f"{URL}check/"


def complete(learner: Learner, pk: str = "DL-01") -> None:
    page = page_of(pk)
    attempt = attempts.open_attempt(learner, page.module, language="sv", now=LONG_AGO)
    attempts.answer(attempt, page, "exercise", RIGHT["definition_match"], now=LONG_AGO)
    attempts.complete(attempt, now=LONG_AGO, take_away="Min mening")


def choices(check: Check, option: str) -> dict[str, str]:
    check.refresh_from_db()
    return {"check": str(check.pk), **{f"{key}-chosen": option for key in check.item_keys}}


def test_check_asks_three_questions_without_their_feedback(
    module: Module, learner: Learner, reader: Client
) -> None:
    complete(learner)

    text = text_of(reader.get(CHECK_URL))

    assert text.count("recall") == 3
    assert SECRET not in text


def test_remembered_check_says_so_and_when_it_comes_back(
    module: Module, learner: Learner, reader: Client
) -> None:
    complete(learner)
    check = learner.checks.get()
    reader.get(CHECK_URL)

    response = reader.post(CHECK_URL, choices(check, "a"))
    text = text_of(reader.get(response.url))

    assert response.url == f"{CHECK_URL}?done={check.pk}"
    assert check.answers.count() == 3
    assert text.count("tag--right") == 3
    assert SECRET in text
    assert learner.checks.filter(completed_at=None).get().due_on > timezone.localdate()


def test_forgotten_check_shows_the_take_away(
    module: Module, learner: Learner, reader: Client
) -> None:
    complete(learner)
    check = learner.checks.get()
    reader.get(CHECK_URL)

    response = reader.post(CHECK_URL, choices(check, "b"))
    text = text_of(reader.get(response.url))

    assert "Min mening" in text
    assert "tag--missed" in text


def test_check_sent_twice_is_once(module: Module, learner: Learner, reader: Client) -> None:
    complete(learner)
    check = learner.checks.get()
    reader.get(CHECK_URL)
    data = choices(check, "a")

    addresses = [reader.post(CHECK_URL, data).url for _ in range(2)]

    assert addresses == [f"{CHECK_URL}?done={check.pk}"] * 2
    assert Answer.objects.filter(check_taken=check).count() == 3


def test_incomplete_check_keeps_what_was_given(
    module: Module, learner: Learner, reader: Client
) -> None:
    complete(learner)
    check = learner.checks.get()
    reader.get(CHECK_URL)
    data = choices(check, "a")
    data.popitem()

    response = reader.post(CHECK_URL, data)

    assert response.status_code == 400
    assert 'role="alert"' in text_of(response)
    assert text_of(response).count(" checked") == 2
    check.refresh_from_db()
    assert check.completed_at is None


def test_check_that_is_not_due_is_a_friendly_page(
    module: Module, learner: Learner, reader: Client
) -> None:
    complete(learner)
    learner.checks.update(due_on=timezone.localdate() + timedelta(days=3))

    response = reader.get(CHECK_URL)

    assert response.status_code == 200
    assert "recall" not in text_of(response)
    assert learner.checks.get().started_at is None


def test_check_of_a_module_never_taken_is_a_friendly_page(module: Module, reader: Client) -> None:
    assert reader.get(CHECK_URL).status_code == 200


# Strangers


def _attempt_answer(client: Client, attempt: Attempt) -> None:
    client.post(ANSWER_URL, form(RIGHT["definition_match"]))


def _attempt_place(client: Client, attempt: Attempt) -> None:
    client.post(f"{URL}place/", {"step": "takeaway"})


def _attempt_finish(client: Client, attempt: Attempt) -> None:
    client.post(f"{URL}finish/", {"takeaway-own": "mine now"})


@pytest.fixture
def people() -> dict[str, Learner]:
    root = make_team("Root")
    own, other = make_team("Own", root), make_team("Other", root)
    return {
        "self": make_member(own),
        "own manager": make_member(own, Role.MANAGER),
        "other manager": make_member(other, Role.MANAGER),
        "outsider": make_member(other),
    }


@pytest.mark.parametrize("who", ["own manager", "other manager", "outsider"])
@pytest.mark.parametrize("act", [_attempt_answer, _attempt_place, _attempt_finish])
def test_nobody_else_sees_or_changes_an_attempt(
    module: Module,
    people: dict[str, Learner],
    who: str,
    act: Callable[[Client, Attempt], None],
) -> None:
    signed_in(people["self"]).post(ANSWER_URL, form(WRONG["definition_match"]))
    attempt = Attempt.objects.get(learner=people["self"])
    stranger = signed_in(people[who])

    seen = text_of(stranger.get(URL))
    act(stranger, attempt)

    attempt.refresh_from_db()
    assert SECRET not in seen
    assert (attempt.step, attempt.completed_at, attempt.take_away) == ("exercise", None, "")
    assert attempt.answers.count() == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [("self", 200), ("own manager", 404), ("other manager", 404), ("outsider", 404)],
)
def test_only_the_learner_sees_a_check_that_was_taken(
    module: Module, people: dict[str, Learner], who: str, status: int
) -> None:
    learner = people["self"]
    complete(learner)
    check = learner.checks.get()
    items = reviews.start(check, page_of(), LONG_AGO)
    answers = {item["key"]: ["a"] for item in items}
    reviews.take(check, page_of(), answers, LONG_AGO + timedelta(days=5))

    response = signed_in(people[who]).get(f"{CHECK_URL}?done={check.pk}")

    assert response.status_code == status


@pytest.mark.parametrize("who", ["own manager", "other manager", "outsider"])
def test_nobody_else_takes_a_check(module: Module, people: dict[str, Learner], who: str) -> None:
    complete(people["self"])
    check = people["self"].checks.get()
    signed_in(people["self"]).get(CHECK_URL)

    response = signed_in(people[who]).post(CHECK_URL, choices(check, "a"))

    check.refresh_from_db()
    assert response.status_code == 200
    assert "recall" not in text_of(response)
    assert check.completed_at is None


def test_account_that_learns_nothing_may_read_but_not_answer(module: Module) -> None:
    client = Client()
    client.force_login(UserFactory())

    assert client.get(URL).status_code == 200
    assert client.post(ANSWER_URL, form(HALF)).status_code == 403
    assert client.get(CHECK_URL).status_code == 403


# The public pages


def test_home_is_public_and_names_what_it_is_inspired_by(module: Module) -> None:
    response = Client().get("/da/")

    text = text_of(response)
    assert response.status_code == 200
    assert "DAILY" in text
    assert "hverken gennemgået eller godkendt" in text
    assert "Dataanalyse og logik" in text


def test_area_page_lists_its_modules(module: Module) -> None:
    response = Client().get("/nb/dataanalyse-og-logikk/")

    assert response.status_code == 200
    assert 'href="/nb/modules/dl-01/"' in text_of(response)

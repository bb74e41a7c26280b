"""An administrator says what matters in a queue, and suggestions weigh it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from coaching.models import Importance, VendorQueue
from coaching.suggestions.situation import load_shelf
from literacy.models import Role
from tests.coaching.room import make_user, page, signed_in
from tests.factories import make_competence, make_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> Client:
    return signed_in(make_user(Role.ADMINISTRATOR, in_cms=True))


@pytest.fixture
def queue() -> VendorQueue:
    make_competence("CO3"), make_competence("DL1", "DL")
    return VendorQueue.objects.create(
        connection=make_connection("a"), external_id="q", name="Faktura"
    )


def said() -> set[tuple[Any, ...]]:
    return set(Importance.objects.values_list("queue__name", "competence_id", "weight"))


def say(client: Client, queue: VendorQueue | None = None, **weights: str) -> Any:
    address = reverse("connections:importance", args=["a"])
    return client.post(f"{address}?queue={queue.pk}" if queue else address, weights, follow=True)


def test_importance_of_all_queues_and_of_one_reaches_suggestions(
    administrator: Client, queue: VendorQueue
) -> None:
    say(administrator, CO3="2.0", DL1="")
    shown = say(administrator, queue, CO3="1.0", DL1="0.5").content.decode()

    assert said() == {(None, "CO3", 2.0), ("Faktura", "CO3", 1.0), ("Faktura", "DL1", 0.5)}
    assert load_shelf().importance == {None: {"CO3": 2.0}, queue.pk: {"CO3": 1.0, "DL1": 0.5}}
    assert "It is saved." in shown
    assert shown.count(" selected>") == 3  # the queue, and a choice for each competence


def test_importance_taken_back_leaves_no_row(administrator: Client, queue: VendorQueue) -> None:
    say(administrator, queue, CO3="1.5", DL1="2.0")

    say(administrator, queue, CO3="", DL1="")

    assert said() == set()


def test_a_weight_of_another_origin_is_shown_and_kept(
    administrator: Client, queue: VendorQueue
) -> None:
    Importance.objects.create(queue=queue, competence_id="CO3", weight=3.25)

    say(administrator, queue, CO3="3.25", DL1="")

    assert said() == {("Faktura", "CO3", 3.25)}


def test_a_weight_that_is_no_choice_is_refused(administrator: Client, queue: VendorQueue) -> None:
    response = say(administrator, queue, CO3="900", DL1="2.0")

    assert "900 is not one of the available choices" in response.content.decode()
    assert said() == set()


@pytest.mark.parametrize("number", ["0", "x", "99999999999999999999"])
def test_a_queue_of_nobody_is_not_there(
    administrator: Client, queue: VendorQueue, number: str
) -> None:
    address = reverse("connections:importance", args=["a"])

    assert administrator.get(f"{address}?queue={number}").status_code == 404


def test_a_queue_of_another_platform_is_not_there(
    administrator: Client, queue: VendorQueue
) -> None:
    make_connection("b")

    address = reverse("connections:importance", args=["b"])

    assert administrator.get(f"{address}?queue={queue.pk}").status_code == 404


def test_before_there_are_competences_the_page_says_so(administrator: Client) -> None:
    make_connection("a")

    assert "There are no competences yet." in page(administrator, "importance", "a")

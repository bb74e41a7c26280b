"""Agents, form lines and what was kept aside: what only a person can clear up."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coaching import evidence
from coaching.intake import files, run_lock
from coaching.models import (
    Connection,
    Evaluation,
    FormLine,
    Interaction,
    QuarantinedPayload,
    VendorAgent,
)
from literacy.models import LedgerEntry, Role
from tests.coaching.room import keep_aside, make_user, page, post, signed_in
from tests.coaching.uploads import (
    EVALUATIONS,
    make_file_connection,
    make_import,
)
from tests.engine import make_evaluation, make_form
from tests.factories import (
    NOW,
    LearnerFactory,
    UserFactory,
    make_connection,
    make_criterion,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("while_samples_are_young")]


@pytest.fixture
def sanna() -> Any:
    return LearnerFactory(user=UserFactory(username="sanna@demo.example"))


@pytest.fixture
def administrator() -> Client:
    return signed_in(make_user(Role.ADMINISTRATOR, in_cms=True))


def test_agents_lists_the_unmapped_first(administrator: Client, sanna) -> None:
    connection = make_file_connection()
    VendorAgent.objects.create(connection=connection, external_id="a-known", learner=sanna)
    VendorAgent.objects.create(connection=connection, external_id="z-unknown")

    shown = page(administrator, "agents", "filer")

    assert shown.index("z-unknown") < shown.index(["sanna@demo.example", "/td>"][0])


def test_agents_are_mapped_by_address_and_what_waited_is_taken_in(
    administrator: Client, sanna
) -> None:
    connection = make_file_connection()
    files.run_import(make_import(connection=connection), timezone.now())
    agent = VendorAgent.objects.get(external_id="4711")

    shown = post(administrator, "agents", "filer", **{f"email-{agent.pk}": " Sanna@Demo.example "})

    agent.refresh_from_db()
    assert agent.learner == sanna
    assert "1 agent is mapped." in shown
    assert Interaction.objects.filter(external_id="S-3", learner=sanna).exists()
    assert not QuarantinedPayload.objects.exists()


def test_agents_with_an_unknown_address_keep_what_was_written(administrator: Client) -> None:
    connection = make_file_connection()
    agent = VendorAgent.objects.create(connection=connection, external_id="4711")

    shown = post(administrator, "agents", "filer", **{f"email-{agent.pk}": "nobody@demo.example"})

    assert "Nobody here has the address nobody@demo.example." in shown
    assert 'value="nobody@demo.example"' in shown


def test_agents_of_another_connection_are_out_of_reach(administrator: Client, sanna) -> None:
    make_file_connection()
    other = make_connection("other")
    agent = VendorAgent.objects.create(connection=other, external_id="4711")

    post(administrator, "agents", "filer", **{f"email-{agent.pk}": "sanna@demo.example"})

    agent.refresh_from_db()
    assert agent.learner is None


def test_agents_and_lines_with_large_numbers_are_mapped(administrator: Client, sanna) -> None:
    connection = make_file_connection()
    form = connection.forms.create(context_id="f1", name="Kvalitet")
    agent = VendorAgent.objects.create(pk=1234567, connection=connection, external_id="4711")
    line = FormLine.objects.create(pk=1234567, form=form, context_id="x", text="Frågor")
    make_criterion("Q02")

    shown = [page(administrator, at, "filer") for at in ("agents", "lines")]
    post(administrator, "agents", "filer", **{"email-1234567": "sanna@demo.example"})
    post(administrator, "lines", "filer", **{"line-1234567": "Q02"})

    assert ['name="email-1234567"' in shown[0], 'name="line-1234567"' in shown[1]] == [True, True]
    agent.refresh_from_db()
    line.refresh_from_db()
    assert (agent.learner, line.criterion_id) == (sanna, "Q02")


@pytest.fixture
def mistaken(sanna) -> VendorAgent:
    """An agent of a platform who was taken for Sanna, with what came of it."""
    connection = make_file_connection()
    agent = VendorAgent.objects.create(connection=connection, external_id="4711", learner=sanna)
    for slug in ("filer", "other"):
        of = connection if slug == "filer" else make_connection(slug)
        Interaction.objects.create(
            connection=of,
            external_id="c1",
            learner=sanna,
            started_at=NOW,
            source_updated_at=NOW,
            content_hash="",
        )
        make_evaluation(sanna, make_form(of, make_criterion("Q02", "CO3")), 2)
    evidence.weigh_waiting(NOW)
    return agent


def test_mapping_is_undone_after_a_question_in_words(
    administrator: Client, mistaken: VendorAgent, sanna
) -> None:
    listed = page(administrator, "agents", "filer")
    asked = page(administrator, "unmap_agent", "filer", mistaken.pk)
    mistaken.refresh_from_db()
    assert reverse("connections:unmap_agent", args=["filer", mistaken.pk]) in listed
    assert "All contacts and evaluations that this connection has stored" in asked
    assert mistaken.learner == sanna

    told = post(administrator, "unmap_agent", "filer", mistaken.pk)

    mistaken.refresh_from_db()
    assert "The mapping is undone" in told
    assert mistaken.learner is None
    assert Interaction.objects.get().connection.slug == "other"
    assert Evaluation.objects.get().connection.slug == "other"
    assert LedgerEntry.objects.get().source_key.startswith(Evaluation.objects.get().source_prefix)


def test_mapping_stays_while_another_job_is_at_its_connection(
    administrator: Client, mistaken: VendorAgent, sanna
) -> None:
    with run_lock(mistaken.connection):
        told = post(administrator, "unmap_agent", "filer", mistaken.pk)

    mistaken.refresh_from_db()
    assert "Another job is at this connection." in told
    assert mistaken.learner == sanna


@pytest.mark.parametrize("pk", [0, 10**30])
def test_mapping_of_nobody_cannot_be_undone(administrator: Client, mistaken, pk: int) -> None:
    answer = administrator.post(reverse("connections:unmap_agent", args=["filer", pk]))

    assert answer.status_code == 404


@pytest.fixture
def evaluated(sanna) -> Connection:
    connection = make_file_connection()
    files.run_import(make_import(EVALUATIONS, "evaluations", connection), NOW)
    Evaluation.objects.update(weighed_at=NOW)
    return connection


def test_lines_are_mapped_once_and_what_rests_on_them_is_weighed_anew(
    administrator: Client, evaluated: Connection
) -> None:
    criterion = make_criterion("Q02")
    first, second = FormLine.objects.order_by("position")

    shown = post(
        administrator, "lines", "filer", **{f"line-{first.pk}": "Q02", f"line-{second.pk}": "none"}
    )

    first.refresh_from_db()
    second.refresh_from_db()
    assert "2 lines are saved." in shown
    assert (first.criterion, second.criterion) == (criterion, None)
    assert first.mapped_by
    assert second.mapped_at
    assert Evaluation.objects.filter(weighed_at__gt=NOW).exists()  # the job has run, eagerly
    assert "form lines to map" not in page(administrator, "index")


def test_lines_left_as_they_were_are_not_weighed_again(
    administrator: Client, evaluated: Connection
) -> None:
    line = FormLine.objects.earliest("pk")

    post(administrator, "lines", "filer", **{f"line-{line.pk}": ""})

    assert Evaluation.objects.get().weighed_at == NOW
    assert FormLine.objects.get(pk=line.pk).mapped_at is None


def test_lines_refuse_a_criterion_that_is_none_of_ours(
    administrator: Client, evaluated: Connection
) -> None:
    line = FormLine.objects.earliest("pk")

    post(administrator, "lines", "filer", **{f"line-{line.pk}": "Q99"})

    assert FormLine.objects.get(pk=line.pk).mapped_at is None


def test_quarantine_shows_reason_and_end_but_never_what_it_holds(administrator: Client) -> None:
    connection = make_file_connection()
    keep_aside(connection, detail="conversationStart: is not a time")

    shown = page(administrator, "quarantine", "filer")

    assert "conversationStart: is not a time" in shown
    assert "Could not be read" in shown
    assert "private words" not in shown


def test_quarantine_deletes_what_is_ticked_of_its_own_connection(administrator: Client) -> None:
    mine, kept = keep_aside(make_file_connection()), keep_aside(make_connection("other"))

    absurd = ["x", 10**18, "9" * 5000]
    post(administrator, "delete_payloads", "filer", payload=[mine.pk, kept.pk, *absurd])

    assert list(QuarantinedPayload.objects.all()) == [kept]


def test_quarantine_offers_a_large_number_as_it_is(administrator: Client) -> None:
    keep_aside(make_file_connection(), pk=1234567)

    assert 'value="1234567"' in page(administrator, "quarantine", "filer")


def test_quarantine_takes_in_what_has_been_mapped(administrator: Client) -> None:
    connection = make_file_connection()
    files.run_import(make_import(connection=connection), timezone.now())
    VendorAgent.objects.filter(external_id="4711").update(learner=LearnerFactory())
    assert "Take in 1 whose agent is mapped by now" in page(administrator, "quarantine", "filer")

    post(administrator, "retry", "filer")

    assert Interaction.objects.filter(external_id="S-3").exists()

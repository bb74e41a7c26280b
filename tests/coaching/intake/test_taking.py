"""Records become rows once, later versions win, and nothing gets lost."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from coaching import evidence, records
from coaching.intake import Intake, replay
from coaching.integrations.base import Batch, Rejected, Resource
from coaching.models import (
    Connection,
    Evaluation,
    EvaluationForm,
    EvaluationHistory,
    FormLine,
    Interaction,
    QuarantinedPayload,
    Run,
    VendorAgent,
    Watermark,
    encrypted,
)
from literacy.models import Belief, Learner, LedgerEntry, Membership
from literacy.privacy.erase import erase
from literacy.privacy.export import export
from literacy.privacy.retention import end_due
from tests.factories import (
    NOW,
    LearnerFactory,
    make_connection,
    make_criterion,
    make_member,
    make_team,
)

pytestmark = pytest.mark.django_db


def intake() -> Intake:
    connection = make_connection()
    learner = LearnerFactory()
    VendorAgent.objects.create(connection=connection, external_id="u1", learner=learner)
    run = Run.objects.create(connection=connection, kind="pull", started_at=NOW)
    return Intake(run, now=NOW)


def contact(**fields: object) -> records.Interaction:
    base = records.Interaction(
        external_id="c1",
        leg_id="s1",
        agent_external_id="u1",
        queue_external_id="q1",
        queue_name="Faktura",
        channel=records.Channel.VOICE,
        started_at=datetime(2026, 11, 2, 8, tzinfo=UTC),
        ended_at=datetime(2026, 11, 2, 8, 6, tzinfo=UTC),
        talk_ms=301_000,
    )
    return replace(base, **fields)


def evaluation(**fields: object) -> records.Evaluation:
    base = records.Evaluation(
        external_id="e1",
        revision="1",
        interaction_external_id="c1",
        agent_external_id="u1",
        evaluator_external_id="u9",
        form_context_id="f1",
        form_name="Kvalitet",
        status=records.EvaluationStatus.RELEASED,
        score_pct=Decimal(60),
        released_at=datetime(2026, 11, 3, 8, tzinfo=UTC),
        answers=(
            records.Answer(
                question_external_id="x1",
                question_context_id="x",
                question_text="Ställer frågor",
                points=Decimal(2),
                max_points=Decimal(5),
            ),
        ),
    )
    return replace(base, **fields)


TAKEN_BACK = evaluation(status=records.EvaluationStatus.RETRACTED, released_at=None)


def make_line(connection: Connection) -> FormLine:
    """A line that `evaluation` answers, with a criterion."""
    form = EvaluationForm.objects.create(connection=connection, context_id="f1")
    criterion = make_criterion("Q02", "CO3")
    return FormLine.objects.create(form=form, context_id="x", text="Frågor", criterion=criterion)


def batch(*found: records.Record, resource: Resource = Resource.INTERACTIONS, **more) -> Batch:
    return Batch(resource=resource, records=found, **more)


def test_take_stores_a_contact_with_its_queue_and_learner() -> None:
    taking = intake()

    happened = taking.take(batch(contact()))

    row = Interaction.objects.get()
    assert +happened == {"read": 1, "new": 1}
    assert (row.talk_ms, row.queue.name, row.started_at) == (
        301_000,
        "Faktura",
        datetime(2026, 11, 2, 8, tzinfo=UTC),
    )
    assert row.learner_id == taking.learner_id("u1")


def test_take_twice_changes_nothing() -> None:
    taking = intake()
    taking.take(batch(contact(), contact(leg_id="s2")))
    before = list(Interaction.objects.order_by("pk").values())

    happened = taking.take(batch(contact(), contact(leg_id="s2")))

    assert (happened["new"], happened["changed"], happened["same"]) == (0, 0, 2)
    assert list(Interaction.objects.order_by("pk").values()) == before


def test_take_lets_the_later_version_win_and_ignores_an_older_one() -> None:
    taking = intake()
    later = datetime(2026, 11, 4, tzinfo=UTC)
    taking.take(batch(contact(source_updated_at=later, acw_ms=10)))

    older = taking.take(batch(contact(source_updated_at=later - timedelta(hours=1), acw_ms=99)))
    newer = taking.take(batch(contact(source_updated_at=later + timedelta(hours=1), acw_ms=20)))

    assert (older["same"], newer["changed"]) == (1, 1)
    assert Interaction.objects.get().acw_ms == 20


def test_take_with_one_key_twice_in_a_batch_keeps_the_latest() -> None:
    taking = intake()
    first = contact(source_updated_at=datetime(2026, 11, 4, tzinfo=UTC), acw_ms=1)
    second = contact(source_updated_at=datetime(2026, 11, 5, tzinfo=UTC), acw_ms=2)

    taking.take(batch(second, first))

    assert Interaction.objects.get().acw_ms == 2


def test_take_keeps_an_unknown_agent_aside_and_takes_them_in_once_mapped() -> None:
    taking = intake()
    taking.take(batch(contact(agent_external_id="u2")))
    assert Interaction.objects.count() == 0
    assert QuarantinedPayload.objects.get().reason == "unknown_agent"
    learner = LearnerFactory()
    VendorAgent.objects.create(connection=taking.connection, external_id="u2", learner=learner)

    replay(taking.run, NOW)

    assert Interaction.objects.get().learner == learner
    assert QuarantinedPayload.objects.count() == 0


def test_take_seals_what_cannot_be_read_and_keeps_the_rest() -> None:
    taking = intake()
    broken = Rejected("c9", "conversationStart", "is not a time", b'{"conversationId": "c9"}')

    happened = taking.take(batch(contact(), unreadable=(broken,)))

    kept = QuarantinedPayload.objects.get()
    assert happened["unreadable"] == 1
    assert Interaction.objects.count() == 1
    assert kept.detail == "conversationStart: is not a time"
    assert encrypted.open_sealed(kept.sealed) == b'{"conversationId": "c9"}'
    assert b"conversationId" not in bytes(kept.sealed)
    assert (kept.ends_at - kept.received_at) == timedelta(days=14)


def test_take_stores_the_watermark_and_counts_with_the_batch() -> None:
    taking = intake()
    mark = datetime(2026, 11, 9, tzinfo=UTC)

    taking.take(batch(contact(), watermark=mark))

    taking.run.refresh_from_db()
    assert Watermark.objects.get().reached_at == mark
    assert taking.run.counts["interactions"]["new"] == 1
    assert taking.run.rows_done == 1


def test_take_stores_nothing_of_a_batch_that_fails_half_way() -> None:
    taking = intake()
    not_bytes = Rejected("c9", "field", "reason", "text, so it cannot be sealed")  # type: ignore[arg-type]

    with pytest.raises(TypeError):
        taking.take(batch(contact(), unreadable=(not_bytes,)))

    assert Interaction.objects.count() == 0


def test_take_holds_back_an_evaluation_that_is_not_released() -> None:
    taking = intake()
    waiting = evaluation(status=records.EvaluationStatus.SUBMITTED, released_at=None)

    happened = taking.take(batch(waiting, resource=Resource.EVALUATIONS))

    assert happened["not_released"] == 1
    assert Evaluation.objects.count() == 0


def test_take_keeps_the_earlier_revision_of_an_evaluation() -> None:
    taking = intake()
    taking.take(batch(contact()))
    taking.take(batch(evaluation(), resource=Resource.EVALUATIONS))
    Evaluation.objects.update(weighed_at=NOW)
    answer = replace(evaluation().answers[0], points=Decimal(4))

    happened = taking.take(
        batch(evaluation(revision="2", answers=(answer,)), resource=Resource.EVALUATIONS)
    )

    row = Evaluation.objects.get()
    line = row.answers.get()
    assert happened["changed"] == 1
    assert (line.score_pct, row.weighed_at, row.interaction.external_id) == (80.0, None, "c1")
    history = EvaluationHistory.objects.get()
    assert [Decimal(points) for points in history.lines[str(line.line_id)]] == [2, 5]


def test_take_ignores_an_older_revision() -> None:
    taking = intake()
    taking.take(batch(evaluation(revision="10"), resource=Resource.EVALUATIONS))

    happened = taking.take(
        batch(evaluation(revision="9", score_pct=Decimal(1)), resource=Resource.EVALUATIONS)
    )

    assert happened["same"] == 1
    assert Evaluation.objects.get().revision == "10"


def test_take_of_a_retracted_evaluation_leaves_nothing_of_it() -> None:
    taking = intake()
    learner = Learner.objects.get()
    as_before = export(learner)
    make_line(taking.connection)
    taking.take(batch(evaluation(), evaluation(revision="2"), resource=Resource.EVALUATIONS))
    evidence.weigh_waiting(NOW)
    assert LedgerEntry.objects.exists()
    assert EvaluationHistory.objects.exists()

    happened = taking.take(batch(TAKEN_BACK, resource=Resource.EVALUATIONS))

    assert happened["changed"] == 1
    assert not Belief.objects.exists()
    assert export(learner) == as_before


def test_take_lets_a_retracted_evaluation_rest() -> None:
    taking = intake()
    taking.take(batch(evaluation(), resource=Resource.EVALUATIONS))
    taking.take(batch(TAKEN_BACK, resource=Resource.EVALUATIONS))

    again = taking.take(batch(TAKEN_BACK, resource=Resource.EVALUATIONS))
    back = taking.take(batch(evaluation(), resource=Resource.EVALUATIONS))

    assert (again["not_released"], back["new"]) == (1, 1)
    assert Evaluation.objects.get().status == "released"


def test_take_of_an_evaluation_retracted_and_released_in_one_batch_keeps_the_last() -> None:
    taking = intake()
    make_line(taking.connection)
    taking.take(batch(evaluation(), resource=Resource.EVALUATIONS))
    evidence.weigh_waiting(NOW)

    happened = taking.take(batch(TAKEN_BACK, evaluation(), resource=Resource.EVALUATIONS))
    evidence.weigh_waiting(NOW)

    assert (happened["changed"], happened["new"]) == (1, 1)
    assert LedgerEntry.objects.count() == Evaluation.objects.count() == 1


def test_take_of_an_evaluation_that_was_about_somebody_else_takes_it_from_them() -> None:
    taking = intake()
    other = LearnerFactory()
    VendorAgent.objects.create(connection=taking.connection, external_id="u2", learner=other)
    line = make_line(taking.connection)
    first = Learner.objects.get(pk=taking.learner_id("u1"))
    as_before = export(first)
    taking.take(batch(evaluation(), evaluation(revision="2"), resource=Resource.EVALUATIONS))
    evidence.weigh_waiting(NOW)
    assert LedgerEntry.objects.get().learner == first

    moved = evaluation(agent_external_id="u2", revision="3")
    happened = taking.take(batch(moved, resource=Resource.EVALUATIONS))
    evidence.weigh_waiting(NOW)

    assert happened["changed"] == 1
    assert LedgerEntry.objects.get().learner == other
    released = Evaluation.objects.get()
    assert (released.external_id, released.learner) == ("e1", other)
    assert released.answers.get().line == line
    assert not EvaluationHistory.objects.exists()
    assert export(first) == as_before


@pytest.mark.parametrize("agent", ["u1", "nobody we know"])
def test_take_refuses_what_is_older_than_is_kept(agent: str) -> None:
    taking = intake()
    moment = NOW - timedelta(days=365)
    old = {"agent_external_id": agent, "ended_at": None, "started_at": moment}
    old_evaluation = evaluation(agent_external_id=agent, released_at=moment)

    contacts = taking.take(batch(contact(**old), contact(external_id="c2")))
    evaluations = taking.take(batch(old_evaluation, resource=Resource.EVALUATIONS))

    assert +contacts == {"read": 2, "new": 1, "too_old": 1}
    assert +evaluations == {"read": 1, "too_old": 1}
    assert (Interaction.objects.get().external_id, Evaluation.objects.count()) == ("c2", 0)
    assert not QuarantinedPayload.objects.exists()
    assert end_due(NOW)["coaching.interaction"] == 0


def test_take_hears_that_an_old_evaluation_was_taken_back() -> None:
    taking = intake()
    taking.take(batch(evaluation(), resource=Resource.EVALUATIONS))
    old = replace(TAKEN_BACK, released_at=NOW - timedelta(days=400))

    taking.take(batch(old, resource=Resource.EVALUATIONS))

    assert not Evaluation.objects.exists()


def test_take_counts_a_line_that_became_critical_or_fatal_as_changed() -> None:
    taking = intake()

    def form(**fields: bool) -> Batch:
        question = records.Question(external_id="x1", context_id="x", text="Frågor", **fields)
        group = records.FormGroup(external_id="g1", context_id="g", questions=(question,))
        asked = records.EvaluationForm(
            external_id="f1v1", context_id="f1", name="Kvalitet", groups=(group,)
        )
        return batch(asked, resource=Resource.FORMS)

    taking.take(form())
    happened = [taking.take(form(**{flag: True})) for flag in ("is_critical", "is_fatal")]

    line = FormLine.objects.get()
    assert [each["changed"] for each in happened] == [1, 1]
    assert (line.is_critical, line.is_fatal) == (False, True)


def test_take_of_two_revisions_in_one_batch_keeps_the_first_as_history() -> None:
    taking = intake()

    happened = taking.take(
        batch(
            evaluation(),
            evaluation(revision="2", score_pct=Decimal(80)),
            resource=Resource.EVALUATIONS,
        )
    )

    assert (happened["new"], happened["changed"]) == (1, 1)
    assert Evaluation.objects.get().score_pct == 80
    assert EvaluationHistory.objects.get().revision == "1"


def test_take_maps_an_agent_by_email_and_then_drops_the_address() -> None:
    taking = intake()
    learner = LearnerFactory()
    known = records.AgentRef(external_id="u5", email=learner.user.email, display_name="Kim")
    unknown = records.AgentRef(external_id="u6", email="nobody@example.test", display_name="Bo")

    taking.take(batch(known, unknown, resource=Resource.AGENTS))

    mapped = VendorAgent.objects.get(external_id="u5")
    waiting = VendorAgent.objects.get(external_id="u6")
    assert (mapped.learner, mapped.email, mapped.display_name) == (learner, "", "")
    assert (waiting.learner, waiting.email) == (None, "nobody@example.test")


def test_take_turns_roster_snapshots_into_dated_memberships() -> None:
    taking = intake()
    stays, moves, leaves = (LearnerFactory() for _ in range(3))
    first, second = make_team("Ett"), make_team("Två")
    for number, learner in enumerate([stays, moves, leaves]):
        VendorAgent.objects.create(
            connection=taking.connection, external_id=f"a{number}", learner=learner
        )
    teams = [records.TeamRef(external_id=name, name=name) for name in ("Ett", "Två")]
    taking.take(batch(*teams, resource=Resource.TEAMS))

    def snapshot(day: date, **where: str) -> Batch:
        entries = [
            records.RosterEntry(
                agent_external_id=agent, team_external_id=team, team_name=team, valid_from=day
            )
            for agent, team in where.items()
        ]
        return batch(*entries, resource=Resource.ROSTER)

    taking.take(snapshot(date(2026, 9, 7), a0="Ett", a1="Ett", a2="Ett"))
    taking.take(snapshot(date(2026, 10, 5), a0="Ett", a1="Två"))

    rows = set(Membership.objects.values_list("learner", "team", "starts_on", "ends_on"))
    assert rows == {
        (stays.pk, first.pk, date(2026, 9, 7), None),
        (moves.pk, first.pk, date(2026, 9, 7), date(2026, 10, 5)),
        (moves.pk, second.pk, date(2026, 10, 5), None),
        (leaves.pk, first.pk, date(2026, 9, 7), date(2026, 10, 5)),
    }


def test_take_ends_no_membership_from_an_incomplete_snapshot() -> None:
    taking = intake()
    team = make_team("Ett")
    learner = make_member(team)
    VendorAgent.objects.create(connection=taking.connection, external_id="a0", learner=learner)
    taking.take(batch(records.TeamRef(external_id="Ett", name="Ett"), resource=Resource.TEAMS))
    entry = records.RosterEntry(
        agent_external_id="u1", team_external_id="Ett", valid_from=date(2026, 11, 2)
    )

    broken = Rejected("a0", "id", "empty", b"{}")
    taking.take(batch(entry, resource=Resource.ROSTER, unreadable=(broken,)))

    assert learner.memberships.get().ends_on is None


def roster(**teams: str) -> Batch:
    entries = [
        records.RosterEntry(
            agent_external_id=agent, team_external_id=team, valid_from=date(2026, 11, 2)
        )
        for agent, team in teams.items()
    ]
    return batch(*entries, resource=Resource.ROSTER)


def test_take_of_a_roster_ends_no_membership_of_somebody_this_platform_does_not_know() -> None:
    taking = intake()
    elsewhere = make_member(make_team("Ett"))
    team = records.TeamRef(external_id="Ett", name="Ett")
    taking.take(batch(team, resource=Resource.TEAMS))

    taking.take(roster(u1="Ett", not_mapped_yet="Ett"))

    assert elsewhere.memberships.get().ends_on is None


def test_erasing_leaves_the_mapping_and_so_the_place_in_the_team() -> None:
    taking = intake()
    learner = make_member(make_team("Ett"), learner=Learner.objects.get())
    team = records.TeamRef(external_id="Ett", name="Ett")
    taking.take(batch(contact()))
    taking.take(batch(team, resource=Resource.TEAMS))

    erase(learner)
    later = Intake(taking.run, now=NOW)
    later.take(batch(records.AgentRef(external_id="u1"), resource=Resource.AGENTS))
    later.take(roster(u1="Ett"))

    assert not Interaction.objects.exists()
    assert VendorAgent.objects.get().learner == learner
    assert learner.memberships.get().ends_on is None

"""People in quantity, with what the nightly and the weekly job read of each."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models

from coaching.models import (
    Connection,
    Evaluation,
    EvaluationAnswer,
    EvaluationForm,
    FormLine,
    Interaction,
)
from literacy.models import (
    Answer,
    Attempt,
    Belief,
    Check,
    Learner,
    LedgerEntry,
    Membership,
    Role,
    Team,
)
from literacy.privacy import notices

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
LAST_WEEK_ON = date(2026, 11, 9)
IN_A_TEAM = 20
COMPETENCES = ("CO2", "CO3", "CO4", "CO5", "TS3", "TK2", "TK3", "DL1")
LINES = {"Q02": 40, "Q03": 70, "Q08": 60, "Q12": 80}  # criterion -> score
EVALUATIONS = 4


def populate(count: int) -> list[int]:
    """Make learners in teams of twenty, and return their keys."""
    learners = _learners(count)
    notices.record("SE", date(2026, 1, 5))
    connection = Connection.objects.create(
        name="Bench", slug="bench", vendor="genesys", country="SE"
    )
    for rows in (
        _memberships(learners),
        _beliefs(learners),
        _ledger(learners),
        _attempts(learners),
        _checks(learners),
        _contacts(learners, connection),
        _evaluations(learners, connection),
    ):
        _store(rows)
    _answers()
    return [learner.pk for learner in learners]


def _store(rows: Iterator[models.Model]) -> list[Any]:
    found = list(rows)
    return type(found[0])._default_manager.bulk_create(found, batch_size=2000)


def _learners(count: int) -> list[Learner]:
    names = (f"learner{number}@bench.example" for number in range(count))
    users = get_user_model().objects.bulk_create(
        get_user_model()(username=name, email=name) for name in names
    )
    long_ago = datetime(2026, 1, 5, tzinfo=UTC)
    return Learner.objects.bulk_create(
        Learner(user=user, language="sv", activated_at=long_ago) for user in users
    )


def _memberships(learners: list[Learner]) -> Iterator[Membership]:
    root = Team.add_root(name="Population", country="SE")
    team = root
    for number, learner in enumerate(learners):
        if number % IN_A_TEAM == 0:
            team = root.add_child(name=f"Team of {number}", country="SE")
        yield Membership(learner=learner, team=team, role=Role.AGENT, starts_on=date(2026, 1, 5))


def _beliefs(learners: list[Learner]) -> Iterator[Belief]:
    for learner in learners:
        for number, name in enumerate((None, *COMPETENCES)):
            yield Belief(
                learner=learner,
                competence_id=name,
                mean=(learner.pk * 7 + number * 5) % 20 / 10 - 1,
                variance=0.15,
                updated_at=NOW - timedelta(days=7),
            )


def _ledger(learners: list[Learner]) -> Iterator[LedgerEntry]:
    for learner in learners:
        for number in range(2 * len(COMPETENCES)):
            at = NOW - timedelta(days=10 + number)
            yield LedgerEntry(
                learner=learner,
                competence_id=COMPETENCES[number % len(COMPETENCES)],
                source_kind="evaluation",
                source_key=f"evaluation:1:{learner.pk}:line:{number}",
                title={"sv": "Behovsanalys", "nb": "Behov", "da": "Behov"},
                observation={"kind": "score", "score_pct": 40, "severity": 0, "noise": 1.6},
                observed_at=at,
                recorded_at=at,
                skill_delta=(learner.pk + number) % 10 / 20 - 0.25,
                general_delta=0.02,
                skill_variance_delta=-0.05,
                general_variance_delta=-0.01,
            )


def _attempts(learners: list[Learner]) -> Iterator[Attempt]:
    for learner in learners:
        at = NOW - timedelta(days=6 + learner.pk % 40)
        yield Attempt(
            learner=learner, module_id="DL-01", language="sv", started_at=at, completed_at=at
        )


def _answers() -> None:
    Answer.objects.bulk_create(
        (
            Answer(
                attempt_id=pk, key="exercise", given={}, share=0.5, tasks={}, answered_at=started_at
            )
            for pk, started_at in Attempt.objects.values_list("pk", "started_at")
        ),
        batch_size=2000,
    )


def _checks(learners: list[Learner]) -> Iterator[Check]:
    for learner in learners:
        due_on = LAST_WEEK_ON - timedelta(days=learner.pk % 20)
        yield Check(learner=learner, module_id="DL-01", due_on=due_on, planned_at=NOW - _MONTH)


def _contacts(learners: list[Learner], connection: Connection) -> Iterator[Interaction]:
    queue = connection.queues.create(external_id="queue", name="Faktura")
    for learner in learners:
        for number in range(3):
            at = NOW - timedelta(days=number)
            yield Interaction(
                connection=connection,
                external_id=f"contact-{learner.pk}-{number}",
                learner=learner,
                queue=queue,
                channel="voice",
                direction="inbound",
                started_at=at,
                source_updated_at=at,
            )


def _evaluations(learners: list[Learner], connection: Connection) -> Iterator[EvaluationAnswer]:
    form = EvaluationForm.objects.create(connection=connection, context_id="form", name="Form")
    lines = {
        criterion: FormLine.objects.create(
            form=form, context_id=criterion, text=criterion, criterion_id=criterion, mapped_at=NOW
        )
        for criterion in LINES
    }
    evaluations = _store(
        Evaluation(
            connection=connection,
            external_id=f"evaluation-{learner.pk}-{number}",
            revision="1",
            form=form,
            learner=learner,
            status="released",
            released_at=NOW - timedelta(days=7 * number + 1),
            received_at=NOW - timedelta(days=7 * number),
            weighed_at=NOW,
        )
        for learner in learners
        for number in range(EVALUATIONS)
    )
    for evaluation in evaluations:
        for criterion, score in LINES.items():
            yield EvaluationAnswer(
                evaluation=evaluation, line=lines[criterion], points=score, max_points=100
            )


_MONTH = timedelta(days=30)

"""The smallest valid rows, nothing more."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import factory
from django.contrib.auth import get_user_model

from coaching.models import Connection
from literacy.models import (
    Area,
    Competence,
    Criterion,
    Learner,
    Membership,
    Module,
    ModuleCompetence,
    Role,
    Team,
)

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)  # a Wednesday
_numbers = count(1)


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = get_user_model()

    username = factory.Sequence(lambda n: f"person{n}@example.test")
    email = factory.SelfAttribute("username")
    first_name = "Kim"
    last_name = factory.Sequence(lambda n: f"Provsson{n}")


class LearnerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Learner

    user = factory.SubFactory(UserFactory)
    language = "sv"
    activated_at = datetime(2026, 1, 1, tzinfo=UTC)


def make_team(name: str = "", parent: Team | None = None, country: str = "SE") -> Team:
    fields = {"name": name or f"Team {next(_numbers)}", "country": country}
    if parent is None:
        return Team.add_root(**fields)
    parent.refresh_from_db()  # treebeard keeps the number of children on the row
    return parent.add_child(**fields)


def make_member(
    team: Team,
    role: Role = Role.AGENT,
    starts_on: date = date(2026, 1, 5),
    learner: Learner | None = None,
    **fields: Any,
) -> Learner:
    learner = learner or LearnerFactory(**fields)
    Membership.objects.create(learner=learner, team=team, role=role, starts_on=starts_on)
    return learner


def make_competence(pk: str = "CO3", area: str = "CO") -> Competence:
    area_row, _ = Area.objects.get_or_create(pk=area, defaults={"names": {"en": area}})
    competence, _ = Competence.objects.get_or_create(
        pk=pk, defaults={"area": area_row, "names": {"en": f"Competence {pk}"}}
    )
    return competence


def make_criterion(pk: str = "Q02", *feeds: str) -> Criterion:
    criterion, _ = Criterion.objects.get_or_create(pk=pk, defaults={"names": {"en": pk}})
    criterion.feeds.set([make_competence(feed, feed[:2]) for feed in feeds or ("CO3",)])
    return criterion


def make_module(pk: str = "CO-03", *competences: str, **fields: Any) -> Module:
    found = [make_competence(name, name[:2]) for name in competences or ("CO3",)]
    module = Module.objects.create(
        pk=pk, area=found[0].area, exercise=fields.pop("exercise", "branching_dialogue"), **fields
    )
    for position, competence in enumerate(found):
        ModuleCompetence.objects.create(module=module, competence=competence, position=position)
    return module


def make_connection(slug: str = "genesys-se", **fields: Any) -> Connection:
    defaults = {"name": slug, "vendor": "genesys", "country": "SE"}
    return Connection.objects.create(slug=slug, **{**defaults, **fields})

"""What is stored about people: each app registers its data classes at start.

A test fails for a model with a path to a learner that is not registered here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise

from literacy.models import Learner

NOTHING = models.Q(pk__in=[])


@dataclass(frozen=True)
class Ending:
    """When rows reach their end: so many days after a moment of their own, or of the person's."""

    days: int
    field: str = ""  # the row's own moment or date; "" counts from the learner's last activity
    after_leaving: bool = False  # counts from the day on which the learner left


@dataclass(frozen=True)
class DataClass:
    model: type[models.Model]
    path: str  # lookup from the model to the learner, e.g. "attempt__learner"
    title: str | Promise
    purpose: str | Promise
    kept: str | Promise  # for how long, in words
    seen_by: str | Promise
    fields: tuple[str, ...]  # what an export gives the learner
    ends: Ending
    erases: models.Q = models.Q()  # the rows that go when the learner erases

    @property
    def name(self) -> str:
        return self.model._meta.label_lower

    def rows_of(self, learner: Learner) -> models.QuerySet[Any]:
        return self.model._default_manager.filter(**{self.path: learner})

    def export(self, learner: Learner) -> list[dict[str, Any]]:
        return list(self.rows_of(learner).order_by("pk").values(*self.fields))


_registry: dict[type[models.Model], DataClass] = {}


def register(*classes: DataClass) -> None:
    for data_class in classes:
        _registry[data_class.model] = data_class


def data_classes() -> Iterable[DataClass]:
    return _registry.values()

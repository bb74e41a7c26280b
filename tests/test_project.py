"""Rules of the project that no linter has."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey, Model

from literacy.models import Learner
from literacy.privacy.registry import data_classes
from tests.lane import LANE

OURS = {"cms", "literacy", "coaching"}


def people_models() -> set[type[Model]]:
    """Return every model of ours from which foreign keys lead to a learner."""
    found: set[type[Model]] = {Learner}
    while True:
        more = {
            model
            for model in apps.get_models()
            if model._meta.app_label in OURS and model not in found
            for field in model._meta.get_fields()
            if isinstance(field, ForeignKey) and field.related_model in found
        }
        if not more:
            return found - {Learner}
        found |= more


def test_every_model_about_a_learner_is_a_registered_data_class() -> None:
    assert people_models() == {data_class.model for data_class in data_classes()}


@pytest.mark.django_db
@pytest.mark.parametrize("data_class", list(data_classes()), ids=lambda found: found.name)
def test_data_class_path_and_fields_lead_somewhere(data_class) -> None:
    assert list(data_class.model._default_manager.filter(**{data_class.path: 0})) == []
    assert list(data_class.model._default_manager.values(*data_class.fields)[:1]) == []


@pytest.mark.django_db
def test_connection_is_the_lane_s_own_clone() -> None:
    vendor = {"sqlite": "sqlite", "postgres": "postgresql"}[LANE]

    assert connection.vendor == vendor
    assert "unit" in str(connection.settings_dict["NAME"])

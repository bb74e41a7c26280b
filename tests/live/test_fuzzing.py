"""The API under odd requests, from everybody: no server error, and answers as documented."""

from typing import Any

import pytest
import requests
import schemathesis
from django.contrib.auth import get_user_model
from hypothesis import HealthCheck, Phase, given, settings
from rest_framework.authtoken.models import Token
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)

EXAMPLES = 6  # for each operation and role
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def schema(site: str) -> Any:
    return schemathesis.openapi.from_url(f"{site}/api/v1/schema/")


@pytest.mark.parametrize("role", ["agent", "manager", "administrator", ""])
def test_api_keeps_its_word(schema: Any, role: str) -> None:
    session = requests.Session()
    if role:
        session.headers["Authorization"] = f"Token {token_of(role)}"

    operations = [found.ok() for found in schema.get_all_operations()]

    assert len(operations) > 10
    for operation in operations:
        fuzz(operation, session)


def fuzz(operation: Any, session: requests.Session) -> None:
    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def send(case: Any) -> None:
        case.call_and_validate(session=session, checks=CHECKS)

    send()


def token_of(role: str) -> str:
    """Return a token of a person who has the role, and whom no other test needs."""
    people = get_user_model().objects.filter(learner__left_on=None)
    named = people.filter(learner__memberships__role=role, learner__memberships__ends_on=None)
    return Token.objects.get_or_create(user=named.latest("pk"))[0].key

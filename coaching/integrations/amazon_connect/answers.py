"""What lies where in the answers of Amazon Connect."""

from collections.abc import Callable, Iterable
from typing import Any

from pydantic import ValidationError

from coaching.integrations.base import Rejected, Unreadable, reject

Payload = dict[str, Any]


def listed(field: str) -> Callable[[Payload], list[Any]]:
    def listed(page: Payload) -> list[Any]:
        found = page.get(field, [])  # absent when there are none
        if not isinstance(found, list):
            raise Unreadable(field, "is not a list")
        return found

    return listed


USERS = listed("UserSummaryList")
GROUPS = listed("UserHierarchyGroupSummaryList")
MEMBERS = listed("Users")
QUEUES = listed("QueueSummaryList")
FORMS = listed("EvaluationFormSummaryList")
CONTACTS = listed("Contacts")
HITS = listed("EvaluationSearchSummaryList")


def inside(field: str, answer: Payload) -> Payload:
    found = answer.get(field)
    if not isinstance(found, dict):
        raise Unreadable(field, "is missing")
    return found


def alone_inside(field: str, answer: Payload) -> list[Any]:
    return [inside(field, answer)]


def alone(payload: Payload) -> list[Any]:
    return [payload]


def with_form(answer: Payload) -> Payload:
    """Put the form an evaluation was filled in on into it."""
    return {
        **inside("Evaluation", answer),
        "EvaluationForm": inside("EvaluationForm", answer),
    }


def fetch(
    named: Iterable[Payload], ask: Callable[[Payload], Payload | None], *, reference: str
) -> tuple[list[Payload], tuple[Rejected, ...]]:
    """Fetch each that is wanted; one that is gone or that we cannot name is kept aside."""
    whole: list[Payload] = []
    missed: list[Rejected] = []
    for one in named:
        try:
            answer = ask(one)
        except (Unreadable, ValidationError) as error:
            missed.append(reject(one, error, reference=reference))
            continue
        if answer is not None:
            whole.append(answer)
    return whole, tuple(missed)

"""An organisation of two sites whose teams are released, and the four people who might look."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from coaching.reports.answer import answer
from literacy.models import Learner, Team
from tests.coaching.release.factories import agent, learner, manager, organisation, team
from tests.coaching.reports.factories import counted_in, released


@dataclass
class House:
    root: Team
    oslo: Team
    malmo: Team
    chat: Team  # in Oslo
    phone: Team  # in Malmö
    agent: Learner  # counted in the chat team
    manager: Learner  # of the chat team
    other_manager: Learner  # of the phone team
    outsider: Learner


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> None:
    answer.cache_clear()


@pytest.fixture
def house(db: None) -> House:
    root = organisation()
    oslo, malmo = team("Oslo", root), team("Malmö", root)
    chat, phone = team("Chat", oslo), team("Phone", malmo)
    return House(
        root=root,
        oslo=oslo,
        malmo=malmo,
        chat=chat,
        phone=phone,
        agent=counted_in(agent(chat), str(chat.pk)),
        manager=manager(chat),
        other_manager=manager(phone),
        outsider=learner(),
    )


@pytest.fixture
def week(house: House) -> House:
    """Release one week of both teams."""
    released(house.chat, level=1, of=5)
    released(house.phone, level=9, of=10, size_class="29-58")
    return house


@pytest.fixture
def get() -> Any:
    """Read an address as a person, in English unless the address names a language."""

    def get(person: Learner, address: str, **headers: Any) -> Any:
        client = Client()
        client.force_login(person.user)
        return client.get(address, **headers)

    return get

"""Every class of data ends when the learner was told that it ends."""

from datetime import timedelta

import pytest

from literacy import mastery
from literacy.models import Attempt, Belief, LedgerEntry, Membership
from literacy.privacy.registry import data_classes
from literacy.privacy.retention import due, end_due
from tests.engine import make_source
from tests.factories import (
    NOW,
    LearnerFactory,
    make_competence,
    make_member,
    make_module,
    make_team,
)

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=365)


@pytest.mark.parametrize("data_class", list(data_classes()), ids=lambda found: found.name)
def test_every_class_of_data_can_tell_what_has_ended(data_class) -> None:
    assert list(due(data_class, NOW)) == []


def test_end_due_deletes_learning_a_year_after_the_last_activity() -> None:
    module = make_module()
    gone, stays = LearnerFactory(activated_at=NOW - 3 * YEAR), LearnerFactory()
    for learner, moment in [(gone, NOW - YEAR - timedelta(days=1)), (stays, NOW - YEAR)]:
        Attempt.objects.create(learner=learner, module=module, language="sv", started_at=moment)
    Attempt.objects.filter(learner=stays).update(started_at=NOW - timedelta(days=1))

    tried = end_due(NOW, dry_run=True)
    before = Attempt.objects.count()
    end_due(NOW)

    assert (tried["literacy.attempt"], before) == (1, 2)
    assert list(Attempt.objects.values_list("learner", flat=True)) == [stays.pk]


def test_end_due_ends_what_is_known_of_somebody_who_never_signs_in_by_its_newest() -> None:
    gone, stays = LearnerFactory(activated_at=None), LearnerFactory(activated_at=None)
    make_competence("CO3")
    for learner, days in [(gone, 800), (gone, 365), (stays, 800), (stays, 364)]:
        source = make_source(f"{learner.pk} {days}", days=-days)
        mastery.observe(learner, ["CO3"], mastery.ScoreSeen(50), source)

    end_due(NOW)

    assert set(LedgerEntry.objects.values_list("learner", flat=True)) == {stays.pk}
    assert set(Belief.objects.values_list("learner", flat=True)) == {stays.pk}
    assert LedgerEntry.objects.count() == 2


def test_end_due_keeps_memberships_until_ninety_days_after_leaving() -> None:
    team = make_team()
    recent = make_member(team, left_on=(NOW - timedelta(days=89)).date())
    make_member(team, left_on=(NOW - timedelta(days=91)).date())

    end_due(NOW)

    assert list(Membership.objects.values_list("learner", flat=True)) == [recent.pk]

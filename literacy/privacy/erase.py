"""Erase what is kept about a learner's learning and work; the account itself stays usable."""

from django.db import transaction

from literacy.models import Learner, Membership
from literacy.privacy.registry import data_classes

_STAYS = {Membership}  # who works where is the employer's record, not the learner's history


@transaction.atomic
def erase(learner: Learner) -> dict[str, int]:
    """Delete every registered row but memberships; return how many rows of each class went.

    Released team levels stay as they are; from the next weekly close the learner is in none.
    """
    gone: dict[str, int] = {}
    for data_class in data_classes():
        if data_class.model not in _STAYS:
            count, _ = data_class.rows_of(learner).delete()
            gone[data_class.name] = count
    Learner.objects.filter(pk=learner.pk).update(counted_in="")
    return gone

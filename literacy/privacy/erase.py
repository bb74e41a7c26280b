"""Erase what is kept about a learner's learning and work; the account itself stays usable."""

from django.db import transaction

from literacy.models import Learner
from literacy.privacy.registry import data_classes


@transaction.atomic
def erase(learner: Learner) -> dict[str, int]:
    """Delete what each registered class says erasing takes; return how many rows went of each.

    Released team levels stay as they are; from the next weekly close the learner is in none.
    """
    gone: dict[str, int] = {}
    for data_class in data_classes():
        count, _ = data_class.rows_of(learner).filter(data_class.erases).delete()
        gone[data_class.name] = count
    Learner.objects.filter(pk=learner.pk).update(counted_in="")
    return gone

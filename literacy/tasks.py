"""Jobs of the worker about people: invitations, and what a new day changes."""

from celery import shared_task
from django.utils import timezone

from literacy import people
from literacy.accounts import invite
from literacy.models import Learner


@shared_task(name="literacy.invite", autoretry_for=(OSError,), retry_backoff=60, max_retries=5)
def send_invitation(learner_id: int) -> None:
    invite(Learner.objects.select_related("user").get(pk=learner_id))


@shared_task(name="literacy.settle_roles")
def settle_roles() -> None:
    """Open and close what roles open and close whose day has come."""
    people.settle(timezone.localdate())

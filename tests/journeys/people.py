"""The demo's people by their account, and new ones where a journey changes an account."""

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model

from literacy.models import Learner, Membership, Role


def learner_of(account: str) -> Learner:
    return Learner.objects.select_related("user").get(user__email=f"{account}@demo.example")


def new_agent(name: str, password: str) -> Learner:
    """Make a colleague of agent.sv whom no other journey knows."""
    email = f"{name}@demo.example"
    user = get_user_model().objects.create_user(email, email, password, first_name=name.title())
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    home: Any = learner_of("agent.sv").memberships.get(role=Role.AGENT)
    learner = Learner.objects.create(user=user, language="sv")
    Membership.objects.create(learner=learner, team=home.team, starts_on=home.starts_on)
    return learner

"""What happens when somebody signs in: the account counts as activated, the language follows."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from literacy.models import Learner


@receiver(user_logged_in)
def remember_first_sign_in(
    sender: Any, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any
) -> None:
    Learner.objects.filter(user_id=user.pk, activated_at=None).update(activated_at=timezone.now())

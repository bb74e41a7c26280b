"""Who may enter: administrators. For everybody else the room does not exist."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse

from literacy.privacy import access

View = Callable[..., HttpResponse]


def may_administer(user: AbstractBaseUser | AnonymousUser) -> bool:
    return bool(getattr(user, "is_superuser", False)) or access.is_administrator(user)


def administrators_only(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not may_administer(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded

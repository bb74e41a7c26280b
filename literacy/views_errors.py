"""Pages for what is not there, for whom nothing is here yet, and for what went wrong."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import permission_denied

from literacy.privacy import access


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "literacy/not_found.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, access.NoLearner):
        return no_place(request, status=403)
    return permission_denied(request, exception)


def no_place(request: HttpRequest, status: int = 200) -> HttpResponse:
    """Tell somebody whose account is nobody's here what to do now."""
    return render(request, "literacy/no_place.html", status=status)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "literacy/server_error.html", status=500)

"""Pages for what is not there and for what went wrong."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "literacy/not_found.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "literacy/server_error.html", status=500)

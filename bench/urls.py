"""The product's addresses, and beside them the plain pages that figures are compared with."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.urls import path
from wagtail.models import Page, Site

from config.urls import handler404, handler500, urlpatterns, websocket_urlpatterns

__all__ = ["handler404", "handler500", "urlpatterns", "websocket_urlpatterns"]

BARE = """{% load wagtailcore_tags %}<!doctype html><title>{{ page.title }}</title>
<h1>{{ page.title }}</h1>{% for block in page.body %}{% include_block block %}{% endfor %}"""


@login_required
def bare(request: HttpRequest, route: str) -> HttpResponse:
    """Serve a page as Wagtail does: found by its route, rendered block by block."""
    site = Site.find_for_request(request)
    components = [part for part in route.split("/") if part]
    page, _args, _kwargs = site.root_page.localized.specific.route(request, components)
    template = engines["django"].from_string(BARE)
    return HttpResponse(template.render(Page.get_context(page, request), request))


@login_required
def empty(request: HttpRequest) -> HttpResponse:
    return render(request, "literacy/base.html")


urlpatterns = [path("bare/<path:route>", bare), path("empty/", empty), *urlpatterns]

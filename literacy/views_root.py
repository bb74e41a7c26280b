"""The front door, where sign-in leads, and the language switch."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from wagtail.users.models import UserProfile

from literacy.accounts import ENTER_CMS
from literacy.languages import READER
from literacy.models import Learner, Role
from literacy.privacy import access
from literacy.views_errors import no_place


def front(request: HttpRequest) -> HttpResponse:
    return redirect(f"/{translation.get_language()}/")


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Lead everybody to the page they came for."""
    learner = access.learner_of(request.user)
    if learner is None and request.user.has_perm(ENTER_CMS):
        return redirect("wagtailadmin_home")
    if learner is None:
        return no_place(request)
    with translation.override(learner.language):
        roles = learner.role_names()
        if Role.AGENT not in roles and Role.MANAGER in roles:
            return redirect("team")
        if roles & {Role.AUTHOR, Role.ADMINISTRATOR}:
            return redirect("wagtailadmin_home")
        return redirect("my_day")


def cms_sign_in(request: HttpRequest) -> HttpResponse:
    """Let strangers sign in; for those who have and may not enter, the CMS does not exist."""
    if request.user.is_authenticated:
        raise Http404
    return redirect_to_login(request.GET.get("next", "/cms/"))


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember a language for this person and show the same page in it."""
    language = request.POST.get("language", "")
    if language not in READER:
        return HttpResponseBadRequest()
    if request.user.is_authenticated:
        Learner.objects.filter(user=request.user).update(language=language)
        UserProfile.objects.filter(user=request.user).update(preferred_language=language)
    response = redirect(_same_page(request, language))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )
    return response


def _same_page(request: HttpRequest, language: str) -> str:
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = "/"
    parts = urlsplit(target)
    first, slash, rest = parts.path.lstrip("/").partition("/")
    path = f"/{language}/{rest}" if first in READER and slash else parts.path
    return f"{path}?{parts.query}" if parts.query else path

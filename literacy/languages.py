"""Which language a reader gets: the address first, then what they chose, then their browser."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

READER = ("sv", "nb", "da")
_SAME_AS = {"no": "nb", "nn": "nb"}


def to_language(code: str) -> str | None:
    """Return the reader's language for a BCP-47 code, or None for one we do not speak."""
    base = code.lower().replace("_", "-").split("-")[0]
    base = _SAME_AS.get(base, base)
    return base if base in READER else None


def preferred_language(request: HttpRequest) -> str:
    chosen = to_language(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))
    if chosen:
        return chosen
    learner = getattr(request.user, "learner", None) if request.user.is_authenticated else None
    if learner:
        return str(learner.language)
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    return next(filter(None, (to_language(code) for code, _ in accepted)), settings.SITE_LANGUAGE)


def reader_language(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Activate the reader's language; English is for the CMS alone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        prefix = request.path_info.split("/", 2)[1]
        if prefix in {"no", "nn", "en"} and request.path_info[1:].count("/"):
            target = "nb" if prefix != "en" else preferred_language(request)
            query = request.META.get("QUERY_STRING")
            path = f"/{target}/" + request.path_info[len(prefix) + 2 :]
            return HttpResponseRedirect(f"{path}?{query}" if query else path)
        language = prefix if prefix in READER else preferred_language(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
        response = get_response(request)
        if prefix not in READER:
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response.headers.setdefault("Content-Language", translation.get_language() or language)
        return response

    return middleware

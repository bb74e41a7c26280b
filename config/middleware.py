"""What surrounds every request: timing, and the policy of what a page may load."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from config import metrics

Handler = Callable[[HttpRequest], HttpResponse]

POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self'"
)
# The CMS is Wagtail's own code, which writes styles and scripts into its pages.
CMS_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace(
    "script-src 'self'", "script-src 'self' 'unsafe-inline'"
)


def measure(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = get_response(request)
        match = request.resolver_match
        metrics.REQUESTS.labels(
            method=request.method if request.method in metrics.METHODS else "other",
            view=match.view_name if match and match.view_name else "none",
            status=str(response.status_code),
        ).observe(time.perf_counter() - started)
        return response

    return middleware


def content_security_policy(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        in_cms = request.path_info.startswith("/cms/")
        response.headers.setdefault("Content-Security-Policy", CMS_POLICY if in_cms else POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()"
        )
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response.headers["X-Robots-Tag"] = "noindex"
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware

"""Every address of the product; the only place that mounts the apps' own lists."""

from typing import Any

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from config import health

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("accounts/", include("literacy.urls_accounts")),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("", include("config.api")),
    path("", include("coaching.webhooks")),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("literacy.urls_root")),
    *i18n_patterns(
        path("my/", include("coaching.urls")),
        path("team/", include("coaching.reports.urls")),
        path("modules/", include("literacy.urls")),
        path("", include(wagtail_urls)),
    ),
]

websocket_urlpatterns: list[Any] = []

handler403 = "literacy.views_errors.forbidden"
handler404 = "literacy.views_errors.not_found"
handler500 = "literacy.views_errors.server_error"

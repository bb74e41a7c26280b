"""The API: the resources of both apps under one address."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("literacy.api")),
    path("api/v1/", include("coaching.api")),
    path("api/v1/", include("coaching.push_api")),
    path("api/v1/team/", include("coaching.reports.api")),
]

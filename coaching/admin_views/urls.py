"""Addresses of the room, below /cms/connections/; the guard stands around all of them."""

from django.urls import path
from wagtail.utils.urlpatterns import decorate_urlpatterns

from coaching.admin_views import (
    agents,
    connections,
    importance,
    imports,
    lines,
    notices,
    quarantine,
    receiving,
    setup,
)
from coaching.admin_views.access import administrators_only

app_name = "connections"

urlpatterns = decorate_urlpatterns(
    [
        path("", connections.index, name="index"),
        path("add/", setup.choose_platform, name="add"),
        path("add/<slug:vendor>/", setup.add, name="add_vendor"),
        path("notices/", notices.index, name="notices"),
        path("notices/<int:pk>/remove/", notices.remove, name="remove_notice"),
        path("imports/<int:pk>/", imports.detail, name="import"),
        path("imports/<int:pk>/columns/", imports.columns, name="columns"),
        path("imports/<int:pk>/start/", imports.start, name="start_import"),
        path("imports/<int:pk>/progress/", imports.progress, name="progress"),
        path("imports/<int:pk>/errors.csv", imports.errors, name="errors"),
        path("imports/<int:pk>/discard/", imports.discard, name="discard"),
        path("<slug:slug>/", connections.detail, name="detail"),
        path("<slug:slug>/settings/", setup.settings, name="settings"),
        path("<slug:slug>/test/", setup.test, name="test"),
        path("<slug:slug>/start/", setup.start, name="start"),
        path("<slug:slug>/sync/", connections.sync_now, name="sync"),
        path("<slug:slug>/pause/", connections.pause, name="pause"),
        path("<slug:slug>/receiving/", receiving.index, name="receiving"),
        path("<slug:slug>/resume/", connections.resume, name="resume"),
        path("<slug:slug>/agents/", agents.index, name="agents"),
        path("<slug:slug>/agents/<int:pk>/unmap/", agents.unmap, name="unmap_agent"),
        path("<slug:slug>/lines/", lines.index, name="lines"),
        path("<slug:slug>/importance/", importance.index, name="importance"),
        path("<slug:slug>/quarantine/", quarantine.index, name="quarantine"),
        path("<slug:slug>/quarantine/retry/", quarantine.retry, name="retry"),
        path("<slug:slug>/quarantine/delete/", quarantine.delete, name="delete_payloads"),
        path("<slug:slug>/files/", imports.index, name="imports"),
    ],
    administrators_only,
)

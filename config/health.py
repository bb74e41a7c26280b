"""Liveness, readiness and metrics for whoever runs the installation."""

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from config.celery import app


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    checks = {
        "database": _database_answers(),
        "migrations": _migrations_are_applied(),
        "queue": _queue_takes_messages(),
        "cache": _cache_keeps(),
    }
    ready = all(checks.values())
    words = {name: "ok" if good else "fails" for name, good in checks.items()}
    return JsonResponse({"ready": ready, **words}, status=200 if ready else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer on the loopback address alone; the proxy configuration never forwards it."""
    if request.META.get("REMOTE_ADDR") not in {"127.0.0.1", "::1"} or request.headers.get(
        "X-Forwarded-For"
    ):
        return HttpResponse(status=404)
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _migrations_are_applied() -> bool:
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError:
        return False
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _queue_takes_messages() -> bool:
    if settings.CELERY_TASK_ALWAYS_EAGER:
        return True
    try:
        with app.connection_for_write() as queue:
            queue.ensure_connection(max_retries=1, timeout=2)
    except (OSError, app.connection_for_write().connection_errors):
        return False
    return True


def _cache_keeps() -> bool:
    cache.set("readyz", "kept", 10)
    return bool(cache.get("readyz") == "kept")

"""Signed events of platforms: proved, kept sealed and handed to the worker within a moment."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from coaching import tasks
from coaching.intake.pushing import receive
from coaching.integrations.base import Delivery, Unreadable, Unverified
from coaching.models import Connection
from coaching.models.connections import ConnectionState

MOST_BYTES = 1_000_000


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, vendor: str, slug: str) -> HttpResponse:
    """Answer 204 for what is genuine, new or not; 403 says no more than that it is not."""
    connection = Connection.objects.filter(vendor=vendor, slug=slug).first()
    if connection is None or connection.state == ConnectionState.PAUSED:
        return HttpResponse(status=404)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return HttpResponse(status=413)
    delivery = Delivery(
        url=settings.SITE_URL + request.get_full_path(),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
    )
    try:
        waiting = receive(connection, delivery, timezone.now())
    except Unverified:
        return HttpResponse(status=403)
    except Unreadable:
        return HttpResponse(status=400)
    for pk in waiting:
        tasks.take_event.delay(pk)
    return HttpResponse(status=204)


urlpatterns = [path("webhooks/<slug:vendor>/<slug:slug>/", webhook, name="webhook")]

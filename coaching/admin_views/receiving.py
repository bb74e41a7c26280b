"""Where a platform or another system sends to: its address here, and the token that opens it."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from coaching import integrations
from coaching.admin_views import pages
from coaching.intake.pushing import new_token
from coaching.integrations.base import Capability
from coaching.integrations.push import KINDS
from coaching.models import Connection


def can_receive(connection: Connection) -> bool:
    adapter = integrations.adapters().get(connection.vendor)
    return bool(adapter and Capability.PUSH in adapter.capabilities)


def index(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the addresses; a token is made on request and shown this once."""
    connection = pages.connection_of(slug)
    if not can_receive(connection):
        raise Http404
    is_our_api = connection.vendor == "push"
    return pages.connection_page(
        request,
        "receiving.html",
        connection,
        title=_("Receiving"),
        is_our_api=is_our_api,
        token=new_token(connection) if is_our_api and request.method == "POST" else "",
        has_token=bool(connection.push_token_hash),
        addresses=_push_addresses() if is_our_api else [_webhook_address(connection)],
    )


def _push_addresses() -> list[str]:
    return [settings.SITE_URL + reverse(f"push_{kind}") for kind in KINDS]


def _webhook_address(connection: Connection) -> str:
    return settings.SITE_URL + reverse("webhook", args=[connection.vendor, connection.slug])

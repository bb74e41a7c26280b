"""HTTP and sockets in one process for `make run`; sockets alone in production."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("UNDER_ASGI", "1")

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator, WebsocketDenier
from django.core.asgi import get_asgi_application
from django.urls import re_path

http = get_asgi_application()

from config.urls import websocket_urlpatterns  # noqa: E402 - needs the apps, loaded above

sockets = [*websocket_urlpatterns, re_path("", WebsocketDenier.as_asgi())]
application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(sockets))),
    }
)

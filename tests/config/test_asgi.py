"""The small process for sockets."""

import pytest
from asgiref.testing import ApplicationCommunicator

from config.asgi import application


@pytest.mark.django_db
async def test_socket_that_does_not_exist_is_refused() -> None:
    headers = [(b"host", b"localhost"), (b"origin", b"http://localhost")]
    scope = {"type": "websocket", "path": "/ws/nowhere/", "query_string": b"", "headers": headers}
    visitor = ApplicationCommunicator(application, scope)

    await visitor.send_input({"type": "websocket.connect"})

    assert await visitor.receive_output() == {"type": "websocket.close"}

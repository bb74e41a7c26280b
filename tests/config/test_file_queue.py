"""The queue in a folder loses nothing and hands out nothing half-written."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection, Exchange, Queue

from config.celery import app  # noqa: F401 - names the transport

pytestmark = pytest.mark.pure

MESSAGES = 300
JOBS = Queue("jobs", Exchange("jobs", type="direct"), routing_key="jobs")


@pytest.fixture
def connect(tmp_path: Path) -> Callable[[], Connection]:
    folders = {name: tmp_path / name for name in ("messages", "control")}
    for folder in folders.values():
        folder.mkdir()
    options = {
        "data_folder_in": str(folders["messages"]),
        "data_folder_out": str(folders["messages"]),
        "control_folder": str(folders["control"]),
    }
    return lambda: Connection("folder://", transport_options=options)


def test_every_message_comes_whole_and_once_while_others_write(connect) -> None:
    def write(writer: int) -> None:
        with connect() as connection, connection.SimpleQueue(JOBS) as queue:
            for number in range(MESSAGES):
                queue.put({"writer": writer, "number": number, "text": "x" * 2000})

    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(2)]
    for writer in writers:
        writer.start()
    found: list[Any] = []
    with connect() as connection, connection.SimpleQueue(JOBS) as queue:
        while len(found) < 2 * MESSAGES:
            message = queue.get(timeout=10)
            found.append((message.payload["writer"], message.payload["number"]))
            message.ack()
    for writer in writers:
        writer.join()

    assert sorted(found) == [(writer, number) for writer in range(2) for number in range(MESSAGES)]

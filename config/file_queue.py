"""The queue in a folder, for installations without Redis.

kombu's own lets a reader take a message or a table that its writer has opened and not yet
filled, which ends the worker; here both appear whole or not at all.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    def _put(self, queue: str, message: Any, **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}"
        folder = Path(self.data_folder_out)
        unfinished = folder / f"{name}.unfinished"
        unfinished.write_text(dumps(message))
        os.replace(unfinished, folder / f"{name}.{queue}.msg")

    def _queue_bind(self, *binding: Any) -> None:
        with self._tables_held():
            super()._queue_bind(*binding)

    def get_table(self, exchange: str) -> Any:
        with self._tables_held():
            return super().get_table(exchange)

    @contextmanager
    def _tables_held(self) -> Iterator[None]:
        with (Path(self.control_folder) / "tables.lock").open("w") as file:
            filesystem.lock(file, filesystem.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    Channel = Channel

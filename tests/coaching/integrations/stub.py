"""A small HTTP server that stands in for a platform: it answers what a test tells it to."""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Answer:
    body: Any = None  # JSON, or bytes as they are
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    missing_bytes: int = 0  # promised in Content-Length and never sent
    seconds: float = 0  # before anything is said

    def encoded(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Fault = Callable[[Answer], Answer]


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


class StubServer:
    """Answers of a path come in order; the last one is repeated."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self._next_fault: Callable[[str], Fault | None] = lambda path: None
        self._answers: dict[str, list[Answer]] = defaultdict(list)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, path: str, *answers: Answer | dict[str, Any]) -> None:
        made = [it if isinstance(it, Answer) else Answer(it) for it in answers]
        self._answers[path] = made

    def fail_first(self, *faults: "Fault", spare: Sequence[str] = ()) -> None:
        """Answer each path badly, once in each of these ways, before its first good answer."""
        waiting: dict[str, list[Fault]] = defaultdict(lambda: list(faults))

        def next_fault(path: str) -> Fault | None:
            is_spared = any(part in path for part in spare)
            return waiting[path].pop(0) if waiting[path] and not is_spared else None

        self._next_fault = next_fault

    def fail_once(self, fault: "Fault") -> None:
        """Answer the first call of all badly."""
        waiting = [fault]
        self._next_fault = lambda path: waiting.pop() if waiting else None

    def fail_always(self, fault: "Fault") -> None:
        self._next_fault = lambda path: fault

    def repeat_first(self) -> None:
        """Send the first of several answers of a path twice."""
        for answers in self._answers.values():
            if len(answers) > 1:
                answers.insert(1, answers[0])

    def calls(self, path: str) -> list[Received]:
        return [call for call in self.received if call.path == path]

    @contextmanager
    def running(self) -> Iterator["StubServer"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True)
        thread.start()
        yield self
        self._server.shutdown()
        self._server.server_close()
        thread.join()

    def _next(self, path: str) -> Answer:
        waiting = self._answers.get(path)
        if not waiting:
            return Answer({"message": f"nothing at {path}"}, status=404)
        if fault := self._next_fault(path):
            return fault(waiting[0])
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    def _handler(stub) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._reply()

            def do_POST(self) -> None:
                self._reply()

            def _reply(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                call = Received(
                    self.command, parts.path, parse_qs(parts.query), dict(self.headers), body
                )
                stub.received.append(call)
                answer = stub._next(parts.path)
                content = answer.encoded()
                time.sleep(answer.seconds)
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(content) + answer.missing_bytes))
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

"""The product as its processes: web server and worker on this lane's database."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.databases import CACHE, ROOT
from tests.environment import FIXED

BIN = Path(sys.executable).parent


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def environment(port: int, **extra: str) -> dict[str, str]:
    """Return what the processes run with: as in `make run`, but the lane's database."""
    return {
        **os.environ,
        **FIXED,
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "TESTING": "0",
        "CELERY_EAGER": "0",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "VAR_DIR": str(CACHE / f"served-{port}"),
        **extra,
    }


@contextmanager
def running(*command: str, env: dict[str, str], log: str) -> Iterator[subprocess.Popen[bytes]]:
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{log}-{env.get('PORT', 0)}.log").open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)
        try:
            yield process
        finally:
            process.kill()  # the database is a clone of the test's own
            process.wait()


@contextmanager
def web(env: dict[str, str], log: str = "web") -> Iterator[str]:
    """Serve the product; yields its address once it says that it is ready."""
    port = env["PORT"]
    command = [str(BIN / "uvicorn"), "config.asgi:application", "--port", port]
    with running(*command, "--log-level", "warning", env=env, log=log) as process:
        wait_until_ready(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def worker(env: dict[str, str], log: str = "worker") -> Iterator[subprocess.Popen[bytes]]:
    command = [str(BIN / "celery"), "-A", "config", "worker", "--pool", "threads"]
    with running(*command, "--concurrency", "2", env=env, log=log) as process:
        yield process


def wait_until_ready(address: str, process: subprocess.Popen[bytes], seconds: int = 60) -> None:
    for _ in range(seconds * 5):
        if process.poll() is not None:
            raise RuntimeError(f"the server stopped with {process.returncode}")
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server did not become ready")

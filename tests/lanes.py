"""Run every lane of the suite, one after the other, and fail if one of them did."""

import os
import subprocess
import sys
import time
from typing import NamedTuple

PYTEST = [sys.executable, "-m", "pytest", "-q"]
BROWSER = ["-p", "tests.browser", "-o", "norecursedirs=.*"]


class Lane(NamedTuple):
    title: str
    database: str
    template: str
    arguments: list[str]

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "LANE": self.database, "TEMPLATE": self.template}


def lanes(workers: str) -> list[Lane]:
    unit = ["tests", "-n", workers]
    journeys = [*BROWSER, "tests/journeys", "-n", workers, "--dist", "loadfile"]
    live = [*BROWSER, "tests/live", "-n", workers]
    walk = "accessibility walk, API fuzzing and killed workers, PostgreSQL alone"
    return [
        Lane("unit tests, SQLite", "sqlite", "migrated", unit),
        Lane("unit tests that touch rows, PostgreSQL", "postgres", "migrated", unit),
        Lane("journeys in a browser, SQLite", "sqlite", "demo", journeys),
        Lane("journeys in a browser, PostgreSQL", "postgres", "demo", journeys),
        Lane(walk, "postgres", "demo", live),
    ]


def main(workers: str) -> int:
    wanted, started = lanes(workers), time.monotonic()
    _prepare(wanted)
    _say(f"== databases: {time.monotonic() - started:.0f} s")
    failed = [lane.title for lane in wanted if not _passes(lane)]
    for title in failed:
        _say(f"failed: {title}")
    return bool(failed)


def _prepare(wanted: list[Lane]) -> None:
    """Make all template databases at once; a lane that needs a broken one says why."""
    by_template = {(lane.database, lane.template): lane for lane in reversed(wanted)}  # slow first
    command = [sys.executable, "-m", "tests.lane"]
    making = [subprocess.Popen(command, env=lane.environment) for lane in by_template.values()]
    for process in making:
        process.wait()


def _passes(lane: Lane) -> bool:
    started = time.monotonic()
    _say(f"\n== {lane.title}")
    done = subprocess.run([*PYTEST, *lane.arguments], env=lane.environment, check=False)
    _say(f"== {lane.title}: {time.monotonic() - started:.0f} s")
    return done.returncode == 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "2"))

"""Run every lane of the suite, one after the other, and fail if one of them did."""

import os
import subprocess
import sys
import time

PYTEST = [sys.executable, "-m", "pytest", "-q"]
BROWSER = ["-p", "tests.browser", "-o", "norecursedirs=.*"]


def lanes(workers: str) -> list[tuple[str, str, list[str]]]:
    """Return (title, database, pytest arguments) of each lane."""
    return [
        ("unit tests, SQLite", "sqlite", ["tests", "-n", workers]),
        ("unit tests, PostgreSQL", "postgres", ["tests", "-n", workers]),
        ("journeys in a browser, SQLite", "sqlite", [*BROWSER, "tests/journeys"]),
        ("journeys in a browser, PostgreSQL", "postgres", [*BROWSER, "tests/journeys"]),
        (
            "accessibility walk, API fuzzing and killed workers, PostgreSQL alone",
            "postgres",
            [*BROWSER, "tests/live"],
        ),
    ]


def main(workers: str) -> int:
    failed = []
    for title, database, arguments in lanes(workers):
        started = time.monotonic()
        sys.stdout.write(f"\n== {title}\n")
        sys.stdout.flush()
        served = "browser" in title or "walk" in title
        template = "demo" if served else "migrated"
        environment = {**os.environ, "LANE": database, "TEMPLATE": template}
        if subprocess.run([*PYTEST, *arguments], env=environment, check=False).returncode:
            failed.append(title)
        sys.stdout.write(f"== {title}: {time.monotonic() - started:.0f} s\n")
    for title in failed:
        sys.stdout.write(f"failed: {title}\n")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "2"))

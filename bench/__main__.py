"""Take every figure, print them as a table and keep them in bench/latest.json."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.measuring import Row
from bench.setting import prepare

LATEST = Path(__file__).parent / "latest.json"
COLUMNS = "{:46} {:>10} {:24} {:>8} {:>10} {:5}  {}"


def main(wanted: list[str]) -> None:
    prepare()
    rows = []
    _say(COLUMNS.format("figure", "value", "unit", "ratio", "bar", "holds", "baseline"))
    for name, take in _parts().items():
        if not wanted or name in wanted:
            started = time.monotonic()
            for row in take():
                rows.append(row)
                _say(_line(row))
            _say(f"  {name}: {time.monotonic() - started:.0f} s")
    LATEST.write_text(json.dumps([row.as_json() for row in rows], indent=2) + "\n")


def _parts() -> dict[str, Callable[[], Iterator[Row]]]:
    """Return the parts, which read rows and settings only once Django is set up."""
    from bench.intake import intake_rows
    from bench.jobs import job_rows
    from bench.pages import module_rows, report_rows
    from bench.start import start_rows

    return {
        "modules": module_rows,
        "reports": report_rows,
        "intake": intake_rows,
        "jobs": job_rows,
        "start": start_rows,
    }


def _line(row: Row) -> str:
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    holds = "yes" if row.holds else "NO"
    return COLUMNS.format(
        row.name, f"{row.value:.4g}", row.unit, ratio, row.bar, holds, row.baseline
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])

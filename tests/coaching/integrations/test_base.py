import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from coaching import integrations
from coaching.integrations.base import (
    Adapter,
    Batch,
    CheckReport,
    Finding,
    Need,
    Resource,
    Unreadable,
    Unverified,
    load_json,
    translate,
    windows,
)
from coaching.records import TeamRef

pytestmark = pytest.mark.pure

ADAPTER = """
from coaching.integrations.base import Adapter
class Acme(Adapter):
    label = "Acme"
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "vendors"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.split(".")[0] == "vendors"]:
        del sys.modules[name]


def test_registry_knows_every_file_of_the_folder() -> None:
    assert integrations.adapters().keys() >= {"csv_file", "genesys"}
    assert integrations.adapter("genesys").label == "Genesys Cloud"


def test_adapter_of_an_unknown_platform_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        integrations.adapter("base")


def test_discover_finds_a_new_file(package: Path) -> None:
    (package / "acme.py").write_text(ADAPTER)

    found = integrations.discover([str(package)], "vendors")

    assert {slug: adapter.label for slug, adapter in found.items()} == {"acme": "Acme"}


@pytest.mark.parametrize("source", ["", "import no_such_module_at_all", ADAPTER + ADAPTER + "1/0"])
def test_discover_stops_at_a_broken_file(package: Path, source: str) -> None:
    (package / "broken.py").write_text(source)

    with pytest.raises((ImportError, ZeroDivisionError)):
        integrations.discover([str(package)], "vendors")


class Small(Adapter):
    label = "Small"
    needs = (Need("key", "Key", secret=True), Need("region", "Region", default="north"))

    def check(self) -> CheckReport:
        return CheckReport((Finding("Sign-in", passed=True), Finding("Teams", passed=False)))

    def read(self, event: str, payload: bytes) -> Batch:
        return Batch(resource=Resource.TEAMS)


def test_adapter_refuses_to_start_without_its_settings(http: httpx.Client) -> None:
    with pytest.raises(Unverified, match="missing settings: key"):
        Small({"region": "south"}, http)


def test_adapter_fills_in_defaults_and_keeps_other_settings(http: httpx.Client) -> None:
    adapter = Small({"key": "k", "customer_key": "c"}, http)

    assert adapter.settings == {"key": "k", "region": "north", "customer_key": "c"}


def test_adapter_without_polling_yields_nothing(http: httpx.Client) -> None:
    assert list(Small({"key": "k"}, http).pull({})) == []


def test_check_report_passes_when_every_finding_does(http: httpx.Client) -> None:
    report = Small({"key": "k"}, http).check()

    assert not report.passed
    assert CheckReport(report.findings[:1]).passed


def read_team(payload: Any, unknown: Counter[str]) -> Iterator[TeamRef]:
    unknown["colour=blue"] += 1
    yield TeamRef(external_id=payload["id"])


def test_translate_keeps_the_unreadable_aside_and_goes_on() -> None:
    payloads = [{"id": "a"}, {"id": "", "name": "Ana"}, {"id": "c"}]

    batch = translate(payloads, read_team, resource=Resource.TEAMS)

    assert batch.records == (TeamRef(external_id="a"), TeamRef(external_id="c"))
    (rejected,) = batch.unreadable
    assert (rejected.field, rejected.reason) == ("external_id", "empty")
    assert rejected.payload_bytes == b'{"id": "", "name": "Ana"}'
    assert len(rejected.reference) == 64
    assert "Ana" not in repr(rejected)
    assert batch.unknown_values == Counter({"colour=blue": 3})


@pytest.mark.parametrize("payload", [b"", b"{", b"[1]", b"\xff"])
def test_load_json_refuses_what_is_no_object(payload: bytes) -> None:
    with pytest.raises(Unreadable):
        load_json(payload)


def test_windows_cut_a_stretch_without_gap_or_overlap() -> None:
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 17, tzinfo=UTC)

    found = list(windows(start, end, size=timedelta(days=7)))

    days = [(begin.day, stop.day) for begin, stop in found]
    assert days == [(1, 8), (8, 15), (15, 17)]


def test_windows_of_an_empty_stretch_are_none() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)

    assert list(windows(moment, moment, size=timedelta(days=1))) == []

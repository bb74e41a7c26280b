"""Settings refuse what they cannot use, and production values pass Django's own check."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config.first_start import write_missing
from tests.databases import ROOT
from tests.environment import FIXED

PRODUCTION = {
    **FIXED,
    "TESTING": "0",
    "SITE_URL": "https://dagskurs.example",
    "SECRET_KEY": "k9f2-Lq7x_Zp4w8Yt1Rb6Nc3Vm5Js0HdGaUeXoIiPyTrEwQzBnMv",
    "STATIC_MANIFEST": "1",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return python("manage.py", *arguments, **environment)


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **FIXED, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "perhaps"),
        ("SITE_URL", "dagskurs.example"),
        ("REDIS_URL", "localhost:6379"),
        ("DATABASE_URL", "mysql://somewhere/db"),
        ("WEB_PROCESSES", "none"),
        ("TIME_ZONE", "Europe/Atlantis"),
        ("SITE_LANGUAGE", "fi"),
        ("SECRET_KEY", "short"),
        ("NOISE_SECRET", ""),
        ("FIELD_KEYS", "not-a-key"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_settings_refuse_a_malformed_value_by_name(name: str, value: str, tmp_path: Path) -> None:
    done = python("-c", "import config.settings", **{name: value, "VAR_DIR": str(tmp_path)})

    assert done.returncode != 0
    assert f"{name} " in done.stderr.splitlines()[-1]


def test_check_deploy_is_clean_with_production_values(tmp_path: Path) -> None:
    done = manage("check", "--deploy", **{**PRODUCTION, "VAR_DIR": str(tmp_path)})

    unsafe = [line for line in done.stderr.splitlines() if line.startswith("?:")]
    expected = [] if "postgres" in os.environ["DATABASE_URL"] else ["dagskurs.W001"]
    assert done.returncode == 0, done.stderr
    assert len(unsafe) == len(expected), unsafe
    assert all(code in line for code, line in zip(expected, unsafe, strict=True))


def test_several_web_processes_without_redis_are_an_error() -> None:
    done = manage("check", WEB_PROCESSES="2")

    assert done.returncode != 0
    assert "dagskurs.E001" in done.stderr


def test_http_in_production_is_an_error(tmp_path: Path) -> None:
    plain = {**PRODUCTION, "SITE_URL": "http://dagskurs.example", "VAR_DIR": str(tmp_path)}

    done = manage("check", "--deploy", **plain)

    assert "dagskurs.E002" in done.stderr


def test_first_start_writes_each_secret_once_and_for_the_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SECRET_KEY", "NOISE_SECRET", "CUSTOMER_KEY", "FIELD_KEYS"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "secrets.env"

    first = write_missing(path)
    kept = path.read_text()
    second = write_missing(path)

    assert (len(first), second, path.read_text()) == (4, [], kept)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

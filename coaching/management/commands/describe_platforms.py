"""Write docs/platforms.md from the adapters themselves."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from coaching.integrations import adapters
from coaching.integrations.base import Adapter, Capability

PATH = Path(settings.BASE_DIR) / "docs" / "platforms.md"
HEADINGS = {
    Capability.AGENTS: "agents",
    Capability.INTERACTIONS: "contacts",
    Capability.EVALUATIONS: "evaluations",
    Capability.EVALUATION_ANSWERS: "their lines",
    Capability.RECORDINGS: "recordings",
    Capability.TRANSCRIPTS: "transcripts",
    Capability.SENTIMENT: "sentiment",
    Capability.LIVE_TRANSCRIPT: "live words",
    Capability.PUSH: "signed events",
    Capability.COACHING_WRITEBACK: "write-back",
}


class Command(BaseCommand):
    help = "Write docs/platforms.md: what each platform can and cannot give, from the code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail if the file is not current")

    def handle(self, *args: Any, **options: Any) -> None:
        text = described()
        if not options["check"]:
            PATH.write_text(text)
        elif not PATH.exists() or PATH.read_text() != text:
            raise CommandError("docs/platforms.md is not current: run describe_platforms.")


def described() -> str:
    found = adapters()
    lines = [
        "# Platforms",
        "",
        "Written by `manage.py describe_platforms` from the adapters; a test keeps it current.",
        "What is empty has no verified way in: import it as a file, or push it.",
        "",
        _row("platform", *HEADINGS.values()),
        _row(*["---"] * (1 + len(HEADINGS))),
        *(_capabilities(kind) for kind in found.values()),
    ]
    for slug, kind in found.items():
        lines += ["", f"## {kind.label}", "", *_about(kind), "", *_settings(slug, kind)]
    return "\n".join(lines) + "\n"


def _capabilities(kind: type[Adapter]) -> str:
    marks = ["yes" if each in kind.capabilities else "" for each in HEADINGS]
    return _row(kind.label, *marks)


def _about(kind: type[Adapter]) -> list[str]:
    """Return what the adapter's own module says of what was read and what is our reading."""
    module = __import__(kind.__module__, fromlist=["__doc__"])
    return (module.__doc__ or "").strip().splitlines()


def _settings(slug: str, kind: type[Adapter]) -> list[str]:
    lines = [f"Short name `{slug}`. Settings:", ""] if kind.needs else [f"Short name `{slug}`."]
    for need in kind.needs:
        told = {"secret": need.secret, "optional": need.optional}
        marks = ", ".join(mark for mark, holds in told.items() if holds)
        note = f" ({marks})" if marks else ""
        lines.append(f"- {need.label}{note}{': ' + need.help if need.help else ''}")
    return lines


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"

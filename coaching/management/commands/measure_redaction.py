"""Print how well redaction finds what our own test sentences mark, per language and kind."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from coaching.signals.redaction import Kind, language, measuring
from coaching.signals.redaction.measuring import NAMES_AND_PLACES, Score

STRUCTURED = frozenset(Kind) - NAMES_AND_PLACES


class Command(BaseCommand):
    help = "Print precision and recall of redaction on sentences that no rule was made for."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tuned", action="store_true", help="measure the other half instead")
        parser.add_argument("--misses", action="store_true", help="show what went wrong, too")

    def handle(self, *args: Any, **options: Any) -> None:
        everywhere = {kind: Score() for kind in Kind}
        for code in language.LANGUAGES:
            some = [case for case in measuring.cases(code) if case.is_tuned == options["tuned"]]
            scores = measuring.measure(some)
            everywhere = {kind: everywhere[kind] + scores[kind] for kind in Kind}
            self._print(f"{code}, {len(some)} sentences", scores)
            for marked, redacted in measuring.misses(some) if options["misses"] else ():
                self.stdout.write(f"  {marked}\n  -> {redacted}")
        self._print("all languages", everywhere)

    def _print(self, title: str, scores: dict[Kind, Score]) -> None:
        self.stdout.write(f"{title:<22}{'marked':>8}{'recall':>8}{'found':>8}{'precision':>11}")
        for kind in Kind:
            self._line(kind, scores[kind])
        self._line("structured", measuring.total(scores, STRUCTURED))
        self._line("names and addresses", measuring.total(scores, NAMES_AND_PLACES))
        self._line("all", measuring.total(scores))

    def _line(self, name: str, score: Score) -> None:
        recall, precision = _share(score.recall_share), _share(score.precision_share)
        self.stdout.write(
            f"  {name:<20}{score.marked:>8}{recall:>8}{score.found:>8}{precision:>11}"
        )


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"

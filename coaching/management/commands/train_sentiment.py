"""Train the head of the text sentiment on our own utterances, and say how well it reads others."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from coaching.signals.embedding import nano_e5
from coaching.signals.sentiment import lexicon
from coaching.signals.sentiment.head import PATH, Head, load
from coaching.signals.sentiment.readings import Reading
from coaching.signals.sentiment.scoring import Agreement, agreement
from coaching.signals.sentiment.training import train
from coaching.signals.sentiment.utterances import (
    LANGUAGES,
    Split,
    Utterance,
    digest,
    utterances,
)


class Command(BaseCommand):
    help = "Train the head of the text sentiment and write head.json, the same bytes each time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="compare with head.json instead of writing it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"] and load(PATH).data_sha256 != digest():
            raise CommandError(f"{PATH.name} was trained on other utterances: run train_sentiment.")
        head = train(nano_e5())
        self._print_agreement(head)
        if options["check"]:
            self.compare(head)
            return
        PATH.write_text(head.to_json(), encoding="utf-8")
        self.stdout.write(f"{PATH.name} written, {PATH.stat().st_size} bytes.")

    def compare(self, head: Head) -> None:
        if PATH.read_text(encoding="utf-8") != head.to_json():
            raise CommandError(f"{PATH.name} is not what training gives: run train_sentiment.")
        self.stdout.write(f"{PATH.name} is what training gives, byte for byte.")

    def _print_agreement(self, head: Head) -> None:
        self.stdout.write("Test split, never trained on; sure means p >= 0.5")
        for language in LANGUAGES:
            tested = utterances(Split.TEST, language)
            texts = [utterance.text for utterance in tested]
            self._print_line(f"{language} head   ", head.readings(texts, nano_e5()), tested)
            self._print_line(f"{language} lexicon", lexicon.of(language).readings(texts), tested)

    def _print_line(
        self, name: str, readings: Sequence[Reading], tested: Sequence[Utterance]
    ) -> None:
        found = agreement(readings, [utterance.label for utterance in tested])
        self.stdout.write(f"{name}  {_in_words(found)}")


def _in_words(found: Agreement) -> str:
    sure = "-" if found.accuracy_of_sure is None else f"{found.accuracy_of_sure:.3f}"
    return (
        f"n {found.texts_count}  accuracy {found.accuracy:.3f}  macro-F1 {found.macro_f1:.3f}  "
        f"sure {found.sure_share:.2f} with accuracy {sure}"
    )

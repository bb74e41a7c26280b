"""Finding source texts that reached a page without a translation."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

import polib

from tests.messages import PLACEHOLDER, ROOT, source_messages

all_sources = cache(source_messages)
PART = re.compile(r"<[^>]+>|\n")
WORDS = re.compile(r"[A-Za-z]{2,}")
# Words that only English has: for texts that come with libraries.
ONLY_ENGLISH = re.compile(r"\b(the|your|you|please|this)\b", re.IGNORECASE)
LONG = 3  # words; a shorter source text has to be a whole text on the page


@dataclass
class Catalogue:
    """The source texts that read differently in a language."""

    whole: set[str] = field(default_factory=set)
    long: list[str] = field(default_factory=list)
    patterns: list[re.Pattern[str]] = field(default_factory=list)

    def add(self, source: str) -> None:
        for part in PART.split(source):
            text = re.sub(r"\s+", " ", part.replace("%%", "%")).strip()
            words = len(WORDS.findall(PLACEHOLDER.sub("", text)))
            if PLACEHOLDER.search(text) and words >= LONG:
                fixed = (re.escape(each) for each in PLACEHOLDER.split(text)[::2])
                self.patterns.append(re.compile(".+?".join(fixed)))
            elif words >= LONG:
                self.long.append(text)
            elif words and not PLACEHOLDER.search(text):
                self.whole.add(text)

    def found_in(self, texts: Iterable[str]) -> Iterator[str]:
        texts = list(texts)
        together = "\n".join(texts)
        yield from self.whole.intersection(texts)
        yield from (text for text in self.long if text in together)
        yield from (found[0] for pattern in self.patterns if (found := pattern.search(together)))
        yield from (text for text in texts if ONLY_ENGLISH.search(text))


@cache
def catalogue(language: str) -> Catalogue:
    entries = polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po"))
    held = {(entry.msgctxt or "", entry.msgid): entry for entry in entries if not entry.obsolete}
    found = Catalogue()
    for key in all_sources() | held.keys():
        entry = held.get(key)
        translations = [entry.msgstr, *entry.msgstr_plural.values()] if entry else []
        for source in (key[1], entry.msgid_plural if entry else ""):
            if source and source not in translations:
                found.add(source)
    return found

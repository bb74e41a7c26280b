"""The words of a language by which people introduce what must be hidden, read from words/*.yaml."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import yaml

from coaching.signals.redaction import spoken

_HERE = Path(__file__).parent
LANGUAGES = ("sv", "nb", "da")
KEEP = "KEEP"  # cue of a number that is nobody's: a model, a version, a payment slip
LAST = "LAST"  # cue of the last digits of a national number
WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


def names(which: str) -> frozenset[str]:
    lines = (_HERE / "names" / f"{which}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.lower() for line in lines if not line.startswith("#"))


def any_of(words: list[str]) -> str:
    """Return a pattern for any of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@dataclass(frozen=True, kw_only=True)
class Language:
    """Fields are named as in words/*.yaml, which says what each is."""

    code: str
    digits: list[str]
    digit_forms: dict[str, int]
    teens: list[str]
    tens: dict[str, int]
    joined: list[str]
    reversed: list[str]
    centuries: dict[str, int]
    double: list[str]
    articles: list[str]
    fillers: list[str]
    magnitudes: list[str]
    units: list[str]
    cue_patterns: dict[str, str]
    beside_cues: list[str]
    name_cue_words: list[str]
    name_cue_patterns: list[str]
    title_cue_words: list[str]
    title_cue_patterns: list[str]
    homographs: list[str]
    sure_at_start: list[str]
    never_names: list[str]
    street_endings: list[str]
    loose_street_endings: list[str]
    street_prefixes: list[str]
    street_words: list[str]
    address_words: list[str]
    address_cue_patterns: list[str]
    home_patterns: list[str]
    box_words: list[str]
    post_cue_patterns: list[str]
    postcode_pattern: str
    postcode_is_clear: bool
    cities: list[str]
    at_patterns: list[str]
    at_words: list[str]
    dots: list[str]
    dashes: dict[str, str]
    mail_cue_patterns: list[str]

    @cached_property
    def cues(self) -> re.Pattern[str]:
        """What is asked for: the name of the matching group is a kind, KEEP or LAST."""
        groups = "|".join(f"(?P<{name}>{cue})" for name, cue in self.cue_patterns.items())
        return re.compile(rf"(?<![\w-])(?:{groups})(?!\w)", re.IGNORECASE)

    @cached_property
    def cue_stems(self) -> tuple[frozenset[str], tuple[str, ...]]:
        """Return whole words and parts of words of which every cue has at least one."""
        letters = re.sub(r"\(\?:|\\\w", " ", " ".join(self.cue_patterns.values())).lower()
        stems = set(re.findall(r"[^\W\d_]{2,}", letters)) - set(self.beside_cues)
        return frozenset(stems), tuple(stem for stem in stems if len(stem) > 3)

    @cached_property
    def never(self) -> frozenset[str]:
        return frozenset(self.never_names)

    @cached_property
    def number_words(self) -> dict[str, str]:
        return spoken.number_words(self)


@lru_cache
def load(code: str) -> Language:
    """Return the language of a code such as `sv`, `nb-NO` or `da-DK`.

    Raises: ValueError for a language we have no words of.
    """
    short = {"no": "nb", "nn": "nb"}.get(code[:2].lower(), code[:2].lower())
    if short not in LANGUAGES:
        raise ValueError(f"No words to redact by in {code!r}.")
    text = (_HERE / "words" / f"{short}.yaml").read_text(encoding="utf-8")
    return Language(code=short, **yaml.safe_load(text))

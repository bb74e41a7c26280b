"""Find e-mail addresses, typed or spoken: `kari snabel-a post punktum no`."""

import re
from collections.abc import Iterator

from coaching.signals.redaction import hints
from coaching.signals.redaction.kinds import Kind, Span
from coaching.signals.redaction.language import Language, any_of

_TYPED = re.compile(r"(?<![\w.+-])[\w.+-]+\s?@\s?(?:[\w-]+\.)+[^\W\d_]{2,}|\S+@\S+\w")
_ENDINGS = "com se no dk net nu org eu fi is io info biz de uk name app"
_SIGNS = ("(at)", "[at]")
_NAMES = 3  # words of a spoken address after `min e-post är` and before the at sign
_WORD = r"[\w-]+"


class MailFinder:
    def __init__(self, language: Language) -> None:
        said = any_of([*language.dots, *language.dashes])
        link = rf"(?:,?\s+(?:{said})\s+|[._-])"
        local = rf"{_WORD}(?:{link}{_WORD})*"
        host = rf"(?:{_WORD}{link}){{1,3}}(?:{any_of(_ENDINGS.split())})"
        known = rf"(?:{any_of(hints.HOSTS)})(?:\s(?:{any_of(_ENDINGS.split())}))?"
        at = rf"(?<!\w)(?:{'|'.join(language.at_patterns)})(?!\w)|[(\[]at[)\]]"
        cue = "|".join(language.mail_cue_patterns)
        self._spoken = re.compile(
            rf"(?:(?P<cue>\b(?:{cue})\s+)(?P<named>(?:{_WORD}\s+){{0,{_NAMES}}}))?"
            rf"(?P<local>{local})\s*,?\s*(?:{at})\s*,?\s*"
            rf"(?P<host>{host}|{known})(?!\w)",
            re.IGNORECASE,
        )
        dots = dict.fromkeys(language.dots, ".")
        self._said = {**dots, **language.dashes}

    def find(self, text: str, flags: int) -> Iterator[Span]:
        if "@" in text:
            for match in _TYPED.finditer(text):
                value = match.group().replace(" ", "").strip(".,;<>()").lower()
                yield Span(*match.span(), Kind.EMAIL, value)
        if flags & hints.MAIL or any(sign in text for sign in _SIGNS):
            for match in self._spoken.finditer(text):
                start = match.start("named") if match["named"] else match.start("local")
                value = self._written(match["named"], match["local"], match["host"])
                yield Span(start, match.end(), Kind.EMAIL, value)

    def _written(self, named: str | None, local: str, host: str) -> str:
        """Return the address as it would be typed."""
        name = "".join(
            self._said.get(word, word) for word in f"{named or ''} {local}".lower().split()
        )
        place = "".join(self._said.get(word, word) for word in host.lower().split())
        return f"{name}@{place}"

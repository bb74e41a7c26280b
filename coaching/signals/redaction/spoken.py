"""Number words -> digits: `nollåtta tjugotre`, `null åtte tre og tyve`, `nul otte treogtyve`."""

from typing import NamedTuple, Protocol


class NumberWords(Protocol):
    @property
    def digits(self) -> list[str]: ...
    @property
    def digit_forms(self) -> dict[str, int]: ...
    @property
    def teens(self) -> list[str]: ...
    @property
    def tens(self) -> dict[str, int]: ...
    @property
    def joined(self) -> list[str]: ...
    @property
    def reversed(self) -> list[str]: ...
    @property
    def centuries(self) -> dict[str, int]: ...


class Piece(NamedTuple):
    """One word or group of digits of a number, where it stands, and what it says in digits."""

    start: int
    end: int
    digits: str
    is_word: bool = False
    follows_and: bool = False


def number_words(language: NumberWords) -> dict[str, str]:
    """Return every word for 0-99, a century, or a zero and what follows, with its digits."""
    ones = {word: str(value) for value, word in enumerate(language.digits)}
    ones |= {word: str(value) for word, value in language.digit_forms.items()}
    tens = {word: str(value) for word, value in language.tens.items()}
    teens = {word: str(value) for value, word in enumerate(language.teens, start=10)}
    words = ones | tens | teens | _compounds(language, ones, tens)
    zero = language.digits[0]
    words |= {zero + word: "0" + digits for word, digits in list(words.items())}
    centuries = {word: str(value) for word, value in language.centuries.items()}
    years = {
        c + word: top + low.zfill(2) for c, top in centuries.items() for word, low in words.items()
    }
    return years | centuries | words


def _compounds(language: NumberWords, ones: dict[str, str], tens: dict[str, str]) -> dict[str, str]:
    """Return `tjugotre` and `treogtyve`, as far as the language has them."""
    found = {}
    for ten, first in tens.items():
        for one, last in ones.items():
            if last == "0":
                continue
            for link in language.joined:
                found[ten + link + one] = first[0] + last
            for link in language.reversed:
                found[one + link + ten] = first[0] + last
    return found


def in_digits(pieces: list[Piece]) -> str:
    """Return the digits of a run, with `tjugo tre` and `tre og tyve` read as 23."""
    said: list[str] = []
    for before, piece in zip([None, *pieces], pieces, strict=False):
        if before is None or not (before.is_word and piece.is_word):
            said.append(piece.digits)
        elif _is_ten(said[-1]) and _is_one(piece.digits):
            said[-1] = said[-1][0] + piece.digits
        elif _is_one(said[-1]) and _is_ten(piece.digits) and piece.follows_and:
            said[-1] = piece.digits[0] + said[-1]
        else:
            said.append(piece.digits)
    return "".join(said)


def _is_ten(digits: str) -> bool:
    return len(digits) == 2 and digits[1] == "0" and digits != "10" and digits[0] != "0"


def _is_one(digits: str) -> bool:
    return len(digits) == 1 and digits != "0"

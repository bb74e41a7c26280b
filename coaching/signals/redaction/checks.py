"""Is this a real number of its kind? Digits in, yes or no out; lengths are checked here, too."""

from functools import lru_cache

import phonenumbers
from stdnum import luhn
from stdnum.no import kontonr

REGIONS = {"sv": "SE", "nb": "NO", "da": "DK"}
_FIRST_CONTROL = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND_CONTROL = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_TEST_MONTHS = (40, 80)  # added by NAV and by Skatteetaten to people who do not exist


def is_swedish_id(digits: str) -> bool:
    """Accept personnummer and samordningsnummer (day + 60), with or without the century."""
    if len(digits) == 12 and digits[:2] not in {"18", "19", "20"}:
        return False
    digits = digits[-10:] if len(digits) in {10, 12} else ""
    return bool(digits) and _is_date(digits[4:6], digits[2:4], 60) and luhn.is_valid(digits)


def is_norwegian_id(digits: str) -> bool:
    """Accept fødselsnummer, D-numbers (day + 40) and test numbers (month + 40, month + 80).

    The first control digit may be off by up to three, as in numbers given out from 2032.
    """
    if len(digits) != 11:
        return False
    month = int(digits[2:4])
    month -= next((shift for shift in reversed(_TEST_MONTHS) if month > shift), 0)
    if not _is_date(digits[:2], str(month), 40):
        return False
    first = sum(w * int(d) for w, d in zip(_FIRST_CONTROL, digits, strict=False))
    second = sum(w * int(d) for w, d in zip(_SECOND_CONTROL, digits, strict=True))
    return (first + int(digits[9])) % 11 <= 3 and second % 11 == 0


def is_danish_id(digits: str) -> bool:
    """Accept any plausible birthday: CPR numbers have had no reliable check since 2007."""
    return len(digits) == 10 and _is_date(digits[:2], digits[2:4], 60)


def is_card(digits: str) -> bool:
    return 13 <= len(digits) <= 19 and digits[0] in "23456" and luhn.is_valid(digits)


def is_norwegian_account(digits: str) -> bool:
    return len(digits) == 11 and bool(kontonr.is_valid(digits))


def is_bankgiro(digits: str) -> bool:
    return len(digits) in {7, 8} and bool(luhn.is_valid(digits))


@lru_cache(maxsize=4096)
def is_phone(written: str, region: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(written, region))
    except phonenumbers.NumberParseException:
        return False


def _is_date(day: str, month: str, shift: int) -> bool:
    number = int(day)
    return 1 <= int(month) <= 12 and (1 <= number <= 31 or shift < number <= shift + 31)

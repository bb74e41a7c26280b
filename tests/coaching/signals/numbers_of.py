"""Numbers that follow the rules of their kind and are nobody's.

Personnummer and samordningsnummer come from Skatteverket's test series (birth numbers 980-999),
Norwegian numbers from Skatteetaten's test people (month + 80), CPR from people born after 2037,
Swedish phones from the ranges that PTS keeps for fiction. Cards, IBAN and accounts are drawn anew
in each run and stored nowhere.
"""

from hypothesis import strategies as st
from stdnum import iban, luhn
from stdnum.no import fodselsnummer, kontonr

days = st.integers(1, 28).map("{:02}".format)
months = st.integers(1, 12).map("{:02}".format)
years = st.integers(0, 99).map("{:02}".format)
digit = st.integers(0, 9).map(str)


def digits(length: int) -> st.SearchStrategy[str]:
    return st.lists(digit, min_size=length, max_size=length).map("".join)


def with_luhn(number: str) -> str:
    return number + luhn.calc_check_digit(number)


def off_by_one(number: str) -> str:
    return number[:-1] + str((int(number[-1]) + 1) % 10)


@st.composite
def swedish_ids(draw: st.DrawFn) -> str:
    """Give ten digits of a personnummer or, with 60 more days, of a samordningsnummer."""
    day = int(draw(days)) + draw(st.sampled_from([0, 60]))
    birth = f"{draw(years)}{draw(months)}{day:02}"
    return with_luhn(birth + str(draw(st.integers(980, 999))))


@st.composite
def norwegian_ids(draw: st.DrawFn) -> str:
    """Give a test person's fødselsnummer or, with 40 more days, D-number."""
    day = int(draw(days)) + draw(st.sampled_from([0, 40]))
    birth = f"{day:02}{int(draw(months)) + 80}{draw(years)}"
    numbers = map(_with_controls, (f"{birth}{n:03}" for n in range(draw(st.integers(0, 900)), 999)))
    return next(number for number in numbers if number)


def _with_controls(number: str) -> str | None:
    """Return the number with its two control digits; None where a control would be 10."""
    first = fodselsnummer.calc_check_digit1(number)
    second = fodselsnummer.calc_check_digit2(number + first) if len(first) == 1 else "10"
    return number + first + second if len(second) == 1 else None


@st.composite
def danish_ids(draw: st.DrawFn) -> str:
    year = draw(st.integers(38, 57))
    return f"{draw(days)}{draw(months)}{year}{draw(st.integers(5, 8))}{draw(digits(3))}"


cards = st.builds(lambda first, rest: with_luhn(first + rest), st.sampled_from("45"), digits(14))


@st.composite
def ibans(draw: st.DrawFn) -> str:
    country, length = draw(st.sampled_from([("SE", 20), ("NO", 11), ("DK", 14)]))
    account = draw(digits(length))
    return country + iban.calc_check_digits(f"{country}00{account}") + account


@st.composite
def norwegian_accounts(draw: st.DrawFn) -> str:
    while True:
        number = draw(digits(10).filter(lambda number: "0" not in (number[0], number[4])))
        check = kontonr._calc_check_digit(number)
        if len(check) == 1:
            return number + check


swedish_phones = st.one_of(
    st.integers(5, 99).map("070-17406{:02}".format),
    st.integers(0, 99).map("031-39006{:02}".format),
    st.integers(0, 99).map("08-465004{:02}".format),
)


def spoken(number: str, words: str) -> str:
    return " ".join(words.split()[int(one)] for one in number)


def grouped(number: str, *lengths: int, by: str = " ") -> str:
    parts, start = [], 0
    for length in lengths:
        parts.append(number[start : start + length])
        start += length
    return by.join(parts)

from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coaching.signals.redaction import Kind, Redactor, checks
from tests.coaching.signals.numbers_of import (
    cards,
    danish_ids,
    digits,
    grouped,
    ibans,
    norwegian_accounts,
    norwegian_ids,
    off_by_one,
    spoken,
    swedish_ids,
    swedish_phones,
)

pytestmark = pytest.mark.pure
DIGITS = {
    "sv": "noll ett två tre fyra fem sex sju åtta nio",
    "nb": "null en to tre fire fem seks sju åtte ni",
    "da": "nul en to tre fire fem seks syv otte ni",
}
PLAIN = {
    "sv": "Det står {} längst ner på sidan här.",
    "nb": "Det står {} nederst på siden her.",
    "da": "Der står {} nederst på siden her.",
}
CUED = {
    "sv": "Mitt personnummer är {} sa jag.",
    "nb": "Fødselsnummeret mitt er {} sa jeg.",
    "da": "Mit cpr-nummer er {} sagde jeg.",
}
languages = st.sampled_from(["sv", "nb", "da"])


def kinds(language: str, text: str) -> list[Kind]:
    return [found.kind for found in Redactor(language).redact(text).found]


@given(languages, swedish_ids(), st.sampled_from(["{}{}", "{}-{}", "{} {}", "19{}-{}", "19{}{}"]))
def test_swedish_ids_go_without_a_cue(language, number, form):
    assume(not number.startswith("07"))  # bare, it is as well a mobile: gone, but as that
    written = form.format(number[:6], number[6:])

    assert kinds(language, PLAIN[language].format(written)) == [Kind.ID]


@given(languages, norwegian_ids(), st.sampled_from(["{}{}", "{} {}", "{}-{}"]))
def test_norwegian_ids_and_d_numbers_go_without_a_cue(language, number, form):
    written = form.format(number[:6], number[6:])

    assert kinds(language, PLAIN[language].format(written)) == [Kind.ID]


@given(danish_ids(), st.sampled_from(["-", " "]))
def test_a_danish_id_in_two_parts_goes_whatever_its_check_digit(number, between):
    text = PLAIN["da"].format(number[:6] + between + number[6:])

    assert len(kinds("da", text)) == 1


@given(danish_ids())
def test_a_bare_danish_id_goes_after_a_cue_alone(number):
    assume(not checks.is_swedish_id(number) and not number.startswith("0"))

    assert kinds("da", PLAIN["da"].format(number)) == []
    assert kinds("da", CUED["da"].format(number)) == [Kind.ID]


@given(swedish_ids())
def test_a_swedish_id_with_a_wrong_check_digit_goes_after_a_cue_alone(number):
    wrong = off_by_one(number)
    assume(not wrong.startswith("0"))

    assert kinds("sv", PLAIN["sv"].format(wrong)) == []
    assert kinds("sv", CUED["sv"].format(wrong)) == [Kind.ID]


@given(norwegian_ids())
def test_a_norwegian_id_with_a_wrong_check_digit_goes_after_a_cue_alone(number):
    wrong = off_by_one(number)
    assume(not wrong.startswith("0"))

    assert kinds("nb", PLAIN["nb"].format(wrong)) == []
    assert kinds("nb", CUED["nb"].format(wrong)) == [Kind.ID]


@given(st.integers(1, 28), st.integers(1, 12), st.integers(0, 99), digits(3), st.integers(0, 3))
def test_a_norwegian_id_of_the_rules_of_2032_is_an_id(day, month, year, individual, remainder):
    number = f"{day:02}{month + 80}{year:02}{individual}"
    weights = [3, 7, 6, 1, 8, 9, 4, 5, 2]
    first = (remainder - sum(w * int(d) for w, d in zip(weights, number, strict=True))) % 11
    assume(first < 10)
    number += str(first)
    weights = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]
    second = -sum(w * int(d) for w, d in zip(weights, number, strict=True)) % 11
    assume(second < 10)

    assert checks.is_norwegian_id(number + str(second))


@given(languages, st.one_of(swedish_ids(), norwegian_ids(), danish_ids()))
def test_an_id_said_digit_by_digit_goes_after_a_cue(language, number):
    text = CUED[language].format(spoken(number, DIGITS[language]))

    assert Redactor(language).redact(text).text == CUED[language].format("[ID_1]")


@given(languages, digits(8).filter(lambda number: number[0] != "0"))
def test_eight_digits_said_aloud_go_without_a_cue(language, number):
    text = PLAIN[language].format(spoken(number, DIGITS[language]))

    assert len(kinds(language, text)) == 1


@given(languages, cards, st.sampled_from(["", " ", "-"]))
def test_cards_go_without_a_cue(language, number, between):
    text = PLAIN[language].format(grouped(number, 4, 4, 4, 4, by=between))

    assert kinds(language, text) == [Kind.CARD]


@given(languages, cards)
def test_sixteen_digits_that_are_no_card_stay(language, number):
    assert kinds(language, PLAIN[language].format(off_by_one(number))) == []


@given(languages, ibans(), st.booleans())
def test_ibans_go_without_a_cue(language, number, is_spaced):
    written = " ".join(number[i : i + 4] for i in range(0, len(number), 4))

    text = PLAIN[language].format(written if is_spaced else number)

    assert kinds(language, text) == [Kind.IBAN]


@given(languages, norwegian_accounts())
def test_norwegian_accounts_go_in_their_usual_form(language, number):
    assume(not checks.is_norwegian_id(number))

    text = PLAIN[language].format(grouped(number, 4, 2, 5, by="."))

    assert kinds(language, text) == [Kind.ACCOUNT]


@given(swedish_phones)
def test_swedish_phones_go_without_a_cue(number):
    international = "+46 " + number[1:].replace("-", " ")

    assert kinds("sv", PLAIN["sv"].format(number)) == [Kind.PHONE]
    assert kinds("nb", PLAIN["nb"].format(international)) == [Kind.PHONE]


@given(
    st.sampled_from(["nb", "da"]), st.integers(0, 9999), st.sampled_from([(2, 2, 2, 2), (3, 2, 3)])
)
def test_phones_of_eight_digits_go_in_their_usual_forms(language, last, form):
    number = f"4061{last:04}"  # the range of libphonenumber's Norwegian example

    assert kinds(language, PLAIN[language].format(grouped(number, *form))) == [Kind.PHONE]


@given(languages, st.integers(1, 999_999), st.sampled_from(["kr", "kroner", "kronor", "%", ",-"]))
def test_amounts_stay(language, amount, unit):
    assume(language == "sv" or unit != "kronor")
    assume(language != "sv" or unit != "kroner")
    written = f"{amount:,}".replace(",", " ")

    assert kinds(language, PLAIN[language].format(f"{written} {unit}")) == []


@given(
    languages,
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d/%m-%Y"]),
)
def test_dates_stay(language, day, form):
    assert kinds(language, PLAIN[language].format(day.strftime(form))) == []


@settings(max_examples=300)
@given(languages, st.text(max_size=120))
def test_any_text_comes_back_with_its_found_parts_replaced_and_nothing_else(language, text):
    done = Redactor(language).redact(text)

    rebuilt, last = "", 0
    for found in done.found:
        rebuilt += text[last : found.start] + found.placeholder
        last = found.end
    assert rebuilt + text[last:] == done.text


@given(languages, digits(4), st.sampled_from(["ocr", "ean"]))
def test_numbers_of_things_stay(language, last, cue):
    assert kinds(language, PLAIN[language].format(f"{cue} 7788{last}66")) == []

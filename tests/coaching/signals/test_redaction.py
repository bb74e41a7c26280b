from io import StringIO

import pytest
from django.core.management import call_command

from coaching.signals.redaction import Kind, Redactor, measuring
from coaching.signals.redaction.language import LANGUAGES
from coaching.signals.redaction.measuring import NAMES_AND_PLACES, Score

pytestmark = pytest.mark.pure


def test_redact_hides_who_and_what_number_and_says_where():
    done = Redactor("sv").redact("Jag heter Anna Lind, ring 070-174 06 05.")

    assert done.text == "Jag heter [PERSON_1], ring [PHONE_1]."
    assert [(found.kind, found.start, found.end) for found in done.found] == [
        (Kind.PERSON, 10, 19),
        (Kind.PHONE, 26, 39),
    ]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("nb", "e-posten er kari snabel-a post punktum no", "e-posten er [EMAIL_1]"),
        ("sv", "min mejl är bo punkt ek snabel-a exempel punkt se", "min mejl är [EMAIL_1]"),
        ("da", "mailen er mie snabel-a post punktum dk", "mailen er [EMAIL_1]"),
        ("sv", "numret är nollåtta fyrtiosex femtio noll fyra tolv", "numret är [PHONE_1]"),
        ("da", "cpr tolv nul tre toogfyrre seksoghalvtreds otteoghalvfjerds", "cpr [ID_1]"),
        ("nb", "nummeret er førti seksti en tre og tyve førtifem", "nummeret er [PHONE_1]"),
    ],
)
def test_redact_hides_what_is_spoken(language, text, expected):
    assert Redactor(language).redact(text).text == expected


def test_redact_gives_one_value_one_placeholder_within_a_contact():
    redactor = Redactor("sv")

    first = redactor.redact("Ring 070-174 06 05 eller +46 70 174 06 21.").text
    again = redactor.redact("Alltså +46701740605.").text

    assert first == "Ring [PHONE_1] eller [PHONE_2]."
    assert again == "Alltså [PHONE_1]."


def test_redact_starts_anew_for_another_contact():
    Redactor("sv").redact("Ring 070-174 06 05.")

    assert Redactor("sv").redact("Ring 070-174 06 21.").text == "Ring [PHONE_1]."


def test_redact_knows_a_person_again_by_part_of_the_name():
    redactor = Redactor("nb")

    redactor.redact("Jeg heter Xhevdet Brattsti.")

    assert redactor.redact("Takk, Xhevdet. Brattstis sak er løst.").text == (
        "Takk, [PERSON_1]. [PERSON_1] sak er løst."
    )


def test_redact_takes_the_answer_of_the_next_turn():
    redactor = Redactor("da")

    redactor.redact("Hvad er dit cpr-nummer?")

    assert redactor.redact("ja det er så 1203425678 tror jeg").text == (
        "ja det er så [ID_1] tror jeg"
    )


def test_redact_forgets_a_question_that_nobody_answered():
    redactor = Redactor("da")

    redactor.redact("Hvad er dit cpr-nummer?")
    for turn in ("det har jeg ikke her", "nej", "nå"):
        redactor.redact(turn)

    assert redactor.redact("der står 1203425678 på den grønne æske").found == ()


def test_redact_hides_a_number_whose_check_fails_after_a_cue_alone():
    assert Redactor("sv").redact("personnummer 850312-9805").text == "personnummer [ID_1]"
    assert Redactor("sv").redact("det står 850312-9805 på lappen").found == ()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("sv", "Inga problem. Mina pengar. Ville du det?"),
        ("sv", "ordernumret vet jag inte, men det kostar 1 299 kr"),
        ("nb", "Hans faktura. Vår i luften. Per i dag."),
        ("da", "Hans regning. Per måned. Mark og eng."),
    ],
)
def test_redact_keeps_words_that_are_names_elsewhere(language, text):
    assert Redactor(language).redact(text).text == text


def test_redact_hides_only_the_kinds_it_was_given():
    redactor = Redactor("sv", kinds={Kind.PHONE})

    assert redactor.redact("Anna, 070-174 06 05").text == "Anna, [PHONE_1]"


def test_redact_leaves_its_own_placeholders():
    done = Redactor("sv").redact("Jag heter Anna Lind, personnummer 850312-9804.").text

    assert Redactor("sv").redact(done).text == done


def test_a_redactor_refuses_a_language_it_has_no_words_of():
    with pytest.raises(ValueError, match="fi"):
        Redactor("fi-FI")


@pytest.mark.parametrize("code", ["no", "nn-NO", "nb_NO"])
def test_a_redactor_takes_norwegian_by_any_of_its_codes(code):
    assert Redactor(code).redact("Jeg heter Kari Moen.").text == "Jeg heter [PERSON_1]."


def test_there_are_a_hundred_cases_a_language_and_rules_were_made_for_half_of_them_at_most():
    for language in LANGUAGES:
        cases = measuring.cases(language)

        assert len(cases) >= 100
        assert sum(case.is_tuned for case in cases) <= (len(cases) + 1) // 2


def test_measure_counts_a_part_as_missed_and_a_word_too_many_as_wrong():
    half = measuring.Case(
        "sv", (measuring.marked_turn("<PERSON:Anna Lind> <PERSON:går> hem"),), True
    )
    much = measuring.Case("sv", (measuring.marked_turn("Anna <PERSON:Lind> går hem"),), True)

    assert measuring.measure([half])[Kind.PERSON] == Score(marked=2, covered=1, found=1, right=1)
    assert measuring.measure([much])[Kind.PERSON] == Score(marked=1, covered=1, found=1, right=0)


def test_redaction_finds_as_much_as_promised_of_what_no_rule_was_made_for():
    cases = [case for code in LANGUAGES for case in measuring.cases(code) if not case.is_tuned]

    scores = measuring.measure(cases)

    structured = measuring.total(scores, frozenset(Kind) - NAMES_AND_PLACES)
    assert structured.recall_share >= 0.97
    assert structured.precision_share >= 0.95
    assert measuring.total(scores, NAMES_AND_PLACES).recall_share >= 0.9
    assert measuring.total(scores, NAMES_AND_PLACES).precision_share >= 0.95


def test_measure_redaction_prints_every_kind_in_every_language():
    out = StringIO()

    call_command("measure_redaction", stdout=out)

    lines = out.getvalue().splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == [
        "sv,",
        "nb,",
        "da,",
        "all",
    ]
    assert sum(line.split()[0] == Kind.PERSON for line in lines) == 4

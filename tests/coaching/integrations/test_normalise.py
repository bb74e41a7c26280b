import pytest

from coaching.integrations.normalise import clean, customer_ref, language_code

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("sv", "sv-SE"),
        ("Svenska", "sv-SE"),
        ("no", "nb-NO"),
        ("no-NO", "nb-NO"),
        ("nn", "nb-NO"),
        ("Nynorsk", "nb-NO"),
        ("Norsk bokmål", "nb-NO"),
        ("da_DK", "da-DK"),
        ("Support dansk", "da-DK"),
        ("en-SE", "en"),
        ("Klingon", None),
        ("Kunder en gros", None),
        ("", None),
        (None, None),
    ],
)
def test_language_code_reads_codes_and_names(text: str | None, code: str | None) -> None:
    assert language_code(text) == code


def test_customer_ref_is_the_same_however_a_number_is_written() -> None:
    written = (
        "tel:+46701740605",
        "+46 70-174 06 05",
        "0046701740605",
        "sip:+46701740605@x.example",
    )

    refs = {customer_ref(address, "key") for address in written}

    assert len(refs) == 1
    assert len(refs.pop() or "") == 64


def test_customer_ref_is_the_same_however_an_address_is_written() -> None:
    assert customer_ref(" Kund@Example.se", "key") == customer_ref("mailto:kund@example.se", "key")


def test_customer_ref_depends_on_the_key_and_the_customer() -> None:
    refs = {
        customer_ref(address, key)
        for address in ("+46701740605", "+46701740606", "kund@example.se")
        for key in ("one", "other")
    }

    assert len(refs) == 6


@pytest.mark.parametrize(
    "address", [None, "", "anonymous", "sip:anonymous@anonymous.invalid", "12"]
)
def test_customer_ref_of_nobody_is_none(address: str | None) -> None:
    assert customer_ref(address, "key") is None


def test_customer_ref_without_a_key_is_none() -> None:
    assert customer_ref("+46701740605", "") is None


def test_clean_drops_control_characters_and_the_rest() -> None:
    assert clean(" Fak\x00tura\x1f och mer", 12) == "Faktura och "
    assert clean(None, 12) == ""

"""What a text may give away, and where in it."""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    PERSON = "PERSON"
    ADDRESS = "ADDRESS"
    ID = "ID"  # personnummer, samordningsnummer, fødselsnummer, D-number, CPR
    PHONE = "PHONE"
    EMAIL = "EMAIL"
    CARD = "CARD"
    IBAN = "IBAN"
    ACCOUNT = "ACCOUNT"  # bankgiro, plusgiro, clearing and account numbers
    REFERENCE = "REFERENCE"  # numbers of a customer, an order or a case
    NUMBER = "NUMBER"  # digits that nobody explained, too many to be harmless


class Span(NamedTuple):
    start: int
    end: int
    kind: Kind
    value: str  # comparable: the same thing written in two ways has one value

"""Words on their way into the database: in their language, without who and what number."""

from collections import defaultdict
from collections.abc import Sequence

from coaching import records
from coaching.signals.customer import said_by_customer
from coaching.signals.language import decide
from coaching.signals.redaction import Redactor

OF_COUNTRY = {"SE": "sv", "NO": "nb", "DK": "da"}


class Wording:
    """Redacts the transcripts of one connection, contact by contact."""

    def __init__(self, country: str) -> None:
        self._usual = OF_COUNTRY[country]

    def redacted(self, found: Sequence[records.TranscriptSegment]) -> list[str]:
        """Return the texts in the order given; placeholders are the same all through a contact."""
        by_contact: dict[str, list[int]] = defaultdict(list)
        for index, segment in enumerate(found):
            by_contact[segment.interaction_external_id].append(index)
        texts = [""] * len(found)
        for indexes in by_contact.values():
            redactor = Redactor(self._language([found[index] for index in indexes]))
            for index in sorted(indexes, key=lambda index: _place(found[index])):
                texts[index] = redactor.redact(found[index].text).text
        return texts

    def _language(self, segments: Sequence[records.TranscriptSegment]) -> str:
        """Return the contact's language, or the country's where it is none that we redact in."""
        stated = next((segment.language for segment in segments if segment.language), None)
        decided = decide(said_by_customer(segments), stated).language
        return decided if decided and decided in OF_COUNTRY.values() else self._usual


def _place(segment: records.TranscriptSegment) -> tuple[int, int]:
    return (segment.start_ms or 0, segment.ordinal)

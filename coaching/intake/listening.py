"""What customers' stored words tell: our own reading, where it is switched on."""

import logging
from collections.abc import Iterator, Sequence
from decimal import Decimal
from statistics import fmean

from django.conf import settings
from django.db.models import Exists, OuterRef

from coaching import records
from coaching.models import Interaction, SentimentSpan, TranscriptSegment
from coaching.signals import sentiment
from coaching.signals.customer import CustomerText
from coaching.signals.embedding import Embedder, nano_e5
from coaching.signals.language import decide
from coaching.signals.sentiment import Label, Reading

CONTACTS_AT_ONCE = 500
NEUTRAL_UP_TO = 0.2
_OWN = records.SentimentSource.OWN_MODEL.value
_SEGMENTS = TranscriptSegment.objects.filter(interaction=OuterRef("pk"))
_READ = SentimentSpan.objects.filter(interaction=OuterRef("pk"), source=_OWN)

logger = logging.getLogger(__name__)


def read_waiting() -> int:
    """Read the customer's words of contacts that nobody has read yet; return how many those were.

    Privacy: what comes of it is a property of the contact; an agent's words are not looked at.
    """
    if settings.SENTIMENT == "off":
        return 0
    embedder = _embedder()
    waiting = Interaction.objects.filter(Exists(_SEGMENTS), ~Exists(_READ)).order_by("pk")
    found = list(waiting[:CONTACTS_AT_ONCE].prefetch_related("segments"))
    for contact in found:
        SentimentSpan.objects.bulk_create(_spans(contact, embedder), ignore_conflicts=True)
    return len(found)


def _embedder() -> Embedder | None:
    """Return the model, or None to read by word lists where it is off or has no engine here."""
    if settings.SENTIMENT == "words":
        return None
    try:
        return nano_e5()
    except (ImportError, OSError) as error:
        logger.warning("no embeddings on this machine, reading by words: %s", error)
        return None


def _spans(contact: Interaction, embedder: Embedder | None) -> Iterator[SentimentSpan]:
    """Yield the contact's own reading, and how it began and ended where that can be told."""
    segments = [one for one in contact.segments.all() if one.speaker == records.Speaker.CUSTOMER]
    texts = [CustomerText(segment.text) for segment in segments]
    stated = next((segment.language for segment in segments if segment.language), None)
    readings = sentiment.read(texts, decide(texts, stated).language, embedder)
    model = embedder.name if embedder else "word lists"
    yield _span(contact, records.SentimentScope.CONVERSATION, _mean(readings), model=model)
    course = sentiment.trend(readings)
    if course:
        period = records.SentimentScope.PERIOD
        yield _span(contact, period, course.first, model=model, third="first third")
        yield _span(contact, period, course.last, model=model, third="last third")


def _mean(readings: Sequence[Reading]) -> float | None:
    sure = [reading.score for reading in readings if reading.label is not Label.UNSURE]
    return fmean(sure) if sure else None


def _span(
    contact: Interaction,
    scope: records.SentimentScope,
    score: float | None,
    *,
    model: str,
    third: str = "",
) -> SentimentSpan:
    return SentimentSpan(
        interaction=contact,
        scope=scope.value,
        utterance_id=third,
        score=None if score is None else Decimal(f"{score:.3f}"),
        label=_label(score).value,
        source=_OWN,
        model=model[:80],
    )


def _label(score: float | None) -> records.SentimentLabel:
    labels = records.SentimentLabel
    if score is None:
        return labels.UNKNOWN
    if abs(score) <= NEUTRAL_UP_TO:
        return labels.NEUTRAL
    return labels.POSITIVE if score > 0 else labels.NEGATIVE

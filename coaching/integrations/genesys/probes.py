"""Try each thing that a connection needs, with the permission that it takes."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from coaching.integrations.base import Finding, Forbidden, Unreadable, gettext_noop
from coaching.integrations.genesys import feed
from coaching.integrations.genesys.events import Payload, listed
from coaching.integrations.genesys.media import (
    NOBODY,
    SENTIMENT_DIALECTS,
    TRANSCRIPTION_DIALECTS,
    Media,
)

Probe = tuple[str, Callable[[], str], str]  # subject, a cheap call, the permission it takes

_LISTS = (
    (gettext_noop("Agents"), feed.USERS, "users:readonly"),
    (gettext_noop("Teams"), feed.TEAMS, "groups:team:view"),
    (gettext_noop("Queues"), feed.QUEUES, "routing:queue:view"),
    (gettext_noop("Wrap-up codes"), feed.WRAPUP_CODES, "routing:wrapupCode:view"),
    (gettext_noop("Languages"), feed.LANGUAGES, "routing:readonly"),
    (gettext_noop("Quality forms"), feed.PUBLISHED_FORMS, "quality:evaluationForm:view"),
)


def findings(
    calls: feed.Feed, media: Media, *, wants: Callable[[str], bool], now: datetime
) -> Iterator[Finding]:
    for subject, call, permission in [*_always(calls, now), *_wanted(calls, media, wants)]:
        try:
            yield Finding(subject, passed=True, detail=call())
        except Forbidden:
            yield Finding(subject, passed=False, detail=permission)
        except Unreadable as refused:
            yield Finding(subject, passed=False, detail=str(refused))


def _always(calls: feed.Feed, now: datetime) -> Iterator[Probe]:
    for subject, path, permission in _LISTS:
        yield subject, partial(_total, calls, path), permission
    lake = partial(_available, calls)
    yield gettext_noop("Contacts"), lake, "analytics:conversationDetail:view"
    search = partial(_search, calls, now)
    yield gettext_noop("Evaluations"), search, "quality:evaluation:searchAny"


def _wanted(calls: feed.Feed, media: Media, wants: Callable[[str], bool]) -> Iterator[Probe]:
    """Yield what only some connections need; conversations that are nobody's are asked for."""
    if wants("recordings"):
        recordings = partial(_nothing, media.recordings)
        yield gettext_noop("Recordings"), recordings, "recording:recording:view"
    analysis = "recording:recording:view speechAndTextAnalytics:data:view"
    scope = "speech-and-text-analytics:readonly"
    if wants("transcripts"):
        yield gettext_noop("Transcripts"), partial(_nothing, media.transcripts), analysis
        dialects = partial(_dialects, calls, TRANSCRIPTION_DIALECTS)
        yield gettext_noop("Languages of transcripts"), dialects, scope
    if wants("sentiment"):
        yield gettext_noop("Mood"), partial(_nothing, media.metrics), analysis
        dialects = partial(_dialects, calls, SENTIMENT_DIALECTS)
        yield gettext_noop("Languages of moods"), dialects, scope


def _total(calls: feed.Feed, path: str) -> str:
    return str(calls.one(path, {"pageSize": 1}).get("total", ""))


def _available(calls: feed.Feed) -> str:
    return str(calls.one(feed.AVAILABILITY).get("dataAvailabilityDate", ""))


def _search(calls: feed.Feed, now: datetime) -> str:
    next(calls.hit_pages(now - timedelta(days=1), now, automatic=False))
    return ""


def _nothing(ask: Callable[[Payload], object]) -> str:
    ask({**NOBODY, "communications": [NOBODY["id"]]})
    return ""


def _dialects(calls: feed.Feed, path: str) -> str:
    entities = listed("entities")(calls.one(path))
    return ", ".join(sorted({code for entity in entities for code in _codes(entity)}))


def _codes(entity: Any) -> list[str]:
    """Return the dialects of an entity: a code, something named by one, an engine with many."""
    if not isinstance(entity, dict):
        return [str(entity)]
    return [str(code) for code in entity.get("dialects") or [entity.get("id")] if code]

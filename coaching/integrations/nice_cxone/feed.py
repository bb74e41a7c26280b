"""The calls to NICE: pages of lists and contacts, what is played, what was analysed."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from coaching.integrations.base import Unavailable, Unreadable, Unverified, load_json
from coaching.integrations.http import ApiClient, Params

AGENTS = "/agents"
TEAMS = "/teams"
SKILLS = "/skills"
CONTACTS = "/contacts/completed"
PLAYED = "/media-playback/v1"
SEGMENTS = "/interaction-analytics-gateway/v2/segments"

PAGE_SIZE = 1000
SEGMENT_PAGE_SIZE = 100
RETRY_SECONDS = 60
IDLE_ANSWERS = 2  # so many in a row without anything new are the end

Payload = dict[str, Any]


class Feed:
    """Lists and contacts lie at one host (`acd`), all else at another (`platform`)."""

    def __init__(
        self, acd: ApiClient, platform: ApiClient, *, download: Callable[[str], bytes]
    ) -> None:
        self._acd = acd
        self._platform = platform
        self._download = download

    def sign_in(self) -> None:
        self._platform.sign_in()

    def try_list(self, path: str) -> None:
        self._acd.call("GET", path, params={"top": 1})

    def try_contacts(self, since: datetime) -> None:
        params = {"updatedSince": timestamp(since), "top": 1}
        self._acd.call("GET", CONTACTS, params=params)

    def try_segments(self, start: datetime, stop: datetime) -> None:
        params = {**_analysed_between(start, stop), "pageSize": 1}
        self._platform.call("GET", f"{SEGMENTS}/analyzed", params=params)

    def pages(
        self, path: str, params: Params | None = None, *, listed: tuple[str, ...], reference: str
    ) -> Iterator[list[Payload]]:
        """Yield a list's lines page by page: what comes next is known by what we have."""

        def ask(skip: str) -> Payload:
            paging = {"top": PAGE_SIZE, "skip": skip or "0"}
            return _body(self._acd.call("GET", path, params={**(params or {}), **paging}))

        def next_skip(page: Payload, read_count: int) -> str:
            has_next = bool((page.get("_links") or {}).get("next"))
            is_counted = int(page.get("totalRecords") or 0) > read_count
            return str(read_count) if has_next or is_counted else ""

        yield from _unfold(ask, next_skip, listed=listed, reference=reference)

    def analysed_pages(self, start: datetime, stop: datetime) -> Iterator[list[Payload]]:
        wanted = {**_analysed_between(start, stop), "pageSize": SEGMENT_PAGE_SIZE}

        def ask(cursor: str) -> Payload:
            params = {**wanted, **({"cursor": cursor} if cursor else {})}
            return _body(self._platform.call("GET", f"{SEGMENTS}/analyzed", params=params))

        def next_cursor(page: Payload, _read_count: int) -> str:
            following = urlsplit(str((page.get("links") or {}).get("next") or ""))
            return parse_qs(following.query).get("cursor", [""])[0]

        yield from _unfold(ask, next_cursor, listed=("interactions",), reference="segmentId")

    def transcript(self, segment: Payload) -> Payload:
        """Return an analysed segment with what was said in it."""
        path = f"{SEGMENTS}/{_own_id(segment.get('segmentId'))}/analyzed-transcript"
        found = self._platform.get(path, {"wordLevel": "false"})
        return {**segment, **{name: found.get(name) for name in ("language", "transcriptBlocks")}}

    def played(self, master_contact_id: str) -> list[Payload]:
        """Return what was recorded of a whole contact; nothing is no failure."""
        wanted = {"acd-call-id": _own_id(master_contact_id), **_SOUND_ALONE}
        try:
            found = self._platform.get(f"{PLAYED}/contacts", wanted)
        except Unreadable as error:
            if error.reason == "HTTP 404":
                return []
            raise
        return [_played(it, master_contact_id) for it in _interactions(found)]

    def sound(self, segment_id: str) -> bytes:
        path = f"{PLAYED}/segments/{_own_id(segment_id)}"
        for played in _interactions(self._platform.get(path, _SOUND_ALONE)):
            address = (played.get("data") or {}).get("fileToPlayUrl")
            if address:
                return self._fetched(str(address))
        raise Unreadable("fileToPlayUrl", "is missing")

    def _fetched(self, address: str) -> bytes:
        try:
            return self._download(address)
        except Unverified as refused:  # a signed address ends, and holds for nobody else
            raise Unavailable(RETRY_SECONDS, "the address of the sound has ended") from refused


_SOUND_ALONE: Params = {
    "media-type": "voice-only",
    "exclude-waveforms": "true",
    "exclude-qm-categories": "true",
}


def timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _unfold(
    ask: Callable[[str], Payload],
    next_place: Callable[[Payload, int], str],
    *,
    listed: tuple[str, ...],
    reference: str,
) -> Iterator[list[Payload]]:
    """Yield what each answer adds; a place that adds nothing is asked once more."""
    seen: set[str] = set()
    place, idle_count = "", 0
    while True:
        page = ask(place)
        found = {_key(line, reference): line for line in _lines(page, listed)}
        new = {key: line for key, line in found.items() if key not in seen}
        seen.update(new)
        if new:
            yield list(new.values())
        idle_count = 0 if new else idle_count + 1
        following = next_place(page, len(seen))
        if idle_count == IDLE_ANSWERS and following:
            raise Unreadable("page", "adds nothing, and says that there is more")
        if idle_count == IDLE_ANSWERS or (new and not following):
            return
        place = following if new else place


def _lines(page: Mapping[str, Any], listed: tuple[str, ...]) -> list[Payload]:
    found = next((page[name] for name in listed if isinstance(page.get(name), list)), None)
    if found is None and page:
        raise Unreadable(listed[0], "is missing")
    return list(found or ())


def _interactions(page: Payload) -> list[Payload]:
    return list(page.get("interactions") or page.get("Interactions") or ())


def _played(interaction: Payload, master_contact_id: str) -> Payload:
    """Name the contact, and forget the signed address of the sound: it is a key."""
    data = {**(interaction.get("data") or {}), "fileToPlayUrl": None}
    return {**interaction, "data": data, "masterContactId": master_contact_id}


def _analysed_between(start: datetime, stop: datetime) -> dict[str, str | int]:
    return {
        "dateField": "firstAnnotatedAt",
        "beginningDate": timestamp(start),
        "endingDate": timestamp(stop),
    }


def _body(response: httpx.Response) -> Payload:
    """Return an answer's object; NICE answers nothing at all where it has nothing."""
    return load_json(response.content) if response.content else {}


def _key(line: Payload, reference: str) -> str:
    return str(line.get(reference) or json.dumps(line, sort_keys=True))


def _own_id(value: object) -> str:
    """Return an id that is safe to put into an address."""
    if not re.fullmatch(r"[\w-]+", str(value or "")):
        raise Unreadable("id", "is missing or not an id")
    return str(value)

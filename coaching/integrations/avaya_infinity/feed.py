"""The calls to Avaya Infinity: tables by quarter hours and days, and transcripts one by one."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx

from coaching.integrations.base import Unavailable, Unreadable, load_json
from coaching.integrations.http import TRIES, ApiClient, Params

DATASETS = "/api/analytics/v2/datasets"
TRANSCRIPTS = "/api/transcripts/v1/transcripts"
AGENTS, QUEUES, SEGMENTS = "agent", "queue", "interactionSegments"

SLOT = timedelta(minutes=15)
PAGE_SIZE = 200
MESSAGE_PAGE_SIZE = 50
IDLE_ANSWERS = 2
UNREADY_WAITS_SECONDS = (5, 10, 30, 60)
RETRY_SECONDS = 900
PAUSE_SECONDS = 1

Payload = dict[str, Any]


class Refusals(httpx.BaseTransport):
    """Gives two of the platform's answers the status that they stand for.

    Who is not signed in is led to a page to do so; a transcript that is not there is an error of
    the server's.
    """

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._http.send(request, follow_redirects=False)
        if response.has_redirect_location:
            response.status_code = httpx.codes.UNAUTHORIZED
        is_error = response.status_code == httpx.codes.INTERNAL_SERVER_ERROR
        if is_error and request.url.path.startswith(TRANSCRIPTS):
            response.status_code = httpx.codes.NOT_FOUND
        return response


class Feed:
    def __init__(
        self, *, analytics: ApiClient, transcripts: ApiClient, sleep: Callable[[float], None]
    ) -> None:
        self._analytics = analytics
        self._transcripts = transcripts
        self._sleep = sleep

    def sign_in(self) -> None:
        self._analytics.sign_in()

    def try_dataset(self, name: str, day: date) -> None:
        params = {"interval": _days(day, day), "datasetType": "daily", "pageSize": 1}
        self._analytics.call("GET", f"{DATASETS}/{name}", params=params)

    def try_transcript(self) -> None:
        """Ask for a transcript that there is not: being told so takes the permission alone."""
        with suppress(Unreadable):
            self._transcripts.get(f"{TRANSCRIPTS}/0", {"limit": 1})

    def days(self, name: str, first: date, last: date) -> Iterator[Payload]:
        return self._pages(name, {"datasetType": "daily", "interval": _days(first, last)})

    def slots(self, name: str, start: datetime, stop: datetime) -> Iterator[Payload]:
        """Yield what lies between two quarter hours; the platform takes the last one in."""
        interval = f"starting:{start:%Y%m%d%H%M},ending:{stop - SLOT:%Y%m%d%H%M}"
        return self._pages(name, {"datasetType": "interval", "interval": interval})

    def _pages(self, name: str, wanted: dict[str, str]) -> Iterator[Payload]:
        """Follow the tokens; a page that comes again is asked for once more, not for ever."""
        params: dict[str, str | int] = {**wanted, "pageSize": PAGE_SIZE}
        seen: set[str] = set()
        repeats = 0
        while repeats < TRIES:
            page = self._finished_page(name, params)
            following = _next(page)
            if following in seen:
                repeats += 1
                continue
            yield page
            if not following:
                return
            seen.add(following)
            params["nextPageToken"] = following
        raise Unreadable("nextPageToken", "leads back to a page already read")

    def _finished_page(self, name: str, params: dict[str, str | int]) -> Payload:
        for wait in UNREADY_WAITS_SECONDS:
            answer = self._analytics.call("GET", f"{DATASETS}/{name}", params=params)
            if answer.status_code != httpx.codes.ACCEPTED:
                return load_json(answer.content)
            self._sleep(wait)
        raise Unavailable(RETRY_SECONDS, f"{name}: the platform has not got that far")

    def messages(self, interaction_id: str) -> list[Any]:
        """Return the messages of an interaction by time, whichever end the platform begins at."""
        path = f"{TRANSCRIPTS}/{_path_part(interaction_id)}"
        first = self._message_page(path)
        later = self._beyond(path, first, side="after", end=-1)
        earlier = self._beyond(path, first, side="before", end=0)
        found = {_id(message): message for message in [*first, *later, *earlier]}
        return sorted(found.values(), key=lambda message: str(message.get("createdAt")))

    def _beyond(self, path: str, page: list[Any], *, side: str, end: int) -> Iterator[Any]:
        """Yield the messages on one side of a full page, up to a page that is not full."""
        seen = {_id(message) for message in page}
        idle_count = 0
        cursor = _cursor(page, end)
        while cursor and idle_count < IDLE_ANSWERS:
            page = self._message_page(path, {side: cursor})
            new = [message for message in page if _id(message) not in seen]
            idle_count = 0 if new else idle_count + 1
            seen.update(map(_id, new))
            cursor = _cursor(page, end)
            yield from new

    def _message_page(self, path: str, cursor: dict[str, str] | None = None) -> list[Any]:
        """Ask for a page, once more if it is not there: that may have been an error after all."""
        params: Params = {"limit": MESSAGE_PAGE_SIZE, "type": "message", **(cursor or {})}
        try:
            page = self._transcripts.get(path, params)
        except Unreadable:
            self._sleep(PAUSE_SECONDS)
            page = self._transcripts.get(path, params)
        found = page.get("messages")
        if not isinstance(found, list) or not all(isinstance(it, dict) for it in found):
            raise Unreadable("messages", "is not a list of messages")
        return found


def slot(moment: datetime) -> datetime:
    """Return the beginning of a moment's quarter of an hour."""
    utc = moment.astimezone(UTC)
    return utc.replace(minute=utc.minute // 15 * 15, second=0, microsecond=0)


def _days(first: date, last: date) -> str:
    return f"starting:{first:%Y%m%d},ending:{last:%Y%m%d}"


def _next(page: Payload) -> str:
    pagination = page.get("pagination")
    return str(pagination.get("nextPageToken") or "") if isinstance(pagination, dict) else ""


def _cursor(page: list[Any], end: int) -> str:
    """Return where a full page goes on, at its first or its last message."""
    if len(page) < MESSAGE_PAGE_SIZE:
        return ""
    cursor = page[end].get("paginationId")
    if not cursor:
        raise Unreadable("paginationId", "is missing")
    return str(cursor)


def _id(message: Payload) -> str:
    return str(message.get("id") or json.dumps(message))


def _path_part(interaction_id: str) -> str:
    """Return an id that is safe to put into an address."""
    if not re.fullmatch(r"[\w-]+", interaction_id):
        raise Unreadable("INTERACTION_ID", "is not an id")
    return interaction_id

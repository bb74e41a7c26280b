"""The calls to Talkdesk: HAL pages, report jobs, cursors, and files that lie elsewhere."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import httpx

from coaching.integrations.base import Unavailable, Unreadable, Unverified, load_json
from coaching.integrations.http import ApiClient, Params

USERS = "/users"
CALL_JOBS = "/data/reports/calls/jobs"
CALL_FILES = "/data/reports/calls/files"
CONVERSATIONS = "/conversations/interactions"

PAGE_SIZE = 100
PACE_SECONDS = 0.5  # rate limits are not published: two calls a second where we make many
JOB_WAITS_SECONDS = (2, 4, 8, 16) + 14 * (30,)  # within the lock of a run
RETRY_SECONDS = 600
MOST_VISITS = 2  # an answer may be repeated on its way; a circle goes on

Payload = dict[str, Any]


class RedirectsAreAnswers(httpx.BaseTransport):
    """Hands a redirect over as a good answer, so that nobody follows it with our token."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._http.send(request)
        if response.has_redirect_location:
            response.status_code = httpx.codes.OK
        return response


class Feed:
    """Calls the API with our token and `files`, a client of any host, without one."""

    def __init__(
        self,
        api: ApiClient,
        *,
        files: Callable[[str], ApiClient],
        period: tuple[str, str],
        sleep: Callable[[float], None],
    ) -> None:
        self._api = api
        self._files = files
        self._period = period
        self._sleep = sleep

    def sign_in(self) -> None:
        self._api.sign_in()

    def one(self, path: str, params: Params | None = None) -> Payload:
        return self._api.get(path, params)

    def pages(self, path: str) -> Iterator[Payload]:
        """Follow the numbers of next pages; their addresses may name another host."""
        number = "1"
        visits: Counter[str] = Counter()
        while number:
            page = self.one(path, {"page": number, "per_page": PAGE_SIZE})
            yield page
            number = _next(page, "page", visits)

    def _start_calls(self, start: datetime, stop: datetime) -> str:
        """Order the report of the calls between two moments, a month apart at most."""
        timespan = {"from": _timestamp(start), "to": _timestamp(stop)}
        wanted = {"format": "json", "timezone": "UTC", "timespan": timespan}
        return _path_part(self._api.post(CALL_JOBS, wanted).get("job"), "id")

    def calls(self, start: datetime, stop: datetime) -> Payload:
        job = self._start_calls(start, stop)
        for wait in JOB_WAITS_SECONDS:
            if self._is_made(job):
                return load_json(self._file(f"{CALL_FILES}/{job}"))
            self._sleep(wait)
        raise Unavailable(RETRY_SECONDS, "the report is still not made")

    def try_report(self, start: datetime, stop: datetime) -> None:
        self._is_made(self._start_calls(start, stop))

    def _is_made(self, job: str) -> bool:
        """Tell whether a report is made: it leads to its file then, or says so."""
        answer = self._api.call("GET", f"{CALL_JOBS}/{job}")
        if "Location" in answer.headers:
            return True
        if not answer.content:
            return False
        state = str((load_json(answer.content).get("job") or {}).get("status", "")).casefold()
        if state in {"failed", "canceled", "deleted"}:
            raise Unavailable(RETRY_SECONDS, f"the report is {state}")
        return state == "done"

    def conversation_pages(self, start: datetime, stop: datetime) -> Iterator[Payload]:
        """Yield what was said between two moments, seven days apart at most."""
        params: Params = dict(zip(self._period, (_timestamp(start), _timestamp(stop)), strict=True))
        visits: Counter[str] = Counter()
        while params:
            page = self.one(CONVERSATIONS, params)
            yield page
            cursor = _next(page, "cursor", visits)
            params = {"cursor": cursor} if cursor else {}

    def recording_pages(self, call_id: str) -> Iterator[Payload]:
        self._sleep(PACE_SECONDS)
        yield from self.pages(f"/calls/{_path_part({'call_id': call_id}, 'call_id')}/recordings")

    def try_recording(self) -> None:
        """Ask for a recording that there is not: being told so takes the permission alone."""
        with suppress(Unreadable):
            self.one("/recordings/0")

    def sound(self, recording_id: str) -> bytes:
        return self._file(f"/recordings/{_path_part({'id': recording_id}, 'id')}/media")

    def _file(self, path: str) -> bytes:
        """Fetch what a path leads to; a signed address that has ended is asked for anew, once."""
        for _ in range(2):
            answer = self._api.call("GET", path)
            if "Location" not in answer.headers:
                return answer.content
            address = answer.request.url.join(answer.headers["Location"])
            if address.scheme != answer.request.url.scheme:
                raise Unreadable("Location", "leads off the safe way")
            with suppress(Unverified):
                return self._files(str(address.join("/"))).content(str(address))
        raise Unavailable(RETRY_SECONDS, f"{path}: the file's store refuses us")


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _next(page: Payload, name: str, visits: Counter[str]) -> str:
    """Return what a page's next link says of a parameter; its host is not followed."""
    links = page.get("_links")
    link = links.get("next") if isinstance(links, dict) else None
    address = link.get("href") if isinstance(link, dict) else link
    following = str(httpx.URL(str(address or "")).params.get(name, ""))
    visits[following] += 1
    if following and visits[following] > MOST_VISITS:
        raise Unreadable("next", "leads back to a page already read")
    return following


def _path_part(payload: Any, field: str) -> str:
    """Return an id, of whatever format, that is safe to put into an address."""
    value = payload.get(field) if isinstance(payload, dict) else None
    if not isinstance(value, str) or not re.fullmatch(r"[\w.:=-]*\w[\w.:=-]*", value):
        raise Unreadable(field, "is missing or not an id")
    return value

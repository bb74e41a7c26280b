"""The calls to 8x8: quality management, reports of interactions, stored objects, public keys."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from coaching.integrations.base import Unavailable, Unreadable
from coaching.integrations.http import ApiClient

USERS = "/users"
EVALUATIONS = "/evaluations"
INTERACTIONS = "/interactions"
REPORT_TYPES = "/report-types/detailed-reports-interaction-details"
REPORTS = "/detailed-reports"
OBJECTS = "/objects"

PAGE_SIZE = 100
REPORT_PAGE_SIZE = 1000
IDLE_ANSWERS = 2  # so many in a row without anything new are the end
SAME_PAGES = 3  # so many answers that name the same next page lead nowhere
REPORT_RETRY_SECONDS = 600
REPORT = {
    "type": "detailed-reports-interaction-details",
    "title": "Dagskurs",
    "includeParticipants": True,
    "metrics": [
        "creationTime",
        "destination",
        "direction",
        "finishedTime",
        "interactionId",
        "interactionType",
        "mediaType",
        "originalInteractionId",
        "origination",
        "queueId",
        "queueName",
        "queueWaitDuration",
    ],
}

Payload = dict[str, Any]
Params = Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Roots:
    """Where each API begins, below the host; every API names regions in its own way."""

    quality: str
    reports: str
    storage: str
    keys: str


class Feed:
    def __init__(
        self, *, api: ApiClient, quality: ApiClient, anonymous: ApiClient, roots: Roots
    ) -> None:
        self._api = api
        self._quality = quality
        self._anonymous = anonymous
        self._roots = roots

    def sign_in(self) -> None:
        self._api.sign_in()

    def probe_quality(self, path: str) -> None:
        self._quality.call("GET", self._roots.quality + path, params={"page": 0, "size": 1})

    def probe_reports(self) -> None:
        self._api.call("GET", self._roots.reports + REPORT_TYPES)

    def probe_storage(self) -> None:
        params = {"filter": "type==callcenterrecording", "pageKey": 0, "limit": 1}
        self._api.call("GET", self._roots.storage + OBJECTS, params=params)

    def quality_pages(
        self, path: str, params: Params | None = None, *, reference: str
    ) -> Iterator[list[Payload]]:
        def ask(number: int) -> httpx.Response:
            page = {"page": number, "size": PAGE_SIZE}
            address = self._roots.quality + path
            return self._quality.call("GET", address, params={**(params or {}), **page})

        yield from _numbered(ask, reference=reference, is_last=_has_no_next)

    def evaluation(self, line: Payload) -> Payload:
        """Return a line of the list with the sections of its details in it."""
        key = own_id(line, "evaluationId")
        address = f"{self._roots.quality}{EVALUATIONS}/{key}/details"
        return {**line, "sections": self._quality.get(address).get("sections")}

    def utterances(self, interaction: Payload) -> list[Payload]:
        """Return what was said in an interaction, each with its place and its interaction."""
        key = own_id(interaction, "interactionGuid")
        found = self._quality.get_list(f"{self._roots.quality}{INTERACTIONS}/{key}/transcriptions")
        return [{**it, "interaction": interaction, "ordinal": nth} for nth, it in enumerate(found)]

    def recording_pages(self, start: datetime, stop: datetime) -> Iterator[list[Payload]]:
        """Yield the recordings of contacts that were made or changed between two moments."""
        between = f"updatedTime=ge={_epoch_ms(start)};updatedTime=le={_epoch_ms(stop)}"
        wanted = {"filter": f"type==callcenterrecording;{between}", "limit": PAGE_SIZE}

        def ask(number: int) -> httpx.Response:
            address = self._roots.storage + OBJECTS
            return self._api.call("GET", address, params={**wanted, "pageKey": number})

        yield from _numbered(ask, reference="id", is_last=lambda page: bool(page.get("lastPage")))

    def content(self, fetch_ref: str) -> bytes:
        key = own_id({"id": fetch_ref}, "id")
        return self._api.content(f"{self._roots.storage}{OBJECTS}/{key}/content")

    def contact_pages(self, start: datetime, stop: datetime) -> Iterator[list[Payload]]:
        """Let a report be made and yield its pages; the header of the last names no next one."""
        root = f"{self._roots.reports}{REPORTS}"
        wanted = {**REPORT, "dateRange": {"start": _timestamp(start), "end": _timestamp(stop)}}
        report = _one(self._api.call("POST", root, json=wanted))
        if str(report.get("status", "")).upper() != "DONE":
            raise Unavailable(REPORT_RETRY_SECONDS, "the report was not made")
        address = f"{root}/{own_id(report, 'id')}/data"
        params: dict[str, str | int] = {"size": REPORT_PAGE_SIZE}
        named: Counter[str] = Counter()
        while True:
            response = self._api.call("GET", address, params=params)
            yield _many(response)
            following = response.headers.get("Last-Document-Id")
            if not following:
                return
            named[following] += 1
            if named[following] == SAME_PAGES:
                raise Unreadable("Last-Document-Id", "leads back to a page already read")
            params["lastDocumentId"] = following

    def public_key(self, key: str) -> Payload:
        return self._anonymous.get(f"{self._roots.keys}/{key}/public")


def query_time(moment: datetime) -> str:
    """Write a moment as quality management asks for it: UTC, without saying so."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def own_id(payload: Payload, field: str) -> str:
    """Return an id that is safe to put into an address."""
    value = str(payload.get(field) or "")
    if not re.fullmatch(r"[\w-]+", value):
        raise Unreadable(field, "is missing or not an id")
    return value


def _numbered(
    ask: Callable[[int], httpx.Response], *, reference: str, is_last: Callable[[Payload], bool]
) -> Iterator[list[Payload]]:
    """Yield what each page from number 0 adds; one that adds nothing is asked for once more."""
    seen: set[str] = set()
    number = idle_count = 0
    while idle_count < IDLE_ANSWERS:
        page = _one(ask(number))
        found = {_key(it, reference): it for it in page.get("content") or ()}
        new = [it for key, it in found.items() if key not in seen]
        idle_count = 0 if new else idle_count + 1
        if new:
            seen.update(found)
            number += 1
            yield new
            if is_last(page):
                return


def _has_no_next(page: Payload) -> bool:
    following = {"nexturl", "nextpage"}  # the documents use both
    links = page.get("links") or ()
    is_full = len(page.get("content") or ()) >= PAGE_SIZE
    return not is_full and not any(str(it.get("rel")).casefold() in following for it in links)


def _key(payload: Payload, reference: str) -> str:
    return str(payload.get(reference) or json.dumps(payload, sort_keys=True))


def _one(response: httpx.Response) -> Payload:
    """Return the object of an answer; the contract has some in a list, the examples do not."""
    body = _body(response)
    found = body[0] if isinstance(body, list) and body else body
    if not isinstance(found, dict):
        raise Unreadable(response.url.path, "is not a JSON object")
    return found


def _many(response: httpx.Response) -> list[Payload]:
    body = _body(response)
    if not isinstance(body, list):
        raise Unreadable(response.url.path, "is not a JSON list")
    return body


def _body(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError as error:
        raise Unreadable(response.url.path, "is not JSON") from error


def _epoch_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

"""The calls to Twilio's products, page by page, each on its own host."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from coaching.integrations.base import Unreadable
from coaching.integrations.http import ApiClient, Params
from coaching.integrations.twilio.words import text_at

PAGE_SIZE = 1000
DETAIL = timedelta(days=30)  # older events have lost the attributes of their tasks
_PAGE_READINGS = 2  # a page may be sent twice, but not for ever

Payload = dict[str, Any]


class Product(StrEnum):
    """The part of a host's name that tells Twilio's products apart."""

    API = "api"
    TASKROUTER = "taskrouter"
    INTELLIGENCE = "intelligence"
    FLEX = "flex-api"


class Feed:
    def __init__(
        self, client: Callable[[Product], ApiClient], *, account: str, workspace: str
    ) -> None:
        self._clients = {product: client(product) for product in Product}
        self._account = f"/2010-04-01/Accounts/{_path_part(account)}"
        self._workspace = f"/v1/Workspaces/{_path_part(workspace)}"
        self._quality = "/v1/Insights/QualityManagement"

    def probe(self, what: str) -> str:
        """Make the cheapest call there is for one thing, and return its address."""
        product, path = {
            "workspace": (Product.TASKROUTER, self._workspace),
            "workers": (Product.TASKROUTER, f"{self._workspace}/Workers"),
            "queues": (Product.TASKROUTER, f"{self._workspace}/TaskQueues"),
            "events": (Product.TASKROUTER, f"{self._workspace}/Events"),
            "calls": (Product.API, f"{self._account}/Calls.json"),
            "recordings": (Product.API, f"{self._account}/Recordings.json"),
            "transcripts": (Product.INTELLIGENCE, "/v2/Transcripts"),
            "insights": (Product.FLEX, f"{self._quality}/Settings/AnswerSets"),
        }[what]
        self._clients[product].get(path, {"PageSize": 1})
        return path

    def workers(self) -> Iterator[Payload]:
        """Yield pages of workers whose attributes are there; a list may leave them out."""
        path = f"{self._workspace}/Workers"
        for page in self._pages(Product.TASKROUTER, path):
            yield {**page, "workers": [self._whole(path, one) for one in listed(page, "workers")]}

    def _whole(self, path: str, worker: Any) -> Any:
        if not isinstance(worker, dict) or worker.get("attributes") is not None:
            return worker
        try:
            return self._clients[Product.TASKROUTER].get(f"{path}/{_path_part(worker.get('sid'))}")
        except Unreadable:
            return worker  # gone since it was listed

    def queues(self) -> Iterator[Payload]:
        return self._pages(Product.TASKROUTER, f"{self._workspace}/TaskQueues")

    def events(self, start: datetime, stop: datetime) -> Iterator[Payload]:
        between: Params = {"StartDate": _timestamp(start), "EndDate": _timestamp(stop)}
        return self._pages(Product.TASKROUTER, f"{self._workspace}/Events", between)

    def events_of(self, reservation: str, stop: datetime) -> Iterator[Payload]:
        """Yield all events of a reservation that began before what was asked for."""
        wanted: Params = {
            "ReservationSid": reservation,
            "StartDate": _timestamp(stop - DETAIL),
            "EndDate": _timestamp(stop),
        }
        return self._pages(Product.TASKROUTER, f"{self._workspace}/Events", wanted)

    def calls(self, start: datetime, stop: datetime) -> Iterator[Payload]:
        """Yield the calls of whole days, which is how fine one can ask."""
        days: Params = {
            "StartTime>": start.date().isoformat(),
            "StartTime<": (stop.date() + timedelta(days=1)).isoformat(),
        }
        return self._pages(Product.API, f"{self._account}/Calls.json", days)

    def recordings(self, start: datetime) -> Iterator[Payload]:
        since: Params = {"DateCreated>": start.date().isoformat()}
        return self._pages(Product.API, f"{self._account}/Recordings.json", since)

    def recording(self, sid: str) -> Payload:
        path = f"{self._account}/Recordings/{_path_part(sid)}.json"
        return self._clients[Product.API].get(path)

    def sound(self, sid: str, *, channels: int) -> bytes:
        path = f"{self._account}/Recordings/{_path_part(sid)}.wav"
        params: Params = {"RequestedChannels": 2} if channels == 2 else {}
        return self._clients[Product.API].content(path, params)

    def transcripts(self, start: datetime) -> Iterator[Payload]:
        since: Params = {"AfterDateCreated": _timestamp(start)}
        return self._pages(Product.INTELLIGENCE, "/v2/Transcripts", since)

    def sentences(self, transcript: str) -> Iterator[Payload]:
        """Yield what was said; redacted, without asking, where Twilio redacts."""
        path = f"/v2/Transcripts/{_path_part(transcript)}/Sentences"
        return self._pages(Product.INTELLIGENCE, path)

    def operator_results(self, transcript: str) -> Iterator[Payload]:
        path = f"/v2/Transcripts/{_path_part(transcript)}/OperatorResults"
        return self._pages(Product.INTELLIGENCE, path)

    def answer_sets(self) -> Payload:
        return self._clients[Product.FLEX].get(f"{self._quality}/Settings/AnswerSets")

    def questionnaires(self) -> Iterator[Payload]:
        """Yield the forms that are in use and those that were."""
        path = f"{self._quality}/Questionnaires"
        return self._pages(Product.FLEX, path, {"IncludeInactive": "true"})

    def segments(self, reservation: str) -> Iterator[str]:
        wanted: Params = {"ReservationId": reservation}
        for page in self._pages(Product.FLEX, "/v1/Insights/Segments", wanted):
            found = (text_at(one, "segment_id") for one in listed(page, "segments"))
            yield from (segment for segment in found if segment)

    def assessments(self, segment: str) -> list[Any]:
        pages = self._pages(Product.FLEX, f"{self._quality}/Assessments", {"SegmentId": segment})
        return [row for page in pages for row in listed(page, "assessments")]

    def comments(self, segment: str) -> list[Any]:
        path = f"{self._quality}/Assessments/Comments"
        pages = self._pages(Product.FLEX, path, {"SegmentId": segment})
        return [comment for page in pages for comment in listed(page, "comments")]

    def _pages(
        self, product: Product, path: str, params: Params | None = None
    ) -> Iterator[Payload]:
        """Follow the links to the next page, which must lead on in the same list."""
        client = self._clients[product]
        page = client.get(path, {"PageSize": PAGE_SIZE, **(params or {})})
        followed: Counter[str] = Counter()
        yield page
        while following := _next_page(page, path):
            followed[following] += 1
            if followed[following] > _PAGE_READINGS:
                raise Unreadable("next page", "leads back to a page already read")
            page = client.get(following)
            yield page


def listed(page: Payload, field: str) -> list[Any]:
    if not isinstance(page.get(field), list):
        raise Unreadable(field, "is missing")
    return list(page[field])


def _next_page(page: Payload, path: str) -> str:
    """Return where to go on, without the host: our key goes to our host alone."""
    meta = page.get("meta") if isinstance(page.get("meta"), dict) else {}
    link = (meta or {}).get("next_page_url") or page.get("next_page_uri")
    if not link:
        return ""
    parts = urlsplit(str(link))
    if parts.path != path:
        raise Unreadable("next page", "leads out of the list")
    return f"{parts.path}?{parts.query}"


def _path_part(value: object) -> str:
    """Return an id that is safe to put into an address."""
    if not isinstance(value, str) or not re.fullmatch(r"\w[\w-]*", value):
        raise Unreadable("sid", "is missing or not an id")
    return value


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

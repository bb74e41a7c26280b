"""The calls to Genesys: pages, analytics jobs and evaluation searches, as the API pages them."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from coaching.integrations.base import Unavailable, Unreadable
from coaching.integrations.genesys import payloads
from coaching.integrations.genesys.events import Payload, listed
from coaching.integrations.http import ApiClient

USERS = "/api/v2/users"
TEAMS = "/api/v2/teams"
QUEUES = "/api/v2/routing/queues"
WRAPUP_CODES = "/api/v2/routing/wrapupcodes"
LANGUAGES = "/api/v2/routing/languages"
PUBLISHED_FORMS = "/api/v2/quality/publishedforms/evaluations"
FORMS = "/api/v2/quality/forms/evaluations"
SEARCH = "/api/v2/quality/evaluations/search"
DETAILS = "/api/v2/analytics/conversations/details/query"
JOBS = "/api/v2/analytics/conversations/details/jobs"
AVAILABILITY = f"{JOBS}/availability"

PAGE_SIZE = 100
JOB_PAGE_SIZE = 500
JOB_WAITS_SECONDS = (2, 4, 8, 16) + 14 * (30,)  # within the lock of a run
JOB_RETRY_SECONDS = 600
MOST_VISITS = 2  # an answer may be repeated on its way; a circle goes on


class Feed:
    def __init__(self, api: ApiClient, *, sleep: Callable[[float], None]) -> None:
        self._api = api
        self._sleep = sleep
        self._forms: dict[str, Payload] = {}

    def sign_in(self) -> None:
        self._api.sign_in()

    def add(self, path: str, body: Payload) -> str:
        """Create something and return its id."""
        return path_part(self._api.post(path, body), "id")

    def one(self, path: str, params: Mapping[str, str | int] | None = None) -> Payload:
        return self._api.get(path, params)

    def pages(self, path: str, params: Mapping[str, str | int] | None = None) -> Iterator[Payload]:
        """Follow `nextUri`, on our own host: the totals in a page may be wrong."""
        page = self._api.get(path, {"pageSize": PAGE_SIZE, **(params or {})})
        visits: Counter[str] = Counter()
        yield page
        while following := _own_path(page.get("nextUri")):
            visits[following] += 1
            if visits[following] > MOST_VISITS:
                raise Unreadable("nextUri", "leads back to a page already read")
            page = self._api.get(following)
            yield page

    def available_until(self) -> datetime:
        """Return how far the data lake has got; it runs hours behind."""
        try:
            found = payloads.Availability.read(self.one(AVAILABILITY))
        except ValidationError as error:
            raise Unreadable("dataAvailabilityDate", "is missing") from error
        return found.data_availability_date

    def conversation_pages(self, start: datetime, stop: datetime) -> Iterator[Payload]:
        """Yield the conversations that were active between two moments; the last has no cursor."""
        job = self._finished_job(start, stop)
        page = self.one(f"{job}/results", {"pageSize": JOB_PAGE_SIZE})
        yield page
        while cursor := page.get("cursor"):
            page = self.one(f"{job}/results", {"pageSize": JOB_PAGE_SIZE, "cursor": str(cursor)})
            yield page

    def recent_pages(self, start: datetime, stop: datetime) -> Iterator[Payload]:
        """Yield the conversations that began on the days between, also before the lake has them."""
        for number in count(1):
            paging = {"pageSize": PAGE_SIZE, "pageNumber": number}
            page = self._api.post(DETAILS, {**_interval(start, stop), "paging": paging})
            yield page
            if len(page.get("conversations") or ()) < PAGE_SIZE:
                return

    def _finished_job(self, start: datetime, stop: datetime) -> str:
        wanted = _interval(start, stop)
        job = f"{JOBS}/{path_part(self._api.post(JOBS, wanted), 'jobId')}"
        for wait in JOB_WAITS_SECONDS:
            state = str(self.one(job).get("state", "")).upper()
            if state == "FULFILLED":
                return job
            if state in {"FAILED", "CANCELLED", "EXPIRED"}:
                raise Unavailable(JOB_RETRY_SECONDS, f"the analytics job is {state.lower()}")
            self._sleep(wait)
        raise Unavailable(JOB_RETRY_SECONDS, "the analytics job is still not finished")

    def hit_pages(self, start: datetime, stop: datetime, *, automatic: bool) -> Iterator[Payload]:
        """Yield the evaluations released between two moments, at most three months apart."""
        between = {
            "field": "releaseDate",
            "type": "DATE_RANGE",
            "operator": "AND",
            "startValue": timestamp(start),
            "endValue": timestamp(stop),
        }
        wanted = {"query": [between], "pageSize": PAGE_SIZE, "systemSubmitted": automatic}
        order = {"sortBy": "releaseDate", "sortOrder": "ASC"}
        for number in count(1):
            page = self._api.post(SEARCH, {**wanted, **order, "pageNumber": number})
            yield page
            if len(page.get("results") or ()) < PAGE_SIZE:
                return

    def evaluation_ids(self, start: datetime, stop: datetime) -> Iterator[str]:
        """Yield the ids of the evaluations that were released between and are still in force."""
        for automatic in (False, True):
            for page in self.hit_pages(start, stop, automatic=automatic):
                for hit in map(_hit, listed("results")(page)):
                    if hit.status.casefold() != "retracted":
                        yield hit.id

    def evaluation(self, hit: Payload) -> Payload:
        """Fetch an evaluation with its answers, and put its whole form into it."""
        found = payloads.Hit.read(hit)
        path = f"/api/v2/quality/conversations/{found.conversation.id}/evaluations/{found.id}"
        evaluation = self.one(path, {"expand": "evaluationForm"})
        named = evaluation.get("evaluationForm") or {}
        return {**evaluation, "evaluationForm": self.form(named)}

    def form(self, named: Payload) -> Payload:
        """Return a form with its questions, fetched once; lists and references have none."""
        key = path_part(named, "id")
        if key not in self._forms:
            whole = named if named.get("questionGroups") else self.one(f"{FORMS}/{key}")
            self._forms[key] = {**whole, "id": key}
        return self._forms[key]


def _hit(found: Any) -> payloads.Hit:
    try:
        return payloads.Hit.read(found)
    except ValidationError as error:
        raise Unreadable("results", "hold one without an id") from error


def _own_path(uri: object) -> str:
    """Return where to go on, without the host: our token goes to our host alone."""
    if not uri:
        return ""
    parts = urlsplit(str(uri))
    if not parts.path.startswith("/api/"):
        raise Unreadable("nextUri", "leads out of the API")
    return f"{parts.path}?{parts.query}"


def path_part(payload: Payload, field: str) -> str:
    """Return an id that is safe to put into an address."""
    value = payload.get(field)
    if not isinstance(value, str) or not re.fullmatch(r"[\w.-]*\w[\w.-]*", value):
        raise Unreadable(field, "is missing or not an id")
    return value


def _interval(start: datetime, stop: datetime) -> Payload:
    interval = f"{timestamp(start)}/{timestamp(stop)}"
    return {"interval": interval, "order": "asc", "orderBy": "conversationStart"}


def timestamp(moment: datetime) -> str:
    """Write a moment as the search demands: UTC, milliseconds, Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

"""NICE's Data Extraction: jobs that make CSV files, one call in half a minute for a tenant."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from coaching.integrations.base import Unavailable, Unreadable, Unverified
from coaching.integrations.http import ApiClient
from coaching.integrations.nice_cxone.words import letters

JOBS = "/data-extraction/v1/jobs"
PACE = timedelta(seconds=30)
POLLS = 10  # of half a minute each: within the lock of a run
RETRY_SECONDS = 600
_ENDED = {"failed", "cancelled", "canceled", "expired"}


class Extraction:
    def __init__(
        self,
        api: ApiClient,
        *,
        download: Callable[[str], bytes],
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        self._api = api
        self._download = download
        self._clock = clock
        self._sleep = sleep
        self._free_at = datetime.min.replace(tzinfo=UTC)

    def try_out(self) -> None:
        self._call("GET", JOBS)

    def file(self, entity: str, version: str, start: datetime, stop: datetime) -> bytes:
        """Return what was submitted between two moments, two weeks apart at most."""
        wanted = {
            "entityName": entity,
            "version": version,
            "startDate": start.astimezone(UTC).date().isoformat(),
            "endDate": stop.astimezone(UTC).date().isoformat(),
        }
        job = f"{JOBS}/{_job_id(self._call('POST', JOBS, json=wanted))}"
        for _ in range(POLLS):
            address = self._address(job)
            if address:
                with suppress(Unverified):  # it holds for half a minute: ask for a new one
                    return self._download(address)
        raise Unavailable(RETRY_SECONDS, "the extraction is still not made")

    def _address(self, job: str) -> str:
        """Return where the file of a job is fetched at once; empty while it is made."""
        state = _json(self._call("GET", job)).get("jobStatus") or {}
        status = letters(str(state.get("status", "")))
        if status in _ENDED:
            raise Unavailable(RETRY_SECONDS, f"the extraction is {status}")
        if status != "succeeded":
            return ""
        address = (state.get("result") or {}).get("url")
        if not address:
            raise Unreadable("jobStatus.result.url", "is missing")
        return str(address)

    def _call(self, method: str, path: str, **content: Any) -> httpx.Response:
        wait = (self._free_at - self._clock()).total_seconds()
        if wait > 0:
            self._sleep(wait)
        response = self._api.call(method, path, **content)
        self._free_at = self._clock() + PACE
        return response


def _job_id(response: httpx.Response) -> str:
    """Return a job's id, which the contract has as a bare text and the guide in an object."""
    found = _loaded(response)
    named = (found.get("jobId") or found.get("id")) if isinstance(found, dict) else found
    key = str(named or "")
    if not key.replace("-", "").isalnum():
        raise Unreadable("jobId", "is missing or not an id")
    return key


def _json(response: httpx.Response) -> dict[str, Any]:
    found = _loaded(response)
    if not isinstance(found, dict):
        raise Unreadable(response.url.path, "is not a JSON object")
    return found


def _loaded(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return response.text.strip()

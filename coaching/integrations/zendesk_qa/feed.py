"""The calls to Zendesk QA's export API: lists that come whole, and lists that come in pages."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from coaching.integrations.base import Unreadable
from coaching.integrations.http import ApiClient

USERS = "/api/export/users"
WORKSPACES = "/api/export/workspaces"
REVIEWS = "/api/export/reviews"

PAGE_SIZE = 100
IDLE_ANSWERS = 2  # so many in a row without anything new are the end

Payload = dict[str, Any]


def users(workspace: str) -> str:
    return f"/api/export/workspace/{workspace}/users"


def scorecards(workspace: str) -> str:
    return f"/api/export/workspace/{workspace}/scorecards"


def disputes(workspace: str) -> str:
    return f"/api/export/workspace/{workspace}/disputes"


class Feed:
    def __init__(self, api: ApiClient) -> None:
        self._api = api

    def one(self, path: str, params: Mapping[str, str | int] | None = None) -> Payload:
        return self._api.get(path, params)

    def pages(
        self,
        path: str,
        listed: Callable[[Payload], list[Payload]],
        start: datetime,
        stop: datetime,
        *,
        reference: str,
    ) -> Iterator[list[Payload]]:
        """Yield what each page adds.

        The contract says neither which number the first page has nor what `total` counts: the
        first page tells its own number, and a page that twice brings nothing new is the end.
        """
        params: dict[str, str | int] = {
            "fromDate": timestamp(start),
            "toDate": timestamp(stop),
            "pageSize": PAGE_SIZE,
        }
        seen: set[str] = set()
        idle_count = 0
        while idle_count < IDLE_ANSWERS:
            page = self.one(path, params)
            found = {_key(it, reference): it for it in listed(page)}
            new = [it for key, it in found.items() if key not in seen]
            idle_count = 0 if new else idle_count + 1
            if new:
                seen.update(found)
                yield new
                params["page"] = _number(page, params) + 1


def timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _number(page: Payload, asked: Mapping[str, str | int]) -> int:
    """Return the number of a page: the one asked for, or what the first page says of itself."""
    number = asked.get("page", (page.get("pagination") or {}).get("page"))
    if not isinstance(number, int):
        raise Unreadable("pagination.page", "is missing")
    return number


def _key(payload: Payload, reference: str) -> str:
    return str(payload.get(reference) or json.dumps(payload, sort_keys=True))


def own_id(payload: Payload) -> str:
    """Return an id that is safe to put into an address."""
    value = str(payload.get("id") or "")
    if not value.isdecimal():
        raise Unreadable("id", "is missing or not a number")
    return value

"""The calls to Avaya Experience Platform: tables that follow tokens, messages by page number."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from coaching.integrations.base import Unreadable
from coaching.integrations.http import TRIES, ApiClient, Params

REPORT = "EngagementDetail"
AGENTS, QUEUES = "agents", "queues"
NOBODY = "00000000-0000-0000-0000-000000000000"

SLOT = timedelta(minutes=15)
PAGE_SIZE = 50
IDLE_ANSWERS = 2

Payload = dict[str, Any]


class Feed:
    def __init__(self, api: ApiClient, *, account_id: str) -> None:
        self._api = api
        self._history = f"/api/analytics/historical/v2/accounts/{account_id}"
        self._engagements = f"/api/digital/transcript/v1/accounts/{account_id}/engagements"

    def sign_in(self) -> None:
        self._api.sign_in()

    def try_dimension(self, name: str) -> None:
        self._api.get(f"{self._history}/dimensions/{name}", {"pageSize": 1})

    def try_report(self, moment: datetime) -> Payload:
        """Ask for one quarter of an hour of the report; its columns come with it."""
        begin = slot(moment)
        params: Params = {"interval": _interval(begin, begin + SLOT), "pageSize": 1}
        return self._api.get(f"{self._history}/reports/{REPORT}", params)

    def try_messages(self) -> None:
        """Ask about an engagement that there is not: being told so takes the permission alone."""
        with suppress(Unreadable):
            self._api.get(f"{self._engagements}/{NOBODY}/messages", {"pageSize": 1})

    def dimension_pages(self, name: str) -> Iterator[Payload]:
        return self._pages(f"{self._history}/dimensions/{name}", {})

    def report_pages(self, start: datetime, stop: datetime) -> Iterator[Payload]:
        """Yield the engagements that began between two quarter hours."""
        wanted = {"interval": _interval(start, stop)}
        return self._pages(f"{self._history}/reports/{REPORT}", wanted)

    def _pages(self, path: str, wanted: dict[str, str]) -> Iterator[Payload]:
        """Follow the tokens; a page that comes again is asked for once more, not for ever."""
        params: dict[str, str | int] = {**wanted, "pageSize": PAGE_SIZE}
        seen: set[str] = set()
        repeats = 0
        while repeats < TRIES:
            page = self._api.get(path, params)
            following = _at(page, "pagination", "nextPageToken")
            if following in seen:
                repeats += 1
                continue
            yield page
            if not following:
                return
            seen.add(following)
            params["nextPageToken"] = following
        raise Unreadable("nextPageToken", "leads back to a page already read")

    def messages(self, engagement_id: str) -> list[Any]:
        """Return the messages of an engagement; a page that adds nothing is asked for again."""
        path = f"{self._engagements}/{_path_part(engagement_id)}/messages"
        found: dict[str, Any] = {}
        number, idle_count = 1, 0
        while idle_count < IDLE_ANSWERS:
            page = self._api.get(path, {"pageNumber": number, "pageSize": PAGE_SIZE})
            new = {_id(one): one for one in _messages(page) if _id(one) not in found}
            found |= new
            if not _at(page, "links", "next"):
                break
            number, idle_count = (number + 1, 0) if new else (number, idle_count + 1)
        return list(found.values())


def slot(moment: datetime) -> datetime:
    """Return the beginning of a moment's quarter of an hour."""
    utc = moment.astimezone(UTC)
    return utc.replace(minute=utc.minute // 15 * 15, second=0, microsecond=0)


def _interval(start: datetime, stop: datetime) -> str:
    """Write a stretch of time as this report takes it: with the last quarter hour in it."""
    return f"starting:{start:%Y%m%d%H%M},ending:{stop - SLOT:%Y%m%d%H%M}"


def _at(page: Payload, part: str, name: str) -> str:
    found = page.get(part)
    return str(found.get(name) or "") if isinstance(found, dict) else ""


def _messages(page: Payload) -> list[Any]:
    found = page.get("messages")
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Unreadable("messages", "is not a list of messages")
    return found


def _id(message: Payload) -> str:
    return str(message.get("messageId") or message)


def _path_part(engagement_id: str) -> str:
    """Return an id that is safe to put into an address."""
    if not re.fullmatch(r"[\w-]+", engagement_id):
        raise Unreadable("engagement", "is not an id")
    return engagement_id

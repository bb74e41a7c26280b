"""Puzzel Contact Centre: agents, user groups, roster, queues and contacts from raw data.

Read, in 2026-11, on help.puzzel.com: what raw data is (a read-only SQL Server of each customer,
rows up to five minutes after a session, times local to the statistics country), the tables
call_events and agents, result codes, outgoing calls, transfer, consult and hold (database
version 1.9). Only in third parties' copies of the database: answered, wrap_up_sec, alert_ms,
dte_updated of calls, email and deleted of agents, the table queues, 1 for phone.

Puzzel's database speaks no HTTP: the customer's own export puts its tables, as CSV with their
column names, where we fetch them, call_events as one file per day of dte_start. Where, how they
are named and what the numbers of media types mean are settings; the time zone is that of the
connection. Our own reading: a leg is an event (rec_id); `ciq` marks what Puzzel called out;
speak time is talk; a day without a file between two others is told of. Not read: the API,
recordings, enquiry registrations, events of agents, evaluations (Puzzel has none).
"""

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, partial
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from coaching import records
from coaching.integrations.base import (
    Adapter,
    Batch,
    Capability,
    CheckReport,
    Finding,
    Need,
    Rejected,
    Resource,
    Unreadable,
    Unverified,
    gettext_noop,
    reject,
    translate,
)
from coaching.integrations.http import ApiClient, basic
from coaching.integrations.puzzel import tables
from coaching.integrations.puzzel.calls import Calls
from coaching.integrations.puzzel.lists import Named, read_agent, read_membership
from coaching.integrations.puzzel.words import channels

ZONE = "Europe/Oslo"  # where the connection says nothing
FIRST_PULL = timedelta(days=28)  # how far back without a watermark
OVERLAP = timedelta(hours=24)  # some sessions of a call come late
DAY = timedelta(days=1)
AGENT_COLUMNS = ("agent_id", "full_name", "usergroup_id", "usergroup_name")
QUEUE_COLUMNS = ("queue_key", "descript")
CALL_COLUMNS = (
    "rec_id",
    "call_id",
    "event_type",
    "dte_start",
    "duration_tot_sec",
    "duration_speak_sec",
    "agent_id",
)


@dataclasses.dataclass(frozen=True, slots=True)
class _Event:
    """How the rows of a table are read, and what they become."""

    resource: Resource
    columns: tuple[str, ...]
    read: Callable[[Any, Counter[str]], Iterable[records.Record]]
    reference: str


class Puzzel(Adapter):
    label = "Puzzel"
    needs = (
        Need(
            "extract_url",
            gettext_noop("Address of the extracts"),
            help=gettext_noop(
                "The folder, beginning with https, where your export of Puzzel's raw data "
                "puts its CSV files."
            ),
        ),
        Need("username", gettext_noop("User name"), optional=True),
        Need("password", gettext_noop("Password"), secret=True, optional=True),
        Need("agents_file", gettext_noop("File with the table agents"), default="agents.csv"),
        Need("queues_file", gettext_noop("File with the table queues"), default="queues.csv"),
        Need(
            "calls_file",
            gettext_noop("Files with the table call_events"),
            help=gettext_noop("One for each day; {date} stands for a day such as 2026-03-20."),
            default="call_events-{date}.csv",
        ),
        Need(
            "media_types",
            gettext_noop("Media types"),
            help=gettext_noop(
                "The numbers in your table media_types, such as 1=phone, 2=chat, 3=email."
            ),
            default="1=phone",
        ),
    )
    capabilities = frozenset({Capability.AGENTS, Capability.INTERACTIONS})
    resources = (
        Resource.AGENTS,
        Resource.TEAMS,
        Resource.ROSTER,
        Resource.QUEUES,
        Resource.INTERACTIONS,
    )

    def check(self) -> CheckReport:
        yesterday = self._today - DAY
        probes = (  # subject, what it is read from, its file
            (gettext_noop("Agents"), "agents", self.settings["agents_file"]),
            (gettext_noop("Queues"), "queues", self.settings["queues_file"]),
            (gettext_noop("Contacts"), "call_events", self._calls_file(yesterday)),
        )
        return CheckReport(tuple(self._probe(*probe) for probe in probes))

    def _probe(self, subject: str, event: str, file: str) -> Finding:
        try:
            lines = tables.rows(self._fetch(file), needed=self._events[event].columns)
        except Unverified as refused:
            return Finding(subject, passed=False, detail=str(refused))
        except Unreadable as error:
            return Finding(subject, passed=False, detail=f"{file}: {error.reason}")
        return Finding(subject, passed=True, detail=str(len(lines)))

    def read(self, event: str, payload: bytes) -> Batch:
        if event not in self._events:
            raise Unreadable("event", f"{event} is not one we know")
        return self._translate(event, payload)

    def pull(self, since: Mapping[Resource, datetime]) -> Iterator[Batch]:
        agents = self._fetch(self.settings["agents_file"])
        yield self._translate("agents", agents)
        yield self._translate("teams", agents)
        roster = self._translate("roster", agents)
        yield dataclasses.replace(roster, watermark=self.clock(), total=len(roster.records))
        yield self._translate("queues", self._fetch(self.settings["queues_file"]))
        start = since.get(Resource.INTERACTIONS, self.clock() - FIRST_PULL) - OVERLAP
        yield from self._contacts(start.astimezone(self._zone).date())

    def _contacts(self, first: date) -> Iterator[Batch]:
        """Yield the contacts of each day; days without a file before or after all others wait."""
        has_begun, missing = False, list[date]()
        for day in _days(first, self._today):
            content = self._calls_of(day)
            if not content:
                missing.append(day)
                continue
            batch = self._translate("call_events", content)
            gap = tuple(map(self._missed, missing)) if has_begun else ()
            has_begun, missing = True, []
            yield dataclasses.replace(
                batch, unreadable=batch.unreadable + gap, watermark=self._read_until(day)
            )

    def _calls_of(self, day: date) -> bytes:
        """Return a day's file; an empty one is being written, and one to come is not there."""
        try:
            return self._fetch(self._calls_file(day))
        except Unreadable as error:
            if error.reason == "HTTP 404":
                return b""
            raise

    def _missed(self, day: date) -> Rejected:
        file = self._calls_file(day)
        return reject({"file": file}, Unreadable("file", "is missing"), reference="file")

    def _read_until(self, day: date) -> datetime:
        """Return the end of a day, or its start while it goes on: its file is read again."""
        start, end = (self._midnight(on) for on in (day, day + DAY))
        return end if end <= self.clock() else start

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=self._zone).astimezone(UTC)

    def _translate(self, name: str, content: bytes) -> Batch:
        event = self._events[name]
        lines = tables.rows(content, needed=event.columns)
        if event.resource is Resource.INTERACTIONS:
            self._calls.note(lines)
        return translate(lines, event.read, resource=event.resource, reference=event.reference)

    def _calls_file(self, day: date) -> str:
        if "{date}" not in self.settings["calls_file"]:
            raise Unverified("the name of the files with call_events lacks {date}")
        return self.settings["calls_file"].replace("{date}", day.isoformat())

    def _fetch(self, file: str) -> bytes:
        path = f"/{quote(file)}"
        return self._folder.content(path) or self._folder.content(path)

    @cached_property
    def _folder(self) -> ApiClient:
        address = self.settings.get("api_url") or self.settings["extract_url"]
        if address == self.settings["extract_url"] and not address.startswith("https://"):
            raise Unverified("the address of the extracts does not begin with https")
        name, secret = self.settings["username"], self.settings["password"]
        return ApiClient(
            self.http,
            base_url=address,
            clock=self.clock,
            sleep=self.sleep,
            headers={"Authorization": basic(name, secret)} if name else {},
        )

    @property
    def _today(self) -> date:
        return self.clock().astimezone(self._zone).date()

    @cached_property
    def _zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.settings.get("time_zone") or ZONE)
        except (KeyError, ValueError) as error:
            raise Unverified("there is no such time zone") from error

    @cached_property
    def _named(self) -> Named:
        return Named()

    @cached_property
    def _calls(self) -> Calls:
        return Calls(
            zone=self._zone,
            channels=channels(self.settings["media_types"]),
            queue_names=self._named.queues,
            customer_key=self.settings.get("customer_key", ""),
        )

    @cached_property
    def _events(self) -> dict[str, _Event]:
        named = self._named
        membership = partial(read_membership, today=self._today)
        return {
            "agents": _Event(Resource.AGENTS, AGENT_COLUMNS, read_agent, "agent_id"),
            "teams": _Event(Resource.TEAMS, AGENT_COLUMNS, named.read_team, "agent_id"),
            "roster": _Event(Resource.ROSTER, AGENT_COLUMNS, membership, "agent_id"),
            "queues": _Event(Resource.QUEUES, QUEUE_COLUMNS, named.read_queue, "queue_key"),
            "call_events": _Event(Resource.INTERACTIONS, CALL_COLUMNS, self._calls.read, "rec_id"),
        }


def _days(first: date, last: date) -> Iterator[date]:
    return (first + nth * DAY for nth in range((last - first).days + 1))

"""Five9: agents, teams, roster, queues and contacts, by SOAP (Configuration Web Services, v13).

Read: the vendor's WSDL v13 and a third party's extract of its documentation, in 2026-11; the
columns of the call log from third-party samples. Reports tell the Pacific coast's time and
durations as HH:MM:SS.
`admin.wsdl` is our own contract of the few operations we call; nothing is fetched at run time.
Our own reading, not the vendor's text: a call log has one row per call; AGENT and the agents of a
group are user names; a row without an agent is no contact; the customer is ANI when calling and
DNIS when called; TALK TIME is without HOLD TIME; a skill's name may name a language; a result of
5 000 rows (the lower of the two limits in the documentation) may be cut off, so it is asked for
again in halves. Folder, name and queue column of the report are settings: each customer has
their own. One user cannot make two calls at once, so give each connection a user of its own.

Recordings and transcripts cannot be asked for: Five9 pushes them to the customer's own SFTP
server. Evaluations have no public API: they come by file import.
"""

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import Any

import httpx

from coaching import records
from coaching.integrations.base import (
    Adapter,
    Batch,
    Capability,
    CheckReport,
    Finding,
    Need,
    Resource,
    Unreadable,
    Unverified,
    gettext_noop,
    translate,
)
from coaching.integrations.five9 import soap
from coaching.integrations.five9.contacts import read_call, rows
from coaching.integrations.five9.lists import read_group, read_members, read_queue, read_user
from coaching.integrations.five9.pacific import clear_windows
from coaching.integrations.http import ApiClient, basic

HOSTS = {
    "eu": "https://api.eu.five9.com",
    "uk": "https://api.five9.eu",
    "us": "https://api.five9.com",
    "ca": "https://api.five9.ca",
}
FIRST_PULL = timedelta(days=28)  # how far back without a watermark
OVERLAP = timedelta(hours=24)  # calls are closed late
WINDOW = timedelta(days=1)
MOST_ROWS = 5_000
LEAST_WINDOW = timedelta(minutes=1)

_START_OF_TIME = datetime(1970, 1, 1, tzinfo=UTC)  # of a file, nobody knows the window


@dataclasses.dataclass(frozen=True, slots=True)
class _Event:
    """How one kind of answer is read: what it lists, and what each of those becomes."""

    resource: Resource
    listed: Callable[[soap.Admin], Iterable[Any]]
    read: Callable[[Any, Counter[str]], Iterable[records.Record]]
    reference: str


class Five9(Adapter):
    label = "Five9"
    needs = (
        Need(
            "region",
            gettext_noop("Region"),
            choices=(
                ("eu", gettext_noop("Europe (Frankfurt)")),
                ("uk", gettext_noop("United Kingdom")),
                ("us", gettext_noop("United States")),
                ("ca", gettext_noop("Canada")),
            ),
            default="eu",
        ),
        Need(
            "username",
            gettext_noop("User name"),
            help=gettext_noop("Of a user with the administrator role that nobody else uses."),
        ),
        Need("password", gettext_noop("Password"), secret=True),
        Need(
            "report_folder",
            gettext_noop("Folder of the call log report"),
            default="Call Log Reports",
        ),
        Need("report_name", gettext_noop("Name of the call log report"), default="Call Log"),
        Need(
            "queue_column",
            gettext_noop("What counts as a queue"),
            help=gettext_noop("Skills need a report of your own with the column SKILL."),
            choices=(("CAMPAIGN", gettext_noop("Campaign")), ("SKILL", gettext_noop("Skill"))),
            default="CAMPAIGN",
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
        sign_in = gettext_noop("Sign-in")
        try:
            limits = self._admin.limits()
        except Unverified as refused:
            return CheckReport((Finding(sign_in, passed=False, detail=str(refused)),))
        findings = [_probe(subject, call) for subject, call in self._probes()]
        return CheckReport((Finding(sign_in, passed=True), _reports_left(limits), *findings))

    def _probes(self) -> Iterator[tuple[str, Callable[[], object]]]:
        """Yield what to look at and a cheap call: whoever is called like us, an hour's report."""
        like_us = re.escape(self.settings["username"])
        yield gettext_noop("Agents"), partial(self._admin.listing, soap.USERS, like_us)
        yield gettext_noop("Teams"), partial(self._admin.listing, soap.GROUPS, like_us)
        yield gettext_noop("Queues"), partial(self._admin.listing, self._queues, like_us)
        now = self.clock()
        yield gettext_noop("Contacts"), partial(self._start_report, now - timedelta(hours=1), now)

    def read(self, event: str, payload: bytes) -> Batch:
        if event not in self._events:
            raise Unreadable("event", f"{event} is not one we know")
        return self._translate(event, soap.Admin(lambda _message: payload))

    def pull(self, since: Mapping[Resource, datetime]) -> Iterator[Batch]:
        yield self._translate("users", self._admin)
        yield self._translate("agent_groups", self._admin)
        yield self._roster()
        yield self._translate("skills" if self._queues == soap.SKILLS else "campaigns", self._admin)
        start = since.get(Resource.INTERACTIONS, self.clock() - FIRST_PULL) - OVERLAP
        end = self.clock().replace(microsecond=0)  # the platform is asked in whole seconds
        for begin, stop in clear_windows(start.replace(microsecond=0), end, size=WINDOW):
            yield from self._contacts(begin, stop)

    def _roster(self) -> Batch:
        """Read who is in which group today, as one snapshot."""
        batch = self._translate("agent_group_members", self._admin)
        total = len(batch.records) + len(batch.unreadable)
        return dataclasses.replace(batch, watermark=self.clock(), total=total)

    def _contacts(self, begin: datetime, stop: datetime) -> Iterator[Batch]:
        """Read the calls of a window, or of its halves where the report may be cut off."""
        identifier = self._start_report(begin, stop)
        self._admin.wait_for(identifier, self.sleep)
        found = rows(self._admin.report(identifier))
        if len(found) < MOST_ROWS:
            read = partial(self._read_call, not_before=begin)
            batch = translate(found, read, resource=Resource.INTERACTIONS, reference="CALL ID")
            yield dataclasses.replace(batch, watermark=stop)
            return
        if stop - begin < LEAST_WINDOW:
            raise Unreadable("report", "has too many rows, however short the time")
        middle = (begin + (stop - begin) / 2).replace(microsecond=0)
        yield from self._contacts(begin, middle)
        yield from self._contacts(middle, stop)

    def _start_report(self, begin: datetime, stop: datetime) -> str:
        folder, name = self.settings["report_folder"], self.settings["report_name"]
        return self._admin.start_report(folder, name, begin, stop)

    def _translate(self, name: str, admin: soap.Admin) -> Batch:
        event = self._events[name]
        return translate(
            event.listed(admin), event.read, resource=event.resource, reference=event.reference
        )

    @property
    def _queues(self) -> str:
        return soap.SKILLS if self.settings["queue_column"] == "SKILL" else soap.CAMPAIGNS

    @property
    def _read_call(self) -> Callable[..., Iterator[records.Interaction]]:
        return partial(
            read_call,
            queue_column=self.settings["queue_column"],
            customer_key=self.settings.get("customer_key", ""),
        )

    @cached_property
    def _admin(self) -> soap.Admin:
        host = HOSTS.get(self.settings["region"])
        if host is None:
            raise Unverified("the region is not one we know")
        api = ApiClient(
            httpx.Client(
                transport=soap.FaultsAreAnswers(self.http),
                headers=self.http.headers,
                timeout=self.http.timeout,
                trust_env=False,
            ),
            base_url=self.settings.get("api_url") or host,
            clock=self.clock,
            sleep=self.sleep,
            headers={
                **soap.HEADERS,
                "Authorization": basic(self.settings["username"], self.settings["password"]),
            },
        )
        return soap.Admin(lambda message: api.call("POST", soap.ADDRESS, content=message).content)

    @cached_property
    def _events(self) -> dict[str, _Event]:
        members = partial(read_members, today=self.clock().date())
        calls = partial(self._read_call, not_before=_START_OF_TIME)
        return {
            "users": _Event(Resource.AGENTS, _all(soap.USERS), read_user, "userName"),
            "agent_groups": _Event(Resource.TEAMS, _all(soap.GROUPS), read_group, "id"),
            "agent_group_members": _Event(Resource.ROSTER, _all(soap.GROUPS), members, "id"),
            "campaigns": _Event(Resource.QUEUES, _all(soap.CAMPAIGNS), read_queue, "name"),
            "skills": _Event(Resource.QUEUES, _all(soap.SKILLS), read_queue, "name"),
            "call_log": _Event(Resource.INTERACTIONS, _logged, calls, "CALL ID"),
        }


def _all(operation: str) -> Callable[[soap.Admin], list[Any]]:
    return lambda admin: admin.listing(operation)


def _logged(admin: soap.Admin) -> list[Any]:
    return list(rows(admin.report("")))


def _probe(subject: str, call: Callable[[], object]) -> Finding:
    try:
        call()
    except Unverified as refused:  # a role that is missing, a report that is called otherwise
        return Finding(subject, passed=False, detail=str(refused))
    return Finding(subject, passed=True)


def _reports_left(limits: Iterable[soap.Payload]) -> Finding:
    """Say how many reports were asked for of those that Five9 allows in a time."""
    states = [state for limit in limits for state in limit.get("callCounterStates") or ()]
    counted = [state for state in states if state["operationType"] == "ReportRequest"]
    detail = ", ".join(f"{state['value']}/{state['limit']}" for state in counted)
    return Finding(gettext_noop("Reports asked for"), passed=True, detail=detail)

"""Avaya Experience Platform: agents, queues, contacts, written messages, the customer's mood.

Read, in 2026-11: our notes on Avaya's own OpenAPI files, and there, to settle how intervals,
tables and pages are written, Analytics Historical Data v2, Transcript Retrieval v1 and Auth v1.
The platform needs the header `appkey` beside a token, also to sign in. Not said by Avaya, so
behind settings: the columns of the report EngagementDetail and of queues, but for three durations,
and the unit of these.

Our own reading, not the vendor's text: a row of the report is what one agent did of an engagement,
and a row without an agent is no contact; active_duration is without hold_duration; intervals are
in UTC; who logs in with an address has it for e-mail; a supervisor or expert who writes is our
side; a dimension's row that is no active record is an older one, or of somebody who has left.
A message of an agent is of the one who was on its leg. Others of our side, and agents of a leg
that several shared, are named as participants, which may be nobody we know. Private and deleted
messages are not read. A report files an engagement under its start, so three days are read
again. Scores of mood are on our scale already and are cut to three decimals.

Evaluations and recordings come by file import: Avaya has no public API for them. Notifications
are not taken in.
"""

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any

from coaching import records
from coaching.integrations.avaya_experience import feed, tables
from coaching.integrations.avaya_experience.contacts import Conversation, Engagements, read_agent
from coaching.integrations.avaya_experience.messages import listed, read_message, read_sentiment
from coaching.integrations.avaya_experience.needs import NEEDS
from coaching.integrations.avaya_experience.words import UNIT_MS
from coaching.integrations.base import (
    Adapter,
    Batch,
    Capability,
    CheckReport,
    Finding,
    Forbidden,
    Rejected,
    Resource,
    Unreadable,
    Unverified,
    gettext_noop,
    load_json,
    reject,
    translate,
    windows,
)
from coaching.integrations.http import ApiClient, ClientCredentials

FIRST_PULL = timedelta(days=28)  # how far back without a watermark
OVERLAP = timedelta(hours=72)  # written engagements last for days
WINDOW = timedelta(days=7)
HISTORY, DIGITAL = "Analytics Historical", "Digital Transcript"


@dataclasses.dataclass(frozen=True, slots=True)
class _Event:
    """How one kind of payload is read: what it lists, and what each of those becomes."""

    resource: Resource
    listed: Callable[[feed.Payload], list[Any]]
    read: Callable[[Any, Counter[str]], Iterable[records.Record]]
    reference: str


class AvayaExperience(Adapter):
    label = "Avaya Experience Platform"
    needs = NEEDS
    capabilities = frozenset(
        {
            Capability.AGENTS,
            Capability.INTERACTIONS,
            Capability.TRANSCRIPTS,
            Capability.SENTIMENT,
        }
    )
    resources = (
        Resource.AGENTS,
        Resource.QUEUES,
        Resource.INTERACTIONS,
        Resource.TRANSCRIPTS,
        Resource.SENTIMENT,
    )

    def check(self) -> CheckReport:
        sign_in = gettext_noop("Sign-in")
        try:
            self._feed.sign_in()
        except Unverified as refused:
            return CheckReport((Finding(sign_in, passed=False, detail=str(refused)),))
        dimension = self._feed.try_dimension
        findings = [
            Finding(sign_in, passed=True),
            _probe(gettext_noop("Agents"), partial(dimension, feed.AGENTS), HISTORY),
            _probe(gettext_noop("Queues"), partial(dimension, feed.QUEUES), HISTORY),
            self._probe_report(),
        ]
        if self._takes_in_transcripts:
            probe = _probe(gettext_noop("Transcripts"), self._feed.try_messages, DIGITAL)
            findings.append(probe)
        return CheckReport(tuple(findings))

    def _probe_report(self) -> Finding:
        """Look which of our columns the report has; without some of them there is no contact."""
        subject = gettext_noop("Contacts")
        try:
            columns = self._columns
            there = tables.column_names(self._feed.try_report(self.clock() - timedelta(days=1)))
        except Forbidden:
            return Finding(subject, passed=False, detail=HISTORY)
        except (Unverified, Unreadable) as refused:
            return Finding(subject, passed=False, detail=str(refused))
        missing = {name: column for name, column in columns.items() if column not in there}
        passed = not missing.keys() & set(tables.REQUIRED)
        return Finding(subject, passed=passed, detail=tables.written(missing))

    def read(self, event: str, payload: bytes) -> Batch:
        if event not in self._events:
            raise Unreadable("event", f"{event} is not one we know")
        return self._translate(event, load_json(payload))

    def pull(self, since: Mapping[Resource, datetime]) -> Iterator[Batch]:
        yield self._translate("agents", *self._feed.dimension_pages(feed.AGENTS))
        yield self._translate("queues", *self._feed.dimension_pages(feed.QUEUES))
        start = self.clock() - FIRST_PULL
        yield from self._contacts(since.get(Resource.INTERACTIONS, start) - OVERLAP)
        if self._takes_in_transcripts:
            both = (Resource.TRANSCRIPTS, Resource.SENTIMENT)
            yield from self._messages(min(since.get(one, start) for one in both) - OVERLAP)

    @property
    def _takes_in_transcripts(self) -> bool:
        return self.settings["transcripts"] == "yes"

    def _windows(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        return windows(feed.slot(start), feed.slot(self.clock()), size=WINDOW)

    def _contacts(self, start: datetime) -> Iterator[Batch]:
        for begin, stop in self._windows(start):
            for page in self._feed.report_pages(begin, stop):
                yield self._translate("engagements", page)
            yield Batch(resource=Resource.INTERACTIONS, watermark=stop)

    def _messages(self, start: datetime) -> Iterator[Batch]:
        for begin, stop in self._windows(start):
            pages = self._feed.report_pages(begin, stop)
            found = (row for page in pages for row in tables.rows(page))
            missed: list[Rejected] = []
            for key, conversation in self._engagements.conversations(found).items():
                yield from self._messages_of(key, conversation, missed)
            unreadable = tuple(missed)
            yield Batch(resource=Resource.TRANSCRIPTS, unreadable=unreadable, watermark=stop)
            yield Batch(resource=Resource.SENTIMENT, watermark=stop)

    def _messages_of(
        self, key: str, conversation: Conversation, missed: list[Rejected]
    ) -> Iterator[Batch]:
        """Fetch the messages of an engagement once, for their words and the customer's mood."""
        about = {
            "engagementId": key,
            "engagementStartedAt": conversation.started_at.isoformat(),
            "agents": conversation.only_agents,
        }
        try:
            page = {**about, "messages": self._feed.messages(key)}
        except Unreadable as error:  # they are not there
            missed.append(reject(about, error, reference="engagementId"))
        else:
            yield self._translate("messages", page)
            yield self._translate("message_sentiment", page)

    def _translate(self, name: str, *payloads: feed.Payload) -> Batch:
        event = self._events[name]
        found = [one for payload in payloads for one in event.listed(payload)]
        if event.resource in {Resource.AGENTS, Resource.QUEUES}:
            found = tables.current(found, event.reference)
        return translate(found, event.read, resource=event.resource, reference=event.reference)

    @cached_property
    def _feed(self) -> feed.Feed:
        settings = self.settings
        if not re.fullmatch(r"[A-Za-z0-9-]+", settings["host"]):
            raise Unverified("the host cannot be part of an address")
        if not re.fullmatch(r"[A-Za-z]{6}", settings["account_id"]):
            raise Unverified("the account ID is not six letters")
        host = f"https://{settings['host']}.api.avayacloud.com"
        account = settings["account_id"]
        app_key = {"appkey": settings["app_key"]}
        login_url = settings.get("login_url") or host
        credentials = ClientCredentials(
            token_url=f"{login_url}/api/auth/v1/{account}/protocol/openid-connect/token",
            client_id=settings["client_id"],
            client_secret=settings["client_secret"],
            in_form=True,
            headers=app_key,
        )
        api = ApiClient(
            self.http,
            credentials,
            base_url=settings.get("api_url") or host,
            clock=self.clock,
            sleep=self.sleep,
            headers=app_key,
            tokens=self.tokens,
        )
        return feed.Feed(api, account_id=account)

    @cached_property
    def _columns(self) -> dict[str, str]:
        return tables.chosen(self.settings["columns"])

    @cached_property
    def _engagements(self) -> Engagements:
        return Engagements(
            columns=self._columns,
            unit_ms=UNIT_MS[self.settings["time_unit"]],
            customer_key=self.settings.get("customer_key", ""),
        )

    @cached_property
    def _events(self) -> dict[str, _Event]:
        contacts, columns, rows = self._engagements, self._columns, tables.rows
        return {
            "agents": _Event(Resource.AGENTS, rows, read_agent, "agent_id"),
            "queues": _Event(Resource.QUEUES, rows, contacts.read_queue, columns["queue"]),
            "engagements": _Event(
                Resource.INTERACTIONS, rows, contacts.read, columns["engagement"]
            ),
            "messages": _Event(Resource.TRANSCRIPTS, listed, read_message, "messageId"),
            "message_sentiment": _Event(Resource.SENTIMENT, listed, read_sentiment, "messageId"),
        }


def _probe(subject: str, call: Callable[[], None], api: str) -> Finding:
    try:
        call()
    except Unverified:
        return Finding(subject, passed=False, detail=api)
    except Unreadable as refused:
        return Finding(subject, passed=False, detail=str(refused))
    return Finding(subject, passed=True)

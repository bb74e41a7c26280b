"""Avaya Infinity: agents, queues, contacts, transcripts, events of a subscription.

Read, in 2026-11: our notes on Avaya's own OpenAPI files, and there, to settle how intervals and
tables are written, Analytics Historical v2, Transcripts v1, Notifications v1 and Access Token.
Contacts take the licence Analytics Insights. Not said by Avaya, so behind settings: the unit of
the times of contacts, the zone of the times of transcripts, which statuses of a segment are no
contact, and what the fields of an event are called.

Our own reading, not the vendor's text: intervals are in UTC; a segment with a user is an agent's
contact, from its creation to its end; TIME_INTERACTING is without HOLD_TIME; a segment with a
TRANSFER_RESULT was transferred; any RECORDED_ number above zero means recorded; SUB_COMM_TYPE is
a direction where it is a word for one; the source of what does not go out is the customer; an
author of the type email or phoneNumber who writes in is the customer, and one who writes out is
not known; words of a user without an id are those of the one agent there was, and not read where
there were several. Agents and queues are those that worked or were waited in: a dataset has no
others, and today's come tomorrow. Transcripts are asked for by the contacts of the same hours.

Evaluations and recordings come by file import: Avaya has no public API for them. A subscription is
made, and renewed before it ends, outside of this adapter.
"""

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx

from coaching import records
from coaching.integrations.avaya_infinity import events, feed
from coaching.integrations.avaya_infinity.contacts import (
    Conversation,
    Segments,
    conversations,
    read_agent,
    read_queue,
)
from coaching.integrations.avaya_infinity.needs import NEEDS
from coaching.integrations.avaya_infinity.tables import last_of_each, rows
from coaching.integrations.avaya_infinity.transcripts import Messages, messages
from coaching.integrations.avaya_infinity.words import UNIT_MS
from coaching.integrations.base import (
    Adapter,
    Batch,
    Capability,
    CheckReport,
    Delivery,
    Finding,
    Push,
    Rejected,
    Resource,
    Unavailable,
    Unreadable,
    Unverified,
    gettext_noop,
    load_json,
    reject,
    translate,
    windows,
)
from coaching.integrations.http import ApiClient, ClientCredentials

SIGN_IN = "/auth/realms/avaya/protocol/openid-connect/token"
FIRST_PULL = timedelta(days=28)  # how far back without a watermark
OVERLAP = timedelta(hours=24)  # contacts are closed late, and transcribed later
WINDOW = timedelta(days=7)
DELAY = timedelta(minutes=30)  # what is younger is not asked for: it would not be there
MISSES_OF_AN_OUTAGE = 5  # transcripts, with none that was there


@dataclasses.dataclass(frozen=True, slots=True)
class _Event:
    """How one kind of payload is read: what it lists, and what each of those becomes."""

    resource: Resource
    listed: Callable[[feed.Payload], list[Any]]
    read: Callable[[Any, Counter[str]], Iterable[records.Record]]
    reference: str


class AvayaInfinity(Adapter):
    label = "Avaya Infinity"
    needs = NEEDS
    capabilities = frozenset(
        {
            Capability.AGENTS,
            Capability.INTERACTIONS,
            Capability.TRANSCRIPTS,
            Capability.PUSH,
        }
    )
    resources = (
        Resource.AGENTS,
        Resource.QUEUES,
        Resource.INTERACTIONS,
        Resource.TRANSCRIPTS,
    )

    def check(self) -> CheckReport:
        sign_in = gettext_noop("Sign-in")
        try:
            self._feed.sign_in()
        except Unverified as refused:
            return CheckReport((Finding(sign_in, passed=False, detail=str(refused)),))
        findings = [_probe(*probe) for probe in self._probes()]
        return CheckReport((Finding(sign_in, passed=True), *findings))

    def _probes(self) -> Iterator[tuple[str, Callable[[], None], str]]:
        """Yield what to look at, a cheap call, and the licence or scope it takes."""
        dataset = partial(self._feed.try_dataset, day=self._yesterday.date())
        yield gettext_noop("Agents"), partial(dataset, feed.AGENTS), "Historical API"
        yield gettext_noop("Queues"), partial(dataset, feed.QUEUES), "Historical API"
        yield gettext_noop("Contacts"), partial(dataset, feed.SEGMENTS), "Analytics Insights"
        if self._takes_in_transcripts:
            scope = self.settings["transcript_scope"] or "TRANSCRIPT"
            yield gettext_noop("Transcripts"), self._feed.try_transcript, scope

    def read(self, event: str, payload: bytes) -> Batch:
        if event not in self._events:
            raise Unreadable("event", f"{event} is not one we know")
        return self._translate(event, load_json(payload))

    def pull(self, since: Mapping[Resource, datetime]) -> Iterator[Batch]:
        start = self._start(since, Resource.INTERACTIONS)
        days = (min(start, self._yesterday).date(), self._yesterday.date())
        yield self._translate("agent", *self._feed.days(feed.AGENTS, *days))
        yield self._translate("queue", *self._feed.days(feed.QUEUES, *days))
        yield from self._contacts(start)
        if self._takes_in_transcripts:
            yield from self._transcripts(self._start(since, Resource.TRANSCRIPTS))

    def accept(self, delivery: Delivery) -> tuple[Push, ...]:
        header, token = self.settings["event_header"], self.settings["event_token"]
        return (events.verify(delivery, header=header, token=token),)

    @property
    def _takes_in_transcripts(self) -> bool:
        return self.settings["transcripts"] == "yes"

    @property
    def _yesterday(self) -> datetime:
        return self.clock() - timedelta(days=1)

    def _start(self, since: Mapping[Resource, datetime], resource: Resource) -> datetime:
        return since.get(resource, self.clock() - FIRST_PULL) - OVERLAP

    def _windows(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        return windows(feed.slot(start), feed.slot(self.clock() - DELAY), size=WINDOW)

    def _contacts(self, start: datetime) -> Iterator[Batch]:
        for begin, stop in self._windows(start):
            for page in self._feed.slots(feed.SEGMENTS, begin, stop):
                yield self._translate("interaction_segments", page)
            yield Batch(resource=Resource.INTERACTIONS, watermark=stop)

    def _transcripts(self, start: datetime) -> Iterator[Batch]:
        for begin, stop in self._windows(start):
            pages = self._feed.slots(feed.SEGMENTS, begin, stop)
            found = conversations((row for page in pages for row in rows(page)), self._segments)
            missed: list[Rejected] = []
            for key, conversation in found.items():
                yield from self._transcript(key, conversation, missed)
            if len(missed) == len(found) >= MISSES_OF_AN_OUTAGE:
                raise Unavailable(feed.RETRY_SECONDS, "not one transcript is there")
            unreadable = tuple(missed)
            yield Batch(resource=Resource.TRANSCRIPTS, unreadable=unreadable, watermark=stop)

    def _transcript(
        self, key: str, conversation: Conversation, missed: list[Rejected]
    ) -> Iterator[Batch]:
        about = {
            "interactionId": key,
            "interactionStartedAt": conversation.started_at.isoformat(),
            "agents": sorted(conversation.agents),
        }
        try:
            found = self._feed.messages(key)
        except Unreadable as error:  # it is not there
            missed.append(reject(about, error, reference="interactionId"))
        else:
            yield self._translate("transcript", {**about, "messages": found})

    def _translate(self, name: str, *payloads: feed.Payload) -> Batch:
        event = self._events[name]
        listed = [one for payload in payloads for one in event.listed(payload)]
        return translate(
            last_of_each(listed, event.reference),
            event.read,
            resource=event.resource,
            reference=event.reference,
        )

    @cached_property
    def _feed(self) -> feed.Feed:
        settings = self.settings
        if not re.fullmatch(r"[A-Za-z0-9-]+", settings["customer_id"]):
            raise Unverified("the customer ID cannot be part of an address")
        grant = partial(
            ClientCredentials,
            token_url=f"{settings.get('login_url') or self._host}{SIGN_IN}",
            in_form=True,
        )
        analytics = grant(client_id=settings["client_id"], client_secret=settings["client_secret"])
        transcripts = grant(
            client_id=settings["transcript_client_id"] or settings["client_id"],
            client_secret=settings["transcript_client_secret"] or settings["client_secret"],
            scope=settings["transcript_scope"],
        )
        return feed.Feed(
            analytics=self._client(analytics),
            transcripts=self._client(transcripts),
            sleep=self.sleep,
        )

    @property
    def _host(self) -> str:
        return f"https://core.{self.settings['customer_id']}.ec.avayacloud.com"

    def _client(self, grant: ClientCredentials) -> ApiClient:
        return ApiClient(
            httpx.Client(
                transport=feed.Refusals(self.http),
                headers=self.http.headers,
                timeout=self.http.timeout,
                trust_env=False,
            ),
            grant,
            base_url=self.settings.get("api_url") or self._host,
            clock=self.clock,
            sleep=self.sleep,
            tokens=self.tokens,
        )

    @cached_property
    def _segments(self) -> Segments:
        statuses = self.settings["ignored_statuses"].casefold().split(",")
        return Segments(
            unit_ms=UNIT_MS[self.settings["time_unit"]],
            ignored_statuses={status.strip() for status in statuses if status.strip()},
            customer_key=self.settings.get("customer_key", ""),
        )

    @cached_property
    def _messages(self) -> Messages:
        try:
            return Messages(ZoneInfo(self.settings["transcript_time_zone"]))
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise Unverified("the time zone is not one we know") from error

    @cached_property
    def _events(self) -> dict[str, _Event]:
        fields = events.Fields(
            name=self.settings["event_name_field"],
            interaction=self.settings["event_interaction_field"],
            agent=self.settings["event_agent_field"],
            time=self.settings["event_time_field"],
        )
        return {
            "agent": _Event(Resource.AGENTS, rows, read_agent, "AGENT_ID"),
            "queue": _Event(Resource.QUEUES, rows, read_queue, "QUEUE_ID"),
            "interaction_segments": _Event(
                Resource.INTERACTIONS, rows, self._segments.read, "INTERACTION_SEGMENT_ID"
            ),
            "transcript": _Event(Resource.TRANSCRIPTS, messages, self._messages.read, "id"),
            events.EVENT: _Event(Resource.LIVE, _alone, fields.read, "id"),
        }


def _alone(payload: feed.Payload) -> list[Any]:
    return [payload]


def _probe(subject: str, call: Callable[[], None], permission: str) -> Finding:
    try:
        call()
    except Unverified:  # other credentials may be refused at sign-in already
        return Finding(subject, passed=False, detail=permission)
    except Unreadable as refused:
        return Finding(subject, passed=False, detail=str(refused))
    return Finding(subject, passed=True)

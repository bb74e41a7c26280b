"""Twilio: TaskRouter, Voice, Flex Insights and Intelligence ("classic", v2; live: v3).

Read: Twilio's OpenAPI 2.6.7 (2026-04), and its pages on TaskRouter events, webhook security, rule
execution webhooks and prebuilt operators, in 2026-11. Seen in others' code only: the names inside
task attributes (`call_sid`, `conversationSid`, `direction`, `from`, `customerAddress`,
`conversations.outcome`), the fields of a real-time transcription, `RequestedChannels`.

Our own reading, not the vendor's text: a contact is a reservation that was accepted and completed;
TaskRouter knows no holds, so talk time holds them; a reservation without a wrap-up event had none.
A contact's root is the customer's call or conversation, by which live events name it. Insights
names neither the task nor its time: each contact of some days is asked for again. What is
unverified there lies behind a setting, and so does who is heard on which channel.
"""

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any

from coaching import records
from coaching.integrations.base import (
    Adapter,
    Batch,
    Capability,
    CheckReport,
    Delivery,
    Finding,
    Push,
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
from coaching.integrations.http import ApiClient, basic
from coaching.integrations.twilio import (
    contacts,
    evaluations,
    feed,
    live,
    recordings,
    signature,
    transcripts,
)
from coaching.integrations.twilio.lists import Links, Names
from coaching.integrations.twilio.needs import NEEDS
from coaching.integrations.twilio.words import text_at
from coaching.records import RecordingState

FIRST_PULL = timedelta(days=28)  # how far back without a watermark
OVERLAP = timedelta(hours=24)  # contacts are closed late, transcripts are made later still
CONTACT_WINDOW = timedelta(days=1)  # its events are held until its end
RECORDING_RETRY_SECONDS = 60

_SOUNDS = (Resource.RECORDINGS, Resource.TRANSCRIPTS, Resource.SENTIMENT)
_PROBES = (
    (gettext_noop("Agents"), "workers"),
    (gettext_noop("Queues"), "queues"),
    (gettext_noop("Contacts"), "events"),
    (gettext_noop("Calls"), "calls"),
    (gettext_noop("Recordings"), "recordings"),
    (gettext_noop("Transcripts"), "transcripts"),
)


@dataclasses.dataclass(frozen=True, slots=True)
class _Event:
    """How one kind of payload is read: what it lists, and what each of those becomes."""

    resource: Resource
    listed: Callable[[feed.Payload], Iterable[Any]]
    read: Callable[[Any, Counter[str]], Iterable[records.Record]]
    reference: str = "sid"
    load: Callable[[bytes], feed.Payload] = load_json


class Twilio(Adapter):
    label = "Twilio"
    needs = NEEDS
    capabilities = frozenset(
        {
            Capability.AGENTS,
            Capability.INTERACTIONS,
            Capability.EVALUATIONS,
            Capability.EVALUATION_ANSWERS,
            Capability.RECORDINGS,
            Capability.TRANSCRIPTS,
            Capability.SENTIMENT,
            Capability.LIVE_TRANSCRIPT,
            Capability.PUSH,
        }
    )
    resources = (
        Resource.AGENTS,
        Resource.QUEUES,
        Resource.FORMS,
        Resource.INTERACTIONS,
        Resource.EVALUATIONS,
        Resource.RECORDINGS,
        Resource.TRANSCRIPTS,
        Resource.SENTIMENT,
    )

    def check(self) -> CheckReport:
        sign_in = self._probe(gettext_noop("Sign-in"), "workspace")
        if not sign_in.passed:
            return CheckReport((sign_in,))
        probes = list(_PROBES)
        if self._has_insights:
            probes.append((gettext_noop("Quality assessments"), "insights"))
        return CheckReport((sign_in, *(self._probe(*probe) for probe in probes)))

    def _probe(self, subject: str, what: str) -> Finding:
        try:
            self._feed.probe(what)
        except (Unverified, Unreadable) as refused:
            return Finding(subject, passed=False, detail=str(refused))
        return Finding(subject, passed=True)

    def read(self, event: str, payload: bytes) -> Batch:
        if event not in self._events:
            raise Unreadable("event", f"{event} is not one we know")
        batch = self._translate(event, self._events[event].load(payload))
        if event != "events":
            return batch
        return _joined(batch, self._legs(self._desk.clear()))

    def pull(self, since: Mapping[Resource, datetime]) -> Iterator[Batch]:
        now = self.clock()
        oldest = now - FIRST_PULL
        marks = (since.get(one, oldest) for one in (Resource.INTERACTIONS, *_SOUNDS))
        start = max(oldest, min(marks)) - OVERLAP
        seen: dict[str, records.Interaction] = {}
        yield from self._pages("workers", self._feed.workers())
        yield from self._pages("task_queues", self._feed.queues())
        yield from self._insights(Resource.FORMS, self._forms())
        for batch in self._contacts(self._oldest_contact(start, now), now):
            legs = (one for one in batch.records if isinstance(one, records.Interaction))
            seen |= {leg.leg_id: leg for leg in legs}
            yield batch
        assessed = self._evaluations(seen.values(), now)
        yield from self._insights(Resource.EVALUATIONS, assessed)
        yield from self._pages("recordings", self._feed.recordings(start))
        yield Batch(resource=Resource.RECORDINGS, watermark=now)
        yield from self._transcripts(start, now)

    def existing(self, resource: Resource, since: datetime) -> frozenset[str] | None:
        if resource is not Resource.RECORDINGS:
            return None
        pages = self._feed.recordings(since)
        sids = (text_at(one, "sid") for page in pages for one in feed.listed(page, "recordings"))
        return frozenset(sid for sid in sids if sid)

    def audio(self, fetch_ref: str) -> bytes:
        recording = recordings.load(self._feed.recording(fetch_ref))
        state = recordings.state_of(recording, Counter())
        if state is RecordingState.PENDING:
            raise Unavailable(RECORDING_RETRY_SECONDS, "the recording is still being made")
        if state is not RecordingState.AVAILABLE:
            raise Unreadable("status", f"the recording is {state.value}")
        return self._feed.sound(fetch_ref, channels=recording.channels)

    def accept(self, delivery: Delivery) -> tuple[Push, ...]:
        tokens = (self.settings["auth_token"], self.settings["former_auth_token"])
        signature.verify(delivery, [token for token in tokens if token])
        split = live.split_json if signature.is_json(delivery) else live.split_form
        return split(delivery.body)

    def _pages(self, event: str, pages: Iterable[feed.Payload]) -> Iterator[Batch]:
        for page in pages:
            yield self._translate(event, page)

    def _contacts(self, start: datetime, end: datetime) -> Iterator[Batch]:
        for begin, stop in windows(start, end, size=CONTACT_WINDOW):
            yield from self._pages("calls", self._feed.calls(begin, stop))
            yield from self._pages("events", self._feed.events(begin, stop))
            legs = self._desk.clear()
            for leg in legs:
                if not contacts.is_whole(leg):
                    yield from self._beginning(leg, stop)
            yield dataclasses.replace(self._legs(legs), watermark=stop)

    def _beginning(self, leg: feed.Payload, stop: datetime) -> Iterator[Batch]:
        """Complete a leg that began before what was asked for."""
        yield from self._pages("events", self._feed.events_of(leg["reservation_sid"], stop))
        for whole in self._desk.clear():
            if whole["reservation_sid"] == leg["reservation_sid"]:
                leg.update(whole)

    def _oldest_contact(self, start: datetime, now: datetime) -> datetime:
        """Go back as far as contacts are still assessed, where assessments are read."""
        assessed = now - timedelta(days=int(self.settings["assessment_days"]))
        return min(start, assessed) if self._has_insights else start

    def _legs(self, legs: Iterable[feed.Payload]) -> Batch:
        read = partial(
            contacts.read_leg,
            names=self._names,
            links=self._links,
            customer_key=self.settings.get("customer_key", ""),
        )
        return translate(legs, read, resource=Resource.INTERACTIONS, reference="reservation_sid")

    def _insights(self, resource: Resource, batches: Iterator[Batch]) -> Iterator[Batch]:
        """Yield what Flex Insights gives; when its session has ended, all the rest goes on."""
        if not self._has_insights:
            return
        try:
            yield from batches
        except Unverified:
            refused = Unreadable("insights_authorization", "is refused: its session has ended")
            aside = reject({"id": "insights_authorization"}, refused, reference="id")
            yield Batch(resource=resource, unreadable=(aside,))

    def _forms(self) -> Iterator[Batch]:
        yield self._translate("answer_sets", self._feed.answer_sets())
        yield from self._pages("questionnaires", self._feed.questionnaires())

    def _evaluations(self, seen: Iterable[records.Interaction], now: datetime) -> Iterator[Batch]:
        for contact in seen:
            try:
                yield from self._assessed(contact)
            except Unreadable as error:
                aside = reject({"sid": contact.leg_id}, error, reference="sid")
                yield Batch(resource=Resource.EVALUATIONS, unreadable=(aside,))
        yield Batch(resource=Resource.EVALUATIONS, watermark=now)

    def _assessed(self, contact: records.Interaction) -> Iterator[Batch]:
        for segment in self._feed.segments(contact.leg_id):
            rows = self._feed.assessments(segment)
            if rows:
                named = {"task_sid": contact.external_id, "worker_sid": contact.agent_external_id}
                comments = self._feed.comments(segment)
                page = {"assessments": rows, "comments": comments, "contact": named}
                yield self._translate("assessments", page)

    def _transcripts(self, start: datetime, now: datetime) -> Iterator[Batch]:
        """Yield the sentences of all finished transcripts, then what operators made of them."""
        finished: list[Any] = []
        for page in self._feed.transcripts(start):
            finished += (one for one in feed.listed(page, "transcripts") if _is_finished(one))
        yield from self._of_transcripts("sentences", finished, self._feed.sentences)
        yield Batch(resource=Resource.TRANSCRIPTS, watermark=now)
        yield from self._of_transcripts("operator_results", finished, self._feed.operator_results)
        yield Batch(resource=Resource.SENTIMENT, watermark=now)

    def _of_transcripts(
        self,
        event: str,
        finished: Iterable[Any],
        fetch: Callable[[str], Iterator[feed.Payload]],
    ) -> Iterator[Batch]:
        for transcript in finished:
            try:
                for page in fetch(transcript.get("sid")):
                    yield self._translate(event, {**page, "transcript": transcript})
            except Unreadable as error:
                aside = reject(transcript, error, reference="sid")
                yield Batch(resource=self._events[event].resource, unreadable=(aside,))

    def _translate(self, name: str, payload: feed.Payload) -> Batch:
        event = self._events[name]
        return translate(
            event.listed(payload), event.read, resource=event.resource, reference=event.reference
        )

    @property
    def _has_insights(self) -> bool:
        return bool(self.settings["insights_authorization"])

    @cached_property
    def _feed(self) -> feed.Feed:
        if not re.fullmatch(r"([a-z0-9-]+(\.[a-z0-9-]+)?)?", self.settings["region"]):
            raise Unverified("the region is not one of Twilio's")
        return feed.Feed(
            self._client,
            account=self.settings["account_sid"],
            workspace=self.settings["workspace_sid"],
        )

    def _client(self, product: feed.Product) -> ApiClient:
        region = f".{self.settings['region']}" if self.settings["region"] else ""
        authorization = basic(self.settings["key_sid"], self.settings["key_secret"])
        if product is feed.Product.FLEX:
            authorization = self.settings["insights_authorization"]
        return ApiClient(
            self.http,
            base_url=self.settings.get("api_url") or f"https://{product}{region}.twilio.com",
            clock=self.clock,
            sleep=self.sleep,
            headers={"Authorization": authorization},
            trace_header="Twilio-Request-Id",
        )

    @cached_property
    def _names(self) -> Names:
        return Names()

    @cached_property
    def _links(self) -> Links:
        return Links()

    @cached_property
    def _desk(self) -> contacts.Desk:
        return contacts.Desk()

    @cached_property
    def _choices(self) -> evaluations.Choices:
        return evaluations.Choices()

    @cached_property
    def _events(self) -> dict[str, _Event]:
        names, links, choices = self._names, self._links, self._choices
        channel, operator = self.settings["customer_channel"], self.settings["sentiment_operator"]
        calls = partial(links.read_call, customer_key=self.settings.get("customer_key", ""))
        sounds = partial(recordings.read_recording, links=links, customer_channel=channel)
        assessments = partial(evaluations.read_assessment, choices=choices, names=names)
        said = transcripts.Reader(links, channel, operator)
        heard = live.Reader(self.settings["inbound_speaker"], operator)
        sentences, results = _joining("sentences"), _joining("operator_results")
        return {
            "workers": _Event(Resource.AGENTS, _listed("workers"), names.read_worker),
            "task_queues": _Event(Resource.QUEUES, _listed("task_queues"), names.read_queue),
            "answer_sets": _Event(Resource.FORMS, _alone, choices.read_answer_sets),
            "questionnaires": _Event(
                Resource.FORMS,
                _listed("questionnaires"),
                choices.read_questionnaire,
                "questionnaire_sid",
            ),
            "calls": _Event(Resource.INTERACTIONS, _listed("calls"), calls),
            "events": _Event(Resource.INTERACTIONS, _listed("events"), self._desk.collect),
            "assessments": _Event(
                Resource.EVALUATIONS, evaluations.by_assessment, assessments, "id"
            ),
            "recordings": _Event(Resource.RECORDINGS, _listed("recordings"), sounds),
            "sentences": _Event(Resource.TRANSCRIPTS, sentences, said.read_sentence),
            "operator_results": _Event(Resource.SENTIMENT, results, said.read_operator_result),
            live.TRANSCRIPTION: _Event(
                Resource.LIVE, _alone, heard.read_callback, "CallSid", live.load_form
            ),
            live.RULE_EXECUTION: _Event(Resource.LIVE, _results, heard.read_result, "id"),
        }


def _listed(field: str) -> Callable[[feed.Payload], list[Any]]:
    return partial(feed.listed, field=field)


def _joining(field: str) -> Callable[[feed.Payload], list[Any]]:
    """List what belongs to a transcript, each beside that transcript."""

    def listed(page: feed.Payload) -> list[Any]:
        transcript = page.get("transcript")
        return [{"of": transcript, "found": one} for one in feed.listed(page, field)]

    return listed


def _results(execution: feed.Payload) -> list[Any]:
    conversation = text_at(execution, "conversationId") or ""
    return [
        {**one, "conversationId": conversation} if isinstance(one, dict) else one
        for one in feed.listed(execution, "operatorResults")
    ]


def _alone(payload: feed.Payload) -> list[Any]:
    return [payload]


def _is_finished(transcript: object) -> bool:
    return isinstance(transcript, dict) and transcript.get("status") == "completed"


def _joined(one: Batch, other: Batch) -> Batch:
    return dataclasses.replace(
        one,
        records=one.records + other.records,
        unreadable=one.unreadable + other.unreadable,
        unknown_values=one.unknown_values + other.unknown_values,
    )

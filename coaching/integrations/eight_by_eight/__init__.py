"""8x8 Contact Center: agents, contacts, evaluations, recordings, what was said, chat webhooks.

Read, in 2026-11: the official OpenAPI files of Quality Management and Speech Analytics v1,
Cloud Storage Service v3, Historical Metrics v8 and Chat API v2, and the guides to the detailed
report, to stored objects, to the webhooks' events and to their signature (8x8Cloud/
public-developer-docs). Durations are milliseconds in reports and in the tags of recordings
(the text says seconds, its example does not), seconds in Quality Management, which also writes
times in UTC without saying so.

Our own reading, not the vendor's text: an agent is the same by agentId, participantId and the
agentId of a chat; `callId` of a recording and `interactionGuid` are the report's interactionId;
an agent's leg is one assignment; storage counts pages from 0 as Quality Management does; the
public keys of a tenant lie in its own region; a score is a percentage (a setting). An evaluation
is released on sight, from the moment it was made; its form is known by its name alone, and its
questions by their words. Not read: the emotion of whole interactions (it mixes in the agent's),
screen recordings, topics, labels, notes, the streaming API.
"""

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any

from pydantic import ValidationError

from coaching import records
from coaching.integrations.base import (
    Adapter,
    Batch,
    Capability,
    CheckReport,
    Delivery,
    Finding,
    Need,
    Push,
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
from coaching.integrations.eight_by_eight import chat, feed
from coaching.integrations.eight_by_eight.contacts import read_contact
from coaching.integrations.eight_by_eight.evaluations import Users, is_newer, read_evaluation
from coaching.integrations.eight_by_eight.recordings import read_recording
from coaching.integrations.eight_by_eight.speech import is_spoken, read_emotion, read_segment
from coaching.integrations.http import ApiClient, ClientCredentials

HOST = "https://api.8x8.com"
REGIONS = {  # what each API calls the region of a tenant: reports, chat
    "eu": ("eu/", "eu"),
    "us": ("", "us"),
    "au": ("au/", "ap"),
    "ca": ("ca/", "ca"),
}
DATA_REGIONS = ("uk", "us-east", "us-west", "ap", "ca")
FIRST_PULL = timedelta(days=28)
OVERLAP = timedelta(hours=72)  # forms are changed, long chats end, sound comes late
SPEECH_OVERLAP = timedelta(hours=24)  # one call per conversation
LOOK_BACK = timedelta(days=28)  # evaluations are listed by when they were made, not changed
WINDOW = timedelta(days=7)


@dataclasses.dataclass(frozen=True, slots=True)
class _Event:
    """How one kind of payload is read: what it lists, and what each of those becomes."""

    resource: Resource
    listed: Callable[[feed.Payload], list[Any]]
    read: Callable[[Any, Counter[str]], Iterable[records.Record]]
    reference: str


class EightByEight(Adapter):
    label = "8x8"
    needs = (
        Need(
            "client_id",
            gettext_noop("API key"),
            help=gettext_noop("Of an API key with quality management, storage and analytics."),
        ),
        Need("client_secret", gettext_noop("Secret"), secret=True),
        Need(
            "region",
            gettext_noop("Region"),
            help=gettext_noop("Where your contact centre runs."),
            choices=(
                ("eu", gettext_noop("Europe")),
                ("us", gettext_noop("United States")),
                ("au", gettext_noop("Asia and the Pacific")),
                ("ca", gettext_noop("Canada")),
            ),
            default="eu",
        ),
        Need(
            "data_region",
            gettext_noop("Region of recordings and quality management"),
            help=gettext_noop("European tenants usually lie in uk; ask 8x8 if in doubt."),
            choices=tuple((region, region) for region in DATA_REGIONS),
            default="uk",
        ),
        Need(
            "pbx",
            gettext_noop("Name of the phone system (PBX)"),
            help=gettext_noop("Quality management is asked about this one."),
        ),
        Need(
            "tenant",
            gettext_noop("Tenant"),
            optional=True,
            help=gettext_noop(
                "Needed for chat webhooks, and if you have several: the tenant label in "
                "Configuration Manager."
            ),
        ),
        Need(
            "scores",
            gettext_noop("Scores of evaluations"),
            choices=(
                ("percent", gettext_noop("Are percentages")),
                ("no", gettext_noop("Leave out")),
            ),
            default="percent",
        ),
    )
    capabilities = frozenset(
        {
            Capability.AGENTS,
            Capability.INTERACTIONS,
            Capability.EVALUATIONS,
            Capability.EVALUATION_ANSWERS,
            Capability.RECORDINGS,
            Capability.TRANSCRIPTS,
            Capability.SENTIMENT,
            Capability.PUSH,
        }
    )
    resources = (
        Resource.AGENTS,
        Resource.INTERACTIONS,
        Resource.EVALUATIONS,
        Resource.RECORDINGS,
        Resource.TRANSCRIPTS,
        Resource.SENTIMENT,
    )

    def check(self) -> CheckReport:
        sign_in, calls = gettext_noop("Sign-in"), self._feed
        try:
            calls.sign_in()
        except Unverified as refused:
            return CheckReport((Finding(sign_in, passed=False, detail=str(refused)),))
        quality = calls.probe_quality
        probes = (  # subject, a cheap call, the API product it takes
            (gettext_noop("Agents"), partial(quality, feed.USERS), "QM - API"),
            (gettext_noop("Contacts"), calls.probe_reports, "analytics realtime-api"),
            (gettext_noop("Evaluations"), partial(quality, feed.EVALUATIONS), "QM - API"),
            (gettext_noop("Recordings"), calls.probe_storage, "storage"),
            (gettext_noop("Transcripts"), partial(quality, feed.INTERACTIONS), "QM - API"),
        )
        findings = (self._probe(*probe) for probe in probes)
        return CheckReport((Finding(sign_in, passed=True), *findings))

    def _probe(self, subject: str, call: Callable[[], None], product: str) -> Finding:
        try:
            call()
        except Unverified:  # a product that is missing may be refused as if we were unknown
            return Finding(subject, passed=False, detail=product)
        except Unreadable as refused:  # such as an unknown tenant or PBX
            return Finding(subject, passed=False, detail=str(refused))
        return Finding(subject, passed=True)

    def read(self, event: str, payload: bytes) -> Batch:
        if event not in self._events:
            raise Unreadable("event", f"{event} is not one we know")
        return self._translate(event, self._events[event].listed(_load(payload)))

    def pull(self, since: Mapping[Resource, datetime]) -> Iterator[Batch]:
        start = self.clock() - FIRST_PULL
        for page in self._feed.quality_pages(feed.USERS, reference="userReference"):
            yield self._translate("users", page)
        yield from self._contacts(since.get(Resource.INTERACTIONS, start) - OVERLAP)
        yield from self._evaluations(since.get(Resource.EVALUATIONS))
        yield from self._recordings(since.get(Resource.RECORDINGS, start) - OVERLAP)
        heard = (since.get(it, start) for it in (Resource.TRANSCRIPTS, Resource.SENTIMENT))
        yield from self._speech(min(heard) - SPEECH_OVERLAP)

    def existing(self, resource: Resource, since: datetime) -> frozenset[str] | None:
        if resource is not Resource.EVALUATIONS:
            return None
        pages = self._listed_evaluations(since)
        return frozenset(str(line.get("evaluationId")) for page in pages for line in page)

    def audio(self, fetch_ref: str) -> bytes:
        return self._feed.content(fetch_ref)

    def accept(self, delivery: Delivery) -> tuple[Push, ...]:
        push = chat.verify(
            delivery,
            tenant=self.settings["tenant"],
            now=self.clock(),
            public_key=self._public_key,
        )
        return (push,)

    def _contacts(self, start: datetime) -> Iterator[Batch]:
        for begin, stop in windows(start, self.clock(), size=WINDOW):
            for page in self._feed.contact_pages(begin, stop):
                yield self._translate("contacts", page)
            yield Batch(resource=Resource.INTERACTIONS, watermark=stop)

    def _evaluations(self, known_until: datetime | None) -> Iterator[Batch]:
        """Look through the list for what is new or changed, and fetch the answers of that."""
        now = self.clock()
        newer_than = (known_until or now - FIRST_PULL) - OVERLAP
        start = newer_than - LOOK_BACK if known_until else newer_than
        for page in self._listed_evaluations(start):
            whole, missed = _gather(
                page,
                lambda line: [self._feed.evaluation(line)] if is_newer(line, newer_than) else [],
                reference="evaluationId",
            )
            batch = self._translate("evaluations", whole)
            yield dataclasses.replace(batch, unreadable=batch.unreadable + missed)
        yield Batch(resource=Resource.EVALUATIONS, watermark=now)

    def _listed_evaluations(self, start: datetime) -> Iterator[list[feed.Payload]]:
        between = self._between(start, self.clock())
        return self._feed.quality_pages(feed.EVALUATIONS, between, reference="evaluationId")

    def _recordings(self, start: datetime) -> Iterator[Batch]:
        for begin, stop in windows(start, self.clock(), size=WINDOW):
            for page in self._feed.recording_pages(begin, stop):
                yield self._translate("recordings", page)
            yield Batch(resource=Resource.RECORDINGS, watermark=stop)

    def _speech(self, start: datetime) -> Iterator[Batch]:
        """Fetch what was said in each conversation once, for its words and the customer's mood."""
        for begin, stop in windows(start, self.clock(), size=WINDOW):
            between = self._between(begin, stop)
            pages = self._feed.quality_pages(
                feed.INTERACTIONS, between, reference="interactionGuid"
            )
            for page in pages:
                said, missed = _gather(
                    page,
                    lambda it: self._feed.utterances(it) if is_spoken(it) else [],
                    reference="interactionGuid",
                )
                batch = self._translate("transcriptions", said)
                yield dataclasses.replace(batch, unreadable=batch.unreadable + missed)
                yield self._translate("emotions", said)
            yield Batch(resource=Resource.TRANSCRIPTS, watermark=stop)
            yield Batch(resource=Resource.SENTIMENT, watermark=stop)

    @staticmethod
    def _between(start: datetime, stop: datetime) -> dict[str, str]:
        return {"startTS": feed.query_time(start), "endTS": feed.query_time(stop)}

    def _translate(self, name: str, listed: Iterable[Any]) -> Batch:
        event = self._events[name]
        return translate(listed, event.read, resource=event.resource, reference=event.reference)

    def _public_key(self, key: str) -> feed.Payload:
        if key not in self._public_keys:
            self._public_keys[key] = self._feed.public_key(key)
        return self._public_keys[key]

    @cached_property
    def _public_keys(self) -> dict[str, feed.Payload]:
        return {}

    @cached_property
    def _feed(self) -> feed.Feed:
        settings = self.settings
        if settings["region"] not in REGIONS or settings["data_region"] not in DATA_REGIONS:
            raise Unverified("the region is not one we know")
        area, chat_region = REGIONS[settings["region"]]
        grant = ClientCredentials(
            token_url=f"{settings.get('login_url') or HOST}/oauth/v2/token",
            client_id=settings["client_id"],
            client_secret=settings["client_secret"],
        )
        client = partial(
            ApiClient,
            self.http,
            base_url=settings.get("api_url") or HOST,
            clock=self.clock,
            sleep=self.sleep,
            tokens=self.tokens,
        )
        tenant = {"X-Tenant-Info": settings["tenant"]} if settings["tenant"] else {}
        json_only = {"Content-Type": "application/json", "Accept": "application/json"}
        return feed.Feed(
            api=client(grant, headers=tenant),
            quality=client(grant, headers={"pbx": settings["pbx"], **json_only}),
            anonymous=client(),
            roots=feed.Roots(
                quality=f"/qm/{settings['data_region']}/v1",
                reports=f"/{area}analytics/cc/v8/historical-metrics",
                storage=f"/storage/{settings['data_region']}/v3",
                keys=f"/vcc/{chat_region}/chat/v2/jwk",
            ),
        )

    @cached_property
    def _events(self) -> dict[str, _Event]:
        users = Users()
        contact = partial(read_contact, customer_key=self.settings.get("customer_key", ""))
        score_is_pct = self.settings["scores"] == "percent"
        evaluation = partial(read_evaluation, keys=users.keys, score_is_pct=score_is_pct)
        return {
            "users": _Event(Resource.AGENTS, _content, users.read_user, "userReference"),
            "contacts": _Event(Resource.INTERACTIONS, _content, contact, "interactionId"),
            "evaluations": _Event(Resource.EVALUATIONS, _content, evaluation, "evaluationId"),
            "recordings": _Event(Resource.RECORDINGS, _content, read_recording, "id"),
            "transcriptions": _Event(Resource.TRANSCRIPTS, _said, read_segment, "ordinal"),
            "emotions": _Event(Resource.SENTIMENT, _said, read_emotion, "ordinal"),
            chat.EVENT: _Event(Resource.LIVE, _alone, chat.read_event, "conversationId"),
        }


def _load(payload: bytes) -> feed.Payload:
    """Read a payload; a bare list goes where pages have theirs."""
    is_list = payload.lstrip().startswith(b"[")
    return load_json(b'{"content": %b}' % payload if is_list else payload)


def _content(page: feed.Payload) -> list[Any]:
    if not isinstance(page.get("content"), list):
        raise Unreadable("content", "is missing")
    return list(page["content"])


def _said(page: feed.Payload) -> list[Any]:
    interaction, said = page.get("interaction"), _content({"content": page.get("transcriptions")})
    return [{**it, "interaction": interaction, "ordinal": nth} for nth, it in enumerate(said)]


def _alone(payload: feed.Payload) -> list[Any]:
    return [payload]


def _gather(
    named: Iterable[feed.Payload],
    fetch: Callable[[feed.Payload], list[feed.Payload]],
    *,
    reference: str,
) -> tuple[list[feed.Payload], tuple[Rejected, ...]]:
    """Fetch what belongs to each; one that is gone or that we cannot name is kept aside."""
    found: list[feed.Payload] = []
    missed: list[Rejected] = []
    for one in named:
        try:
            found += fetch(one)
        except (Unreadable, ValidationError) as error:
            missed.append(reject(one, error, reference=reference))
    return found, tuple(missed)

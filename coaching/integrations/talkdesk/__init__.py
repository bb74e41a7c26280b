"""Talkdesk: agents, contacts, recordings, transcripts and the customer's sentiment.

Read: docs.talkdesk.com in 2026-11: users, the Explore API with the calls report in the layout of
May 2026 (seconds, ISO 8601 in UTC), recordings, the Conversations API (seven days at once) and
the hosts of the regions. Not published where we could read, so behind settings: how the
Conversations API names the ends of a period. Our own reading, not the vendor's text: a calls
report has one row per call, its agent is `user_id`; `talk_time` is without `hold_time`; a queue is
known by its name (ring groups have no id there); an interaction's id without dashes is the call's
id; agent and user are our side, contact and customer the customer, and the mood of anybody else
is passed over; channel_1 of a recording is channel 0. After-call work is not in the calls report.

Evaluations come by file import (the QM Evaluation Analysis dataset of Explore, as CSV): no API
for them is published. Talkdesk signs events of the app's own life alone, so nothing is accepted.
"""

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
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
    Forbidden,
    Need,
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
from coaching.integrations.talkdesk import feed
from coaching.integrations.talkdesk.contacts import read_call, read_recording, read_user
from coaching.integrations.talkdesk.conversations import read_sentiment, read_transcript

REGIONS = {  # host of the API, domain of the sign-in
    "eu": ("https://api.talkdeskapp.eu", "talkdeskid.eu"),
    "us": ("https://api.talkdeskapp.com", "talkdeskid.com"),
    "ca": ("https://api.talkdeskappca.com", "talkdeskidca.com"),
}
FIRST_PULL = timedelta(days=28)  # how far back without a watermark
OVERLAP = timedelta(hours=24)  # contacts are closed late, and transcribed later
WINDOW = timedelta(days=7)  # the Conversations API spans seven days at most, Explore a month

_TAKE_IN = (("yes", gettext_noop("Take in")), ("no", gettext_noop("Leave out")))


@dataclasses.dataclass(frozen=True, slots=True)
class _Event:
    """How one kind of payload is read: what it lists, and what each of those becomes."""

    resource: Resource
    listed: Callable[[feed.Payload], Iterable[Any]]
    read: Callable[[Any, Counter[str]], Iterable[records.Record]]
    reference: str = "id"


class Talkdesk(Adapter):
    label = "Talkdesk"
    needs = (
        Need(
            "region",
            gettext_noop("Region"),
            choices=(
                ("eu", gettext_noop("Europe")),
                ("us", gettext_noop("United States")),
                ("ca", gettext_noop("Canada")),
            ),
            default="eu",
        ),
        Need(
            "account",
            gettext_noop("Account name"),
            help=gettext_noop("The first part of the address where you sign in to Talkdesk."),
        ),
        Need(
            "client_id",
            gettext_noop("Client ID"),
            help=gettext_noop("Of an OAuth client with the grant type Client Credentials."),
        ),
        Need("client_secret", gettext_noop("Client secret"), secret=True),
        Need(
            "recordings",
            gettext_noop("Which calls were recorded"),
            choices=_TAKE_IN,
            default="yes",
        ),
        Need(
            "transcripts",
            gettext_noop("Transcripts and the customer's mood"),
            help=gettext_noop("Only with a licence for the Conversations API."),
            choices=_TAKE_IN,
            default="yes",
        ),
        Need(
            "period_start_parameter",
            gettext_noop("Conversations API: parameter for the start of a period"),
            default="from",
        ),
        Need(
            "period_end_parameter",
            gettext_noop("Conversations API: parameter for the end of a period"),
            default="to",
        ),
    )
    capabilities = frozenset(
        {
            Capability.AGENTS,
            Capability.INTERACTIONS,
            Capability.RECORDINGS,
            Capability.TRANSCRIPTS,
            Capability.SENTIMENT,
        }
    )
    resources = (
        Resource.AGENTS,
        Resource.INTERACTIONS,
        Resource.RECORDINGS,
        Resource.TRANSCRIPTS,
        Resource.SENTIMENT,
    )

    def check(self) -> CheckReport:
        sign_in = gettext_noop("Sign-in")
        try:
            self._feed.sign_in()
        except Unverified as refused:
            return CheckReport((Finding(sign_in, passed=False, detail=str(refused)),))
        findings = [_probe(*probe) for probe in self._probes()]
        return CheckReport((Finding(sign_in, passed=True), *findings))

    def _probes(self) -> Iterator[tuple[str, Callable[[], object], str]]:
        """Yield what to look at, a cheap call, and the scopes it takes."""
        now = self.clock()
        hour = (now - timedelta(hours=1), now)
        users = partial(self._feed.one, feed.USERS, {"per_page": 1})
        yield gettext_noop("Agents"), users, "users:read"
        report = partial(self._feed.try_report, *hour)
        yield gettext_noop("Contacts"), report, "data-reports:write data-reports:read"
        if self._takes_in("recordings"):
            yield gettext_noop("Recordings"), self._feed.try_recording, "recordings:read"
        if self._takes_in("transcripts"):
            page = partial(next, self._feed.conversation_pages(*hour))
            yield gettext_noop("Transcripts"), page, "interactions-public:read"

    def read(self, event: str, payload: bytes) -> Batch:
        if event not in self._events:
            raise Unreadable("event", f"{event} is not one we know")
        return self._translate(event, load_json(payload))

    def pull(self, since: Mapping[Resource, datetime]) -> Iterator[Batch]:
        for page in self._feed.pages(feed.USERS):
            yield dataclasses.replace(self._translate("users", page), total=page.get("total"))
        yield from self._contacts(self._start(since, Resource.INTERACTIONS))
        if self._takes_in("recordings"):
            yield from self._recordings(self._start(since, Resource.RECORDINGS))
        if self._takes_in("transcripts"):
            both = (Resource.TRANSCRIPTS, Resource.SENTIMENT)
            yield from self._transcripts(min(self._start(since, one) for one in both))

    def audio(self, fetch_ref: str) -> bytes:
        return self._feed.sound(fetch_ref)

    def _start(self, since: Mapping[Resource, datetime], resource: Resource) -> datetime:
        return since.get(resource, self.clock() - FIRST_PULL) - OVERLAP

    def _takes_in(self, need: str) -> bool:
        return self.settings[need] == "yes"

    def _windows(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        end = self.clock().replace(microsecond=0)  # the platform is asked in whole seconds
        return windows(start.replace(microsecond=0), end, size=WINDOW)

    def _contacts(self, start: datetime) -> Iterator[Batch]:
        for begin, stop in self._windows(start):
            batch = self._translate("calls", self._feed.calls(begin, stop))
            yield dataclasses.replace(batch, watermark=stop)

    def _recordings(self, start: datetime) -> Iterator[Batch]:
        """Ask for the recordings of each recorded call: no list of all is published."""
        for begin, stop in self._windows(start):
            for call in _entries(self._feed.calls(begin, stop)):
                if isinstance(call, dict) and call.get("recording_url"):
                    yield from self._recordings_of(call.get("call_id"))
            yield Batch(resource=Resource.RECORDINGS, watermark=stop)

    def _recordings_of(self, call_id: Any) -> Iterator[Batch]:
        try:
            for page in self._feed.recording_pages(call_id):
                yield self._translate("recordings", page)
        except Unreadable as error:  # it is gone
            missed = reject({"call_id": call_id}, error, reference="call_id")
            yield Batch(resource=Resource.RECORDINGS, unreadable=(missed,))

    def _transcripts(self, start: datetime) -> Iterator[Batch]:
        for begin, stop in self._windows(start):
            for page in self._feed.conversation_pages(begin, stop):
                yield self._translate("conversations", page)
                yield self._translate("conversation_sentiment", page)
            yield Batch(resource=Resource.TRANSCRIPTS, watermark=stop)
            yield Batch(resource=Resource.SENTIMENT, watermark=stop)

    def _translate(self, name: str, payload: feed.Payload) -> Batch:
        event = self._events[name]
        return translate(
            event.listed(payload), event.read, resource=event.resource, reference=event.reference
        )

    @cached_property
    def _feed(self) -> feed.Feed:
        if self.settings["region"] not in REGIONS:
            raise Unverified("the region is not one we know")
        if not re.fullmatch(r"[A-Za-z0-9-]+", self.settings["account"]):
            raise Unverified("the account name cannot be part of an address")
        api_url, domain = REGIONS[self.settings["region"]]
        login_url = f"https://{self.settings['account']}.{domain}"
        credentials = ClientCredentials(
            token_url=f"{self.settings.get('login_url') or login_url}/oauth/token",
            client_id=self.settings["client_id"],
            client_secret=self.settings["client_secret"],
        )
        redirected = httpx.Client(
            transport=feed.RedirectsAreAnswers(self.http),
            headers=self.http.headers,
            timeout=self.http.timeout,
            trust_env=False,
        )
        return feed.Feed(
            self._client(redirected, self.settings.get("api_url") or api_url, credentials),
            files=partial(self._client, self.http),
            period=(
                self.settings["period_start_parameter"],
                self.settings["period_end_parameter"],
            ),
            sleep=self.sleep,
        )

    def _client(
        self, http: httpx.Client, base_url: str, grant: ClientCredentials | None = None
    ) -> ApiClient:
        return ApiClient(
            http,
            grant,
            base_url=base_url,
            clock=self.clock,
            sleep=self.sleep,
            tokens=self.tokens,
        )

    @cached_property
    def _events(self) -> dict[str, _Event]:
        calls = partial(read_call, customer_key=self.settings.get("customer_key", ""))
        return {
            "users": _Event(Resource.AGENTS, _embedded("users"), read_user),
            "calls": _Event(Resource.INTERACTIONS, _entries, calls, reference="call_id"),
            "recordings": _Event(Resource.RECORDINGS, _embedded("recordings"), read_recording),
            "conversations": _Event(
                Resource.TRANSCRIPTS, _embedded("interactions"), read_transcript
            ),
            "conversation_sentiment": _Event(
                Resource.SENTIMENT, _embedded("interactions"), read_sentiment
            ),
        }


def _embedded(name: str) -> Callable[[feed.Payload], list[Any]]:
    """Return what finds the list that a HAL page embeds."""

    def listed(page: feed.Payload) -> list[Any]:
        embedded = page.get("_embedded")
        return _list(embedded if isinstance(embedded, dict) else {}, name)

    return listed


def _entries(report: feed.Payload) -> list[Any]:
    return _list(report, "entries")


def _list(payload: feed.Payload, name: str) -> list[Any]:
    found = payload.get(name)
    if not isinstance(found, list):
        raise Unreadable(name, "is missing")
    return found


def _probe(subject: str, call: Callable[[], object], scopes: str) -> Finding:
    try:
        call()
    except Forbidden:
        return Finding(subject, passed=False, detail=scopes)
    return Finding(subject, passed=True)

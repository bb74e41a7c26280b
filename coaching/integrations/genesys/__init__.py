"""Genesys Cloud, platform API v2: agents, teams, roster, queues, forms, contacts, evaluations,
recordings, transcripts, the customer's mood, live transcripts, and tasks written back.

Read: the official Swagger of the API and the schemas of its notification topics (SDK 257.1.0), in
2026-11. Durations come in milliseconds, times in ISO 8601. Seen in others' code only: the file of
a transcript, and that it is asked for by the session of the customer or of a recording.

Our own reading, not the vendor's text: a handled leg without a tHeld, tAcw, nTransferred or
nConsult metric had none of it; a job not done in eight minutes is tried again; a transcript's times
above 10^11 are moments, others count from the start of the contact; of several alternatives and
of several media the first is meant; where nothing was analysed the API answers 404. How far a mood
reaches is nowhere said, so it is a setting. What takes a call for each conversation, and the
search for contacts that the data lake does not hold yet, is off until it is wanted.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property, partial
from itertools import chain, islice
from typing import Any

from coaching.integrations.base import (
    Adapter,
    Batch,
    Capability,
    CheckReport,
    Finding,
    Forbidden,
    Resource,
    Unreadable,
    Unverified,
    gettext_noop,
    translate,
    windows,
)
from coaching.integrations.genesys import feed, live, speech, writeback
from coaching.integrations.genesys.contacts import handled, read_conversation
from coaching.integrations.genesys.evaluations import read_evaluation, read_form
from coaching.integrations.genesys.events import (
    Event,
    Payload,
    alone,
    conversations,
    fetch,
    listed,
    load,
    members,
    no_record,
)
from coaching.integrations.genesys.lists import Names, read_user
from coaching.integrations.genesys.media import Media
from coaching.integrations.genesys.needs import NEEDS, REGIONS
from coaching.integrations.genesys.probes import findings
from coaching.integrations.genesys.recordings import read_recording
from coaching.integrations.http import ApiClient, ClientCredentials

FIRST_PULL = timedelta(days=28)  # how far back without a watermark
CONTACT_OVERLAP = timedelta(hours=24)  # contacts are closed late, and analysed later
CONTACT_WINDOW = timedelta(days=7)
MEDIA_WINDOW = timedelta(days=1)  # each conversation takes calls of its own
CONVERSATIONS_AT_ONCE = 50
EVALUATION_OVERLAP = timedelta(hours=72)  # evaluations are scored again, disputed, retracted
EVALUATION_WINDOW = timedelta(weeks=12)  # a search spans three months at most

_MEDIA = (Resource.RECORDINGS, Resource.TRANSCRIPTS, Resource.SENTIMENT)


class Genesys(Adapter):
    label = "Genesys Cloud"
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
            Capability.COACHING_WRITEBACK,
        }
    )
    resources = (
        Resource.AGENTS,
        Resource.TEAMS,
        Resource.ROSTER,
        Resource.QUEUES,
        Resource.FORMS,
        Resource.INTERACTIONS,
        Resource.EVALUATIONS,
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
        found = findings(self._feed, self._media, wants=self._wants, now=self.clock())
        return CheckReport((Finding(sign_in, passed=True), *found))

    def read(self, event: str, payload: bytes) -> Batch:
        if event not in self._events:
            raise Unreadable("event", f"{event} is not one we know")
        return self._translate(event, load(payload))

    def pull(self, since: Mapping[Resource, datetime]) -> Iterator[Batch]:
        start = self.clock() - FIRST_PULL
        yield from self._listing("users", feed.USERS, {"state": "any", "expand": "languages"})
        yield from self._listing("teams", feed.TEAMS)
        yield self._roster()
        yield from self._listing("queues", feed.QUEUES)
        yield from self._listing("wrapupcodes", feed.WRAPUP_CODES)
        yield from self._listing("languages", feed.LANGUAGES)
        yield from self._published_forms()
        yield from self._contacts(since.get(Resource.INTERACTIONS, start) - CONTACT_OVERLAP)
        yield from self._evaluations(since.get(Resource.EVALUATIONS, start) - EVALUATION_OVERLAP)
        wanted = [resource for resource in _MEDIA if self._wants(resource.value)]
        if wanted:
            oldest = min(since.get(resource, start) for resource in wanted)
            yield from self._all_media(oldest - CONTACT_OVERLAP, wanted)

    def existing(self, resource: Resource, since: datetime) -> frozenset[str] | None:
        if resource is not Resource.EVALUATIONS:
            return None
        spans = windows(since, self.clock(), size=EVALUATION_WINDOW)
        return frozenset(chain.from_iterable(self._feed.evaluation_ids(*span) for span in spans))

    def audio(self, fetch_ref: str) -> bytes:
        return self._media.sound(fetch_ref)

    def assign(self, task: writeback.Task) -> str:
        """Put training or coaching into Genesys and return its id there.

        Raises: Forbidden while the settings say that nothing is written.
        """
        if not self._wants("writeback"):
            raise Forbidden("the settings say that nothing is written to Genesys")
        return writeback.assign(task, self._feed)

    def _wants(self, need: str) -> bool:
        return self.settings[need] == "yes"

    def _listing(
        self, event: str, path: str, params: Mapping[str, str | int] | None = None
    ) -> Iterator[Batch]:
        for page in self._feed.pages(path, params):
            yield dataclasses.replace(self._translate(event, page), total=page.get("total"))

    def _roster(self) -> Batch:
        """Read who is in which team today, as one snapshot."""
        parts = [
            self._translate("team_members", {**page, "selfUri": path})
            for path in (f"{feed.TEAMS}/{team}/members" for team in self._names.teams)
            for page in self._feed.pages(path)
        ]
        entries = tuple(entry for part in parts for entry in part.records)
        unreadable = tuple(rejected for part in parts for rejected in part.unreadable)
        return Batch(
            resource=Resource.ROSTER,
            records=entries,
            unreadable=unreadable,
            watermark=self.clock(),
            total=len(entries) + len(unreadable),
        )

    def _published_forms(self) -> Iterator[Batch]:
        for page in self._feed.pages(feed.PUBLISHED_FORMS, {"onlyLatestPerContext": "true"}):
            forms, missed = fetch(listed("entities")(page), self._feed.form)
            batch = self._new_forms(forms)
            yield dataclasses.replace(batch, unreadable=batch.unreadable + missed)

    def _contacts(self, start: datetime) -> Iterator[Batch]:
        end = self._lake_end()
        for begin, stop in windows(start, end, size=CONTACT_WINDOW):
            for page in self._feed.conversation_pages(begin, stop):
                batch = self._translate("conversation_job_results", page)
                yield dataclasses.replace(batch, watermark=None if page.get("cursor") else stop)
        for page in self._recent_pages(end):
            yield self._translate("conversation_details", page)

    def _lake_end(self) -> datetime:
        return min(self._feed.available_until(), self.clock())

    def _recent_pages(self, start: datetime) -> Iterator[Payload]:
        """Yield what the data lake does not hold yet; it comes again from there, complete."""
        if self._wants("recent_contacts"):
            for span in windows(start, self.clock(), size=CONTACT_WINDOW):
                yield from self._feed.recent_pages(*span)

    def _all_media(self, start: datetime, wanted: list[Resource]) -> Iterator[Batch]:
        end = self._lake_end()
        for begin, stop in windows(start, end, size=MEDIA_WINDOW):
            for page in self._feed.conversation_pages(begin, stop):
                yield from self._media_of(page, wanted)
            for resource in wanted:
                yield Batch(resource=resource, watermark=stop)
        for page in self._recent_pages(end):
            yield from self._media_of(page, wanted)

    def _media_of(self, page: Payload, wanted: list[Resource]) -> Iterator[Batch]:
        ended = handled(page)
        while some := list(islice(ended, CONVERSATIONS_AT_ONCE)):
            if Resource.RECORDINGS in wanted:
                yield from self._fetched(some, self._media.recordings, "recordingmetadata")
            if Resource.TRANSCRIPTS in wanted:
                events = ("transcript", "transcript_sentiment")
                spoken = events if Resource.SENTIMENT in wanted else events[:1]
                yield from self._fetched(some, self._media.transcripts, *spoken)
            if Resource.SENTIMENT in wanted:
                yield from self._fetched(some, self._media.metrics, "conversation_metrics")

    def _fetched(
        self,
        some: Iterable[Payload],
        call: Callable[[Payload], list[Payload]],
        first: str,
        *others: str,
    ) -> Iterator[Batch]:
        """Yield what there is of conversations, read as one event or as several."""
        lists, missed = fetch(some, call)
        found = list(chain.from_iterable(lists))
        batch = self._translate_all(first, found)
        yield dataclasses.replace(batch, unreadable=batch.unreadable + missed)
        for event in others:
            yield self._translate_all(event, found)

    def _evaluations(self, start: datetime) -> Iterator[Batch]:
        kinds = (False, True) if self._wants("automatic_evaluations") else (False,)
        for begin, stop in windows(start, self.clock(), size=EVALUATION_WINDOW):
            for automatic in kinds:
                for page in self._feed.hit_pages(begin, stop, automatic=automatic):
                    yield from self._whole_evaluations(page, automatic=automatic)
            yield Batch(resource=Resource.EVALUATIONS, watermark=stop)

    def _whole_evaluations(self, page: Payload, *, automatic: bool) -> Iterator[Batch]:
        """Yield the forms not seen yet, then the evaluations that were filled in on them."""
        found, missed = fetch(listed("results")(page), self._feed.evaluation)
        forms = self._new_forms(evaluation["evaluationForm"] for evaluation in found)
        if forms.records or forms.unreadable:
            yield forms
        read = partial(read_evaluation, now=self.clock(), automatic=automatic)
        batch = translate(found, read, resource=Resource.EVALUATIONS)
        yield dataclasses.replace(batch, unreadable=batch.unreadable + missed)

    def _new_forms(self, forms: Iterable[Payload]) -> Batch:
        new = {form["id"]: form for form in forms if form["id"] not in self._forms_read}
        self._forms_read.update(new)
        return translate(new.values(), read_form, resource=Resource.FORMS)

    def _translate(self, name: str, payload: Payload) -> Batch:
        return self._translate_all(name, self._events[name].listed(payload))

    def _translate_all(self, name: str, found: Iterable[Any]) -> Batch:
        event = self._events[name]
        return translate(found, event.read, resource=event.resource, reference=event.reference)

    @cached_property
    def _feed(self) -> feed.Feed:
        return feed.Feed(self._api, sleep=self.sleep)

    @cached_property
    def _media(self) -> Media:
        return Media(self._api, files=self._client, sleep=self.sleep)

    @cached_property
    def _api(self) -> ApiClient:
        domain = REGIONS.get(self.settings["region"])
        if domain is None:
            raise Unverified("the region is not one we know")
        credentials = ClientCredentials(
            token_url=f"{self.settings.get('login_url') or f'https://login.{domain}'}/oauth/token",
            client_id=self.settings["client_id"],
            client_secret=self.settings["client_secret"],
        )
        return self._client(self.settings.get("api_url") or f"https://api.{domain}", credentials)

    def _client(self, base_url: str, grant: ClientCredentials | None = None) -> ApiClient:
        return ApiClient(
            self.http,
            grant,
            base_url=base_url,
            clock=self.clock,
            sleep=self.sleep,
            tokens=self.tokens,
            trace_header="ININ-Correlation-Id",
        )

    @cached_property
    def _names(self) -> Names:
        return Names()

    @cached_property
    def _forms_read(self) -> set[str]:
        return set()

    @cached_property
    def _events(self) -> dict[str, Event]:
        names, entities, now = self._names, listed("entities"), self.clock()
        key = self.settings.get("customer_key", "")
        member = partial(names.read_member, today=now.date())
        contact = partial(read_conversation, names=names, customer_key=key)
        contacts = Event(Resource.INTERACTIONS, conversations, contact, "conversationId")
        evaluation = partial(read_evaluation, now=now, automatic=False)
        return {
            "users": Event(Resource.AGENTS, entities, read_user),
            "teams": Event(Resource.TEAMS, entities, names.read_team),
            "team_members": Event(Resource.ROSTER, members, member),
            "queues": Event(Resource.QUEUES, entities, names.read_queue),
            "wrapupcodes": Event(Resource.INTERACTIONS, entities, names.read_wrapup_code),
            "languages": Event(Resource.INTERACTIONS, entities, names.read_language),
            "conversation_job_results": contacts,
            "conversation_details": contacts,
            "form": Event(Resource.FORMS, alone, read_form),
            "search": Event(Resource.EVALUATIONS, listed("results"), no_record),
            "evaluation": Event(Resource.EVALUATIONS, alone, evaluation),
            "recordingmetadata": Event(Resource.RECORDINGS, entities, read_recording),
            **self._speech_events,
        }

    @cached_property
    def _speech_events(self) -> dict[str, Event]:
        scale, spoken = speech.Scale(self.settings["sentiment_scale"]), "communicationId"
        metrics = partial(speech.read_metrics, scale=scale)
        said = partial(live.read_transcription, clock=self.clock)
        felt = partial(live.read_live_sentiment, clock=self.clock, scale=scale)
        phrases = speech.read_phrase_sentiment
        return {
            "transcript": Event(Resource.TRANSCRIPTS, alone, speech.read_transcript, spoken),
            "transcript_sentiment": Event(Resource.SENTIMENT, alone, phrases, spoken),
            "conversation_metrics": Event(Resource.SENTIMENT, alone, metrics),
            "transcription": Event(Resource.LIVE, live.bodies, said, "conversationId"),
            "sentiment": Event(Resource.LIVE, live.bodies, felt, "conversationId"),
        }

"""NICE CXone: agents, teams, roster, skills, contacts, evaluations, recordings, transcripts.

Read, in 2026-11: the help page of the Data Extraction API (`qm-workflows` version 4, filtered by
the date of submission in UTC; a file's address holds for 30 seconds; one call in 30 seconds),
that of the report Evaluation Details (words of statuses), and by way of third parties the
vendor's OpenAPI files (calljacob/nice-cxone-api) and the columns of both extracts
(singer-io/tap-nice-incontact). Durations are seconds, times are UTC.

Our own reading, not the vendor's text: the list of contacts is `completedContacts` or
`contacts`, with the older names of fields too; agentSeconds hold those on hold and after the
contact; `acdId` and `acdContactId` name the whole contact, and where they name an agent's part
of it, that contact; an extract's agentId is either of an agent's two ids; `workflowinstanceId`
is the workflowId; userReviewComments are the agent's; a completed evaluation was released at
its last change. Behind settings: area, version of the API, the entity with answers. Not relied
upon: critical questions as failing the whole, the unit of a transcript's times (it is told from
the segment's length), scores of Enlighten, calibrations, moods without a channel.
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
from coaching.integrations.http import ApiClient
from coaching.integrations.nice_cxone import feed, table
from coaching.integrations.nice_cxone.access import AccessKey
from coaching.integrations.nice_cxone.contacts import read_contact
from coaching.integrations.nice_cxone.evaluations import (
    ANSWER_COLUMNS,
    WORKFLOW_COLUMNS,
    by_workflow,
    read_evaluation,
)
from coaching.integrations.nice_cxone.extraction import Extraction
from coaching.integrations.nice_cxone.lists import (
    Known,
    read_membership,
    read_skill,
    read_team,
)
from coaching.integrations.nice_cxone.media import read_recordings, read_sentiments
from coaching.integrations.nice_cxone.needs import NEEDS
from coaching.integrations.nice_cxone.payloads import AnswerRow
from coaching.integrations.nice_cxone.speech import read_transcript

WORKFLOWS, WORKFLOWS_VERSION = "qm-workflows", "4"
ANSWERS = "qm-answers"  # our own name: the customer's entity is a setting
FIRST_PULL = timedelta(days=28)  # how far back without a watermark
OVERLAP = timedelta(hours=24)  # contacts are closed late, and analysed again
EVALUATION_OVERLAP = timedelta(days=13)  # listed by submission: agents answer them later
EVALUATION_WINDOW = timedelta(days=14)  # an extraction spans two weeks at most
SEGMENT_WINDOW = timedelta(days=7)


@dataclasses.dataclass(frozen=True, slots=True)
class _Event:
    """How one kind of payload is read: what it lists, and what each of those becomes."""

    resource: Resource
    listed: Callable[[bytes], list[Any]]
    read: Callable[[Any, Counter[str]], Iterable[records.Record]]
    reference: str


class NiceCxone(Adapter):
    label = "NICE CXone"
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
        }
    )
    resources = (
        Resource.AGENTS,
        Resource.TEAMS,
        Resource.ROSTER,
        Resource.QUEUES,
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
        findings = [_probe(*probe) for probe in self._probes()]
        return CheckReport((Finding(sign_in, passed=True), *findings))

    def _probes(self) -> Iterator[tuple[str, Callable[[], object], str]]:
        """Yield what to try: subject, a cheap call, the permission it takes."""
        calls, hour_ago = self._feed, self.clock() - timedelta(hours=1)
        yield gettext_noop("Agents"), partial(calls.try_list, feed.AGENTS), "Admin API"
        yield gettext_noop("Teams"), partial(calls.try_list, feed.TEAMS), "Admin API"
        yield gettext_noop("Queues"), partial(calls.try_list, feed.SKILLS), "Admin API"
        yield gettext_noop("Contacts"), partial(calls.try_contacts, hour_ago), "Reporting API"
        permission = "QM Tools > Data Extraction APIs > QM Workflow API"
        yield gettext_noop("Evaluations"), self._extraction.try_out, permission
        if self.settings["recordings"] == "yes":
            yield gettext_noop("Recordings"), partial(calls.played, "0"), "Media Playback API"
        if self.settings["transcripts"] == "yes":
            ask = partial(calls.try_segments, hour_ago, self.clock())
            yield gettext_noop("Transcripts"), ask, "Interaction Analytics API"

    def read(self, event: str, payload: bytes) -> Batch:
        if event not in self._events:
            raise Unreadable("event", f"{event} is not one we know")
        return self._translate(event, self._events[event].listed(payload))

    def pull(self, since: Mapping[Resource, datetime]) -> Iterator[Batch]:
        now = self.clock()
        start = now - FIRST_PULL
        agents = [line for page in self._list(feed.AGENTS, "agents", "agentId") for line in page]
        yield self._translate("agents", agents)
        for page in self._list(feed.TEAMS, "teams", "teamId"):
            yield self._translate("teams", page)
        yield self._roster(agents)
        for page in self._list(feed.SKILLS, "skills", "skillId"):
            yield self._translate("skills", page)
        wants_recordings = self.settings["recordings"] == "yes"
        needed = {Resource.INTERACTIONS} | ({Resource.RECORDINGS} if wants_recordings else set())
        changed_since = min(since.get(it, start) for it in needed) - OVERLAP
        yield from self._contacts(changed_since, now)
        yield from self._evaluations(since.get(Resource.EVALUATIONS, start) - EVALUATION_OVERLAP)
        if wants_recordings:
            yield from self._recordings(now)
        if self.settings["transcripts"] == "yes":
            yield from self._transcripts(since.get(Resource.TRANSCRIPTS, start) - OVERLAP)

    def audio(self, fetch_ref: str) -> bytes:
        return self._feed.sound(fetch_ref)

    def _list(self, path: str, listed: str, reference: str) -> Iterator[list[feed.Payload]]:
        return self._feed.pages(path, listed=(listed,), reference=reference)

    def _roster(self, agents: list[feed.Payload]) -> Batch:
        """Read who is in which team today, as one snapshot."""
        batch = self._translate("roster", agents)
        return dataclasses.replace(batch, watermark=self.clock(), total=len(batch.records))

    def _contacts(self, start: datetime, now: datetime) -> Iterator[Batch]:
        """Yield what changed since, oldest change first."""
        wanted = {"updatedSince": feed.timestamp(start), "orderBy": "lastUpdateTime asc"}
        lists = ("completedContacts", "contacts")
        for page in self._feed.pages(feed.CONTACTS, wanted, listed=lists, reference="contactId"):
            yield self._translate("contacts", page)
        yield Batch(resource=Resource.INTERACTIONS, watermark=now)

    def _evaluations(self, start: datetime) -> Iterator[Batch]:
        for begin, stop in windows(start, self.clock(), size=EVALUATION_WINDOW):
            answers = by_workflow(self._answers(begin, stop))
            content = self._extraction.file(WORKFLOWS, WORKFLOWS_VERSION, begin, stop)
            read = partial(read_evaluation, ids=self._known, answers=answers)
            lines = table.rows(content, needed=WORKFLOW_COLUMNS)
            batch = translate(lines, read, resource=Resource.EVALUATIONS, reference="workflowid")
            yield dataclasses.replace(batch, watermark=stop, total=len(lines))

    def _answers(self, start: datetime, stop: datetime) -> list[table.Row]:
        entity = self.settings["answers_entity"]
        if not entity:
            return []
        version = self.settings["answers_version"]
        content = self._extraction.file(entity, version, start, stop)
        return table.rows(content, needed=ANSWER_COLUMNS)

    def _recordings(self, now: datetime) -> Iterator[Batch]:
        """Ask for the sound of each contact that was just read."""
        for master in sorted(self._known.spoken):
            try:
                played = self._feed.played(master)
            except Unreadable as error:
                missed = reject({"masterContactId": master}, error, reference="masterContactId")
                yield Batch(resource=Resource.RECORDINGS, unreadable=(missed,))
                continue
            yield self._translate("recordings", played)
            yield self._translate("sentiments", played)
        yield Batch(resource=Resource.RECORDINGS, watermark=now)

    def _transcripts(self, start: datetime) -> Iterator[Batch]:
        for begin, stop in windows(start, self.clock(), size=SEGMENT_WINDOW):
            for page in self._feed.analysed_pages(begin, stop):
                found, missed = self._said(page)
                batch = self._translate("transcripts", found)
                yield dataclasses.replace(batch, unreadable=batch.unreadable + missed)
            yield Batch(resource=Resource.TRANSCRIPTS, watermark=stop)

    def _said(
        self, segments: Iterable[feed.Payload]
    ) -> tuple[list[feed.Payload], tuple[Rejected, ...]]:
        """Fetch what was said in each; one that is gone or that we cannot name is kept aside."""
        found: list[feed.Payload] = []
        missed: list[Rejected] = []
        for segment in segments:
            try:
                found.append(_numbered(self._feed.transcript(segment)))
            except Unreadable as error:
                missed.append(reject(segment, error, reference="segmentId"))
        return found, tuple(missed)

    def _translate(self, name: str, payloads: Iterable[Any]) -> Batch:
        event = self._events[name]
        return translate(payloads, event.read, resource=event.resource, reference=event.reference)

    @cached_property
    def _feed(self) -> feed.Feed:
        acd = self._api(f"https://api-{self._area}.niceincontact.com", self._acd_path)
        return feed.Feed(acd, self._platform, download=self._download)

    @cached_property
    def _extraction(self) -> Extraction:
        return Extraction(
            self._platform, download=self._download, clock=self.clock, sleep=self.sleep
        )

    @cached_property
    def _platform(self) -> ApiClient:
        return self._api(f"https://{self._area}.nice-incontact.com")

    @property
    def _area(self) -> str:
        if not re.fullmatch(r"[a-z0-9-]+", self.settings["area"]):
            raise Unverified("the area is not a part of an address")
        return self.settings["area"]

    @property
    def _acd_path(self) -> str:
        return f"/inContactAPI/services/v{self.settings['acd_version']}"

    def _api(self, host: str, path: str = "") -> ApiClient:
        login = self.settings.get("login_url") or f"https://{self._area}.nice-incontact.com"
        key = AccessKey(
            token_url=f"{login}/authentication/v1/token/access-key",
            key_id=self.settings["access_key_id"],
            secret=self.settings["access_key_secret"],
        )
        base_url = (self.settings.get("api_url") or host) + path
        return self._client(base_url, key)

    def _client(self, base_url: str, key: AccessKey | None = None) -> ApiClient:
        return ApiClient(
            self.http,
            key,
            base_url=base_url,
            clock=self.clock,
            sleep=self.sleep,
            tokens=self.tokens,
        )

    def _download(self, address: str) -> bytes:
        """Fetch a file from its signed address, without our token; an empty one is asked anew."""
        store = self._client(str(httpx.URL(address).join("/")))
        return store.content(address) or store.content(address)

    @cached_property
    def _known(self) -> Known:
        return Known()

    @cached_property
    def _events(self) -> dict[str, _Event]:
        ids = self._known
        customer_key = self.settings.get("customer_key", "")
        contact = partial(read_contact, ids=ids, customer_key=customer_key)
        membership = partial(read_membership, today=self.clock().date())
        evaluation = partial(read_evaluation, ids=ids, answers={})
        transcript = partial(read_transcript, ids=ids)
        workflows = partial(table.rows, needed=WORKFLOW_COLUMNS)
        answer_rows = partial(table.rows, needed=ANSWER_COLUMNS)
        agents, played = _listed("agents"), _listed("interactions")
        contacts = _listed("completedContacts", "contacts")
        return {
            "agents": _Event(Resource.AGENTS, agents, ids.read_agent, "agentId"),
            "teams": _Event(Resource.TEAMS, _listed("teams"), read_team, "teamId"),
            "roster": _Event(Resource.ROSTER, agents, membership, "agentId"),
            "skills": _Event(Resource.QUEUES, _listed("skills"), read_skill, "skillId"),
            "contacts": _Event(Resource.INTERACTIONS, contacts, contact, "contactId"),
            WORKFLOWS: _Event(Resource.EVALUATIONS, workflows, evaluation, "workflowid"),
            ANSWERS: _Event(Resource.EVALUATIONS, answer_rows, _no_record, "questionid"),
            "recordings": _Event(Resource.RECORDINGS, played, read_recordings, "masterContactId"),
            "sentiments": _Event(Resource.SENTIMENT, played, read_sentiments, "masterContactId"),
            "transcripts": _Event(Resource.TRANSCRIPTS, _transcript, transcript, "segmentId"),
        }


def _probe(subject: str, call: Callable[[], object], permission: str) -> Finding:
    try:
        call()
    except Unverified:
        return Finding(subject, passed=False, detail=permission)
    except Unreadable as refused:  # such as a version of the API that is gone
        return Finding(subject, passed=False, detail=str(refused))
    return Finding(subject, passed=True)


def _listed(*names: str) -> Callable[[bytes], list[Any]]:
    def listed(payload: bytes) -> list[Any]:
        page = load_json(payload)
        found = next((page[name] for name in names if isinstance(page.get(name), list)), None)
        if found is None:
            raise Unreadable(names[0], "is missing")
        return list(found)

    return listed


def _no_record(payload: Any, _unknown: Counter[str]) -> tuple[()]:
    """Read an answer by itself: it is a part of its evaluation."""
    AnswerRow.model_validate(payload)
    return ()


def _transcript(payload: bytes) -> list[Any]:
    return [_numbered(load_json(payload))]


def _numbered(transcript: feed.Payload) -> feed.Payload:
    """Give each block its place, by which it is known."""
    blocks = transcript.get("transcriptBlocks") or ()
    numbered = [{**block, "ordinal": place} for place, block in enumerate(blocks)]
    return {**transcript, "transcriptBlocks": numbered}

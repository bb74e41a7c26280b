"""Amazon Connect with Contact Lens: agents, teams, roster, queues, forms, contacts, evaluations,
recordings, transcripts, sentiment and live analysis.

Read, in 2026-11: AWS's service models (botocore 1.44.5, connect 2017-08-08 and
connect-contact-lens 2020-08-21) and the administrator guide on output files, their places in the
bucket, recording behaviour and languages. Durations come in seconds, offsets in milliseconds.
A file lies in the folder of the day on which the agent took the contact; left is the customer.

Our own reading, not AWS's text: a submitted evaluation was released when it was last changed, or
acknowledged if that was before; one that no user has touched since Connect filled it in is
automatic; a chat begins with its first line; overall sentiment runs from -5 to 5; talk time is
the time with the agent without hold. How many transfers a contact had is not told: each made a
contact of its own with the same root. The name of the field to search evaluations by is
documented nowhere we could read, so it is a setting; without it all are listed, those that
changed are fetched. A form in percent has options with scores of its own scale, while its
answers are in percent.
"""

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property, partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from coaching import records
from coaching.integrations.amazon_connect import payloads
from coaching.integrations.amazon_connect.analysis import read_sentiment, read_transcript
from coaching.integrations.amazon_connect.answers import (
    CONTACTS,
    FORMS,
    GROUPS,
    HITS,
    MEMBERS,
    QUEUES,
    USERS,
    Payload,
    alone,
    alone_inside,
    fetch,
    inside,
    with_form,
)
from coaching.integrations.amazon_connect.contacts import (
    is_handled,
    read_contact,
    read_recordings,
)
from coaching.integrations.amazon_connect.evaluations import (
    is_automatic,
    read_evaluation,
    read_form,
)
from coaching.integrations.amazon_connect.lists import Names, read_user
from coaching.integrations.amazon_connect.live import read_live
from coaching.integrations.amazon_connect.needs import NEEDS
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
    load_json,
    translate,
    windows,
)

if TYPE_CHECKING:
    from coaching.integrations.amazon_connect.feed import AnalysisFile, Feed

FIRST_PULL = timedelta(days=28)  # how far back without a watermark
OVERLAP = timedelta(hours=24)  # contacts are closed late, files come later
EVALUATION_OVERLAP = timedelta(hours=72)  # evaluations are changed, and the search lags
DAY = timedelta(days=1)  # each contact and each file is a call of its own
LONGEST_CHAT = timedelta(days=7)  # its file lies in the folder of the day it began
FILES_AT_ONCE = 25

Read = Callable[[Any, Counter[str]], Iterable[records.Record]]

_PROBES = (  # subject, a cheap call, the permission it takes
    (gettext_noop("Agents"), "list_users", "connect:ListUsers"),
    (gettext_noop("Team members"), "search_users", "connect:SearchUsers"),
    (gettext_noop("Teams"), "list_user_hierarchy_groups", "connect:ListUserHierarchyGroups"),
    (gettext_noop("Queues"), "list_queues", "connect:ListQueues"),
    (gettext_noop("Quality forms"), "list_evaluation_forms", "connect:ListEvaluationForms"),
    (
        gettext_noop("Evaluations"),
        "search_contact_evaluations",
        "connect:SearchContactEvaluations",
    ),
)


@dataclasses.dataclass(frozen=True, slots=True)
class _Event:
    """How one kind of payload is read: what it lists, and what each of those becomes."""

    resource: Resource
    listed: Callable[[Payload], Iterable[Any]]
    read: Read
    reference: str = "Id"


class AmazonConnect(Adapter):
    label = "Amazon Connect"
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
        findings = [
            _probe(subject, partial(self._feed.one, operation, MaxResults=1), permission)
            for subject, operation, permission in _PROBES
        ]
        now = self.clock()
        contacts = self._feed.contact_pages(now - timedelta(hours=1), now)
        probe = partial(next, contacts)
        findings.append(_probe(gettext_noop("Contacts"), probe, "connect:SearchContacts"))
        if self.settings["bucket"]:
            subject = gettext_noop("Transcripts")
            findings.append(_probe(subject, self._feed.storage, "s3:ListBucket"))
        return CheckReport((Finding(sign_in, passed=True), *findings))

    def read(self, event: str, payload: bytes) -> Batch:
        if event not in self._events:
            raise Unreadable("event", f"{event} is not one we know")
        return self._translate(event, load_json(payload))

    def pull(self, since: Mapping[Resource, datetime]) -> Iterator[Batch]:
        start = self.clock() - FIRST_PULL
        yield from self._agents(since.get(Resource.AGENTS))
        yield from self._listing("hierarchy_groups", "list_user_hierarchy_groups")
        yield self._roster()
        yield from self._listing("queues", "list_queues", QueueTypes=["STANDARD"])
        yield from self._active_forms()
        yield from self._contacts(since.get(Resource.INTERACTIONS, start) - OVERLAP)
        yield from self._evaluations(since.get(Resource.EVALUATIONS, start) - EVALUATION_OVERLAP)
        if self.settings["bucket"]:
            yield from self._analyses(since.get(Resource.TRANSCRIPTS, start) - OVERLAP)

    def existing(self, resource: Resource, since: datetime) -> frozenset[str] | None:
        if resource is Resource.AGENTS:
            users = map(USERS, self._feed.pages("list_users"))
            return frozenset(user["Id"] for page in users for user in page)
        if resource is Resource.EVALUATIONS:
            pages = self._feed.hit_pages(since, self.settings["evaluation_time_field"])
            return frozenset(hit["EvaluationId"] for page in map(HITS, pages) for hit in page)
        return None

    def audio(self, fetch_ref: str) -> bytes:
        return self._feed.sound(fetch_ref)

    def live(self, contact_id: str) -> Batch:
        """Read what has been said so far in a call that is going on."""
        return self._translate_all("realtime_segments", self._feed.live_pages(contact_id))

    def _agents(self, since: datetime | None) -> Iterator[Batch]:
        """Ask for each user that was changed: only so does Connect tell the e-mail address."""
        now = self.clock()
        for page in self._feed.pages("list_users"):
            users = [user for user in USERS(page) if _is_changed(user, since)]
            found, missed = fetch(users, self._user, reference="Id")
            batch = self._translate_all("user", found)
            yield dataclasses.replace(batch, unreadable=batch.unreadable + missed)
        yield Batch(resource=Resource.AGENTS, watermark=now)

    def _user(self, summary: Payload) -> Payload:
        user = payloads.UserSummary.model_validate(summary)
        return inside("User", self._feed.one("describe_user", UserId=user.id))

    def _listing(self, event: str, operation: str, **wanted: Any) -> Iterator[Batch]:
        for page in self._feed.pages(operation, **wanted):
            yield self._translate(event, page)

    def _roster(self) -> Batch:
        """Read who is in which team today, as one snapshot."""
        parts = list(self._listing("users", "search_users"))
        entries = tuple(entry for part in parts for entry in part.records)
        unreadable = tuple(rejected for part in parts for rejected in part.unreadable)
        return Batch(
            resource=Resource.ROSTER,
            records=entries,
            unreadable=unreadable,
            watermark=self.clock(),
            total=len(entries) + len(unreadable),
        )

    def _active_forms(self) -> Iterator[Batch]:
        for page in self._feed.pages("list_evaluation_forms"):
            active = [form for form in FORMS(page) if form.get("ActiveVersion")]
            forms, missed = fetch(active, self._form, reference="EvaluationFormId")
            batch = self._new_forms(forms)
            yield dataclasses.replace(batch, unreadable=batch.unreadable + missed)

    def _form(self, summary: Payload) -> Payload:
        named = payloads.FormSummary.model_validate(summary)
        answer = self._feed.one(
            "describe_evaluation_form",
            EvaluationFormId=named.evaluation_form_id,
            EvaluationFormVersion=named.active_version,
        )
        return inside("EvaluationForm", answer)

    def _new_forms(self, forms: Iterable[Payload]) -> Batch:
        keyed = {(it.get("EvaluationFormId"), it.get("EvaluationFormVersion")): it for it in forms}
        new = {key: form for key, form in keyed.items() if key not in self._forms_read}
        self._forms_read.update(new)
        return self._translate_all("evaluation_form", new.values())

    def _contacts(self, start: datetime) -> Iterator[Batch]:
        for begin, stop in windows(start, self.clock(), size=DAY):
            for page in self._feed.contact_pages(begin, stop):
                yield from self._whole_contacts(page)
            yield Batch(resource=Resource.INTERACTIONS, watermark=stop)

    def _whole_contacts(self, page: Payload) -> Iterator[Batch]:
        """Yield the contacts of a page, then what was recorded of them."""
        found, missed = fetch(CONTACTS(page), self._contact, reference="Id")
        contacts = self._translate_all("contact", found)
        yield dataclasses.replace(contacts, unreadable=contacts.unreadable + missed)
        recorded = [contact for contact in found if contact.get("Recordings")]
        if recorded:
            yield self._translate_all("contact_recordings", recorded)

    def _contact(self, summary: Payload) -> Payload | None:
        contact = payloads.ContactSummary.model_validate(summary)
        if not is_handled(contact):
            return None
        answer = self._feed.one("describe_contact", ContactId=contact.id)
        return inside("Contact", answer)

    def _evaluations(self, start: datetime) -> Iterator[Batch]:
        now = self.clock()
        for page in self._feed.hit_pages(start, self.settings["evaluation_time_field"]):
            found, missed = fetch(
                HITS(page), partial(self._evaluation, start), reference="EvaluationId"
            )
            forms = self._new_forms(it["EvaluationForm"] for it in found)
            if forms.records or forms.unreadable:
                yield forms
            batch = self._translate_all("contact_evaluation", found)
            yield dataclasses.replace(batch, unreadable=batch.unreadable + missed)
        yield Batch(resource=Resource.EVALUATIONS, watermark=now)

    def _evaluation(self, start: datetime, summary: Payload) -> Payload | None:
        hit = payloads.Hit.model_validate(summary)
        about = hit.metadata
        automatic = is_automatic(
            enabled=about.auto_evaluation_enabled, evaluator_arn=about.evaluator_arn
        )
        wanted = not automatic or self.settings["automatic_evaluations"] == "yes"
        if hit.last_modified_time < start or not wanted:
            return None
        answer = self._feed.one("describe_contact_evaluation", EvaluationId=hit.evaluation_id)
        return with_form(answer)

    def _analyses(self, start: datetime) -> Iterator[Batch]:
        """Read the files that came since; each is both a transcript and its sentiment."""
        now = self.clock()
        files = self._feed.analysis_files(start, first_day=(start - LONGEST_CHAT).date())
        while some := list(islice(files, FILES_AT_ONCE)):
            yield from self._whole_analyses(some)
        yield Batch(resource=Resource.TRANSCRIPTS, watermark=now)
        yield Batch(resource=Resource.SENTIMENT, watermark=now)

    def _whole_analyses(self, files: Iterable["AnalysisFile"]) -> Iterator[Batch]:
        by_contact = {file.contact_id: file for file in files}
        named: list[Payload] = [{"ContactId": contact_id} for contact_id in by_contact]
        found, missed = fetch(
            named,
            lambda it: self._feed.analysis(by_contact[it["ContactId"]]),
            reference="ContactId",
        )
        transcripts = self._translate_all("analysis_transcript", found)
        yield dataclasses.replace(transcripts, unreadable=transcripts.unreadable + missed)
        yield self._translate_all("analysis_sentiment", found)

    def _translate(self, name: str, payload: Payload) -> Batch:
        return self._translate_all(name, self._events[name].listed(payload))

    def _translate_all(self, name: str, found: Iterable[Any]) -> Batch:
        event = self._events[name]
        return translate(found, event.read, resource=event.resource, reference=event.reference)

    @cached_property
    def _feed(self) -> "Feed":
        try:
            # boto3 is large and not everybody needs it: an optional package
            from coaching.integrations.amazon_connect import feed
        except ModuleNotFoundError as error:
            raise Unverified(
                "the package boto3 is not installed: "
                "install it where the web server and the workers run"
            ) from error
        settings, timeout = self.settings, self.http.timeout
        account = feed.Account(
            region=settings["region"],
            access_key_id=settings["access_key_id"],
            secret_access_key=settings["secret_access_key"],
            role_arn=settings["role_arn"],
            external_id=settings["external_id"],
            addresses={
                "connect": settings.get("api_url", ""),
                "connect-contact-lens": settings.get("api_url", ""),
                "s3": settings.get("s3_url", ""),
                "sts": settings.get("login_url", ""),
            },
        )
        aws = feed.Aws(
            account,
            connect_seconds=timeout.connect,
            read_seconds=timeout.read,
            sleep=self.sleep,
        )
        return feed.Feed(aws, instance_id=settings["instance_id"], bucket=settings["bucket"])

    @cached_property
    def _names(self) -> Names:
        return Names()

    @cached_property
    def _forms_read(self) -> set[tuple[Any, Any]]:
        return set()

    @cached_property
    def _events(self) -> dict[str, _Event]:
        names, settings = self._names, self.settings
        contact = partial(
            read_contact,
            names=names,
            customer_key=settings.get("customer_key", ""),
            disposition_attribute=settings["disposition_attribute"],
        )
        members = partial(names.read_member, today=self.clock().date())
        file_of = "ContactId"
        return {
            "user": _Event(Resource.AGENTS, partial(alone_inside, "User"), read_user),
            "hierarchy_groups": _Event(Resource.TEAMS, GROUPS, names.read_team),
            "users": _Event(Resource.ROSTER, MEMBERS, members),
            "queues": _Event(Resource.QUEUES, QUEUES, names.read_queue),
            "evaluation_form": _Event(
                Resource.FORMS,
                partial(alone_inside, "EvaluationForm"),
                read_form,
                "EvaluationFormId",
            ),
            "contact": _Event(Resource.INTERACTIONS, partial(alone_inside, "Contact"), contact),
            "contact_evaluation": _Event(
                Resource.EVALUATIONS, lambda it: [with_form(it)], read_evaluation, "EvaluationId"
            ),
            "contact_recordings": _Event(
                Resource.RECORDINGS, partial(alone_inside, "Contact"), read_recordings
            ),
            "analysis_transcript": _Event(Resource.TRANSCRIPTS, alone, read_transcript, file_of),
            "analysis_sentiment": _Event(Resource.SENTIMENT, alone, read_sentiment, file_of),
            "realtime_segments": _Event(Resource.LIVE, alone, self._read_live, file_of),
        }

    def _read_live(self, payload: Any, unknown: Counter[str]) -> Iterator[records.LiveEvent]:
        return read_live(payload, unknown, now=self.clock())


def _probe(subject: str, ask: Callable[[], Any], permission: str) -> Finding:
    try:
        ask()
    except Forbidden:
        return Finding(subject, passed=False, detail=permission)
    except Unreadable as error:
        return Finding(subject, passed=False, detail=str(error))
    return Finding(subject, passed=True)


def _is_changed(user: Payload, since: datetime | None) -> bool:
    if since is None or "LastModifiedTime" not in user:
        return True
    return datetime.fromisoformat(user["LastModifiedTime"]) >= since - OVERLAP

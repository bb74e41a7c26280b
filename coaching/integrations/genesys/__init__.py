"""Genesys Cloud, platform API v2: agents, teams, roster, queues, forms, contacts, evaluations.

Read: the official Swagger of the API (SDK 257.1.0), in 2026-11. Durations come in milliseconds,
times in ISO 8601. Our own reading, not the vendor's text: a handled leg without a tHeld, tAcw,
nTransferred or nConsult metric had none of it; a job not done in eight minutes is tried again.
"""

import dataclasses
import re
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
    Finding,
    Forbidden,
    Need,
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
from coaching.integrations.genesys import feed, payloads
from coaching.integrations.genesys.contacts import read_conversation
from coaching.integrations.genesys.evaluations import read_evaluation, read_form
from coaching.integrations.genesys.lists import Names, read_user
from coaching.integrations.http import Credentials, OAuthClient

REGIONS = {
    "eu-central-1": "mypurecloud.de",
    "eu-central-2": "euc2.pure.cloud",
    "eu-west-1": "mypurecloud.ie",
    "eu-west-2": "euw2.pure.cloud",
    "ap-northeast-1": "mypurecloud.jp",
    "ap-northeast-2": "apne2.pure.cloud",
    "ap-northeast-3": "apne3.pure.cloud",
    "ap-south-1": "aps1.pure.cloud",
    "ap-southeast-1": "apse1.pure.cloud",
    "ap-southeast-2": "mypurecloud.com.au",
    "ca-central-1": "cac1.pure.cloud",
    "me-central-1": "mec1.pure.cloud",
    "mx-central-1": "mxc1.pure.cloud",
    "sa-east-1": "sae1.pure.cloud",
    "us-east-1": "mypurecloud.com",
    "us-east-2": "use2.us-gov-pure.cloud",
    "us-west-2": "usw2.pure.cloud",
}
FIRST_PULL = timedelta(days=28)  # how far back without a watermark
CONTACT_OVERLAP = timedelta(hours=24)  # contacts are closed late
CONTACT_WINDOW = timedelta(days=7)
EVALUATION_OVERLAP = timedelta(hours=72)  # evaluations are scored again, disputed, retracted
EVALUATION_WINDOW = timedelta(weeks=12)  # a search spans three months at most

_PROBES = (  # subject, a cheap call, the permission it takes
    (gettext_noop("Agents"), feed.USERS, "users:readonly"),
    (gettext_noop("Teams"), feed.TEAMS, "groups:team:view"),
    (gettext_noop("Queues"), feed.QUEUES, "routing:queue:view"),
    (gettext_noop("Wrap-up codes"), feed.WRAPUP_CODES, "routing:wrapupCode:view"),
    (gettext_noop("Languages"), feed.LANGUAGES, "routing:readonly"),
    (gettext_noop("Quality forms"), feed.PUBLISHED_FORMS, "quality:evaluationForm:view"),
    (gettext_noop("Contacts"), feed.AVAILABILITY, "analytics:conversationDetail:view"),
)


@dataclasses.dataclass(frozen=True, slots=True)
class _Event:
    """How one kind of payload is read: what it lists, and what each of those becomes."""

    resource: Resource
    listed: Callable[[feed.Payload], Iterable[Any]]
    read: Callable[[Any, Counter[str]], Iterable[records.Record]]
    reference: str = "id"


class Genesys(Adapter):
    label = "Genesys Cloud"
    needs = (
        Need(
            "region",
            gettext_noop("Region"),
            help=gettext_noop("It is part of the address where you sign in to Genesys Cloud."),
            choices=tuple((region, f"{region} ({domain})") for region, domain in REGIONS.items()),
            default="eu-central-1",
        ),
        Need(
            "client_id",
            gettext_noop("Client ID"),
            help=gettext_noop("Of an OAuth client with the grant type Client Credentials."),
        ),
        Need("client_secret", gettext_noop("Client secret"), secret=True),
        Need(
            "automatic_evaluations",
            gettext_noop("Evaluations that Genesys scored by itself"),
            choices=(("no", gettext_noop("Leave out")), ("yes", gettext_noop("Take in"))),
            default="no",
        ),
    )
    capabilities = frozenset(
        {
            Capability.AGENTS,
            Capability.INTERACTIONS,
            Capability.EVALUATIONS,
            Capability.EVALUATION_ANSWERS,
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
    )

    def check(self) -> CheckReport:
        sign_in = gettext_noop("Sign-in")
        try:
            self._feed.sign_in()
        except Unverified as refused:
            return CheckReport((Finding(sign_in, passed=False, detail=str(refused)),))
        findings = [self._probe(*probe) for probe in _PROBES]
        return CheckReport((Finding(sign_in, passed=True), *findings, self._probe_search()))

    def _probe(self, subject: str, path: str, permission: str) -> Finding:
        try:
            found = self._feed.one(path, {"pageSize": 1} if path != feed.AVAILABILITY else None)
        except Forbidden:
            return Finding(subject, passed=False, detail=permission)
        fact = found.get("total", found.get("dataAvailabilityDate", ""))
        return Finding(subject, passed=True, detail=str(fact))

    def _probe_search(self) -> Finding:
        subject, now = gettext_noop("Evaluations"), self.clock()
        try:
            next(self._feed.hit_pages(now - timedelta(days=1), now, automatic=False))
        except Forbidden:
            return Finding(subject, passed=False, detail="quality:evaluation:searchAny")
        return Finding(subject, passed=True)

    def read(self, event: str, payload: bytes) -> Batch:
        if event not in self._events:
            raise Unreadable("event", f"{event} is not one we know")
        return self._translate(event, load_json(payload))

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
            forms, missed = _fetch(_listed("entities")(page), self._feed.form)
            batch = self._new_forms(forms)
            yield dataclasses.replace(batch, unreadable=batch.unreadable + missed)

    def _contacts(self, start: datetime) -> Iterator[Batch]:
        end = min(self._feed.available_until(), self.clock())
        for begin, stop in windows(start, end, size=CONTACT_WINDOW):
            for page in self._feed.conversation_pages(begin, stop):
                batch = self._translate("conversation_job_results", page)
                yield dataclasses.replace(batch, watermark=None if page.get("cursor") else stop)

    def _evaluations(self, start: datetime) -> Iterator[Batch]:
        kinds = (False, True) if self.settings["automatic_evaluations"] == "yes" else (False,)
        for begin, stop in windows(start, self.clock(), size=EVALUATION_WINDOW):
            for automatic in kinds:
                for page in self._feed.hit_pages(begin, stop, automatic=automatic):
                    yield from self._whole_evaluations(page, automatic=automatic)
            yield Batch(resource=Resource.EVALUATIONS, watermark=stop)

    def _whole_evaluations(self, page: feed.Payload, *, automatic: bool) -> Iterator[Batch]:
        """Yield the forms not seen yet, then the evaluations that were filled in on them."""
        found, missed = _fetch(_listed("results")(page), self._feed.evaluation)
        forms = self._new_forms(evaluation["evaluationForm"] for evaluation in found)
        if forms.records or forms.unreadable:
            yield forms
        read = partial(read_evaluation, now=self.clock(), automatic=automatic)
        batch = translate(found, read, resource=Resource.EVALUATIONS)
        yield dataclasses.replace(batch, unreadable=batch.unreadable + missed)

    def _new_forms(self, forms: Iterable[feed.Payload]) -> Batch:
        new = {form["id"]: form for form in forms if form["id"] not in self._forms_read}
        self._forms_read.update(new)
        return translate(new.values(), read_form, resource=Resource.FORMS)

    def _translate(self, name: str, payload: feed.Payload) -> Batch:
        event = self._events[name]
        return translate(
            event.listed(payload), event.read, resource=event.resource, reference=event.reference
        )

    @cached_property
    def _feed(self) -> feed.Feed:
        domain = REGIONS.get(self.settings["region"])
        if domain is None:
            raise Unverified("the region is not one we know")
        credentials = Credentials(
            token_url=f"{self.settings.get('login_url') or f'https://login.{domain}'}/oauth/token",
            client_id=self.settings["client_id"],
            client_secret=self.settings["client_secret"],
        )
        api = OAuthClient(
            self.http,
            credentials,
            base_url=self.settings.get("api_url") or f"https://api.{domain}",
            clock=self.clock,
            sleep=self.sleep,
            trace_header="ININ-Correlation-Id",
        )
        return feed.Feed(api, sleep=self.sleep)

    @cached_property
    def _names(self) -> Names:
        return Names()

    @cached_property
    def _forms_read(self) -> set[str]:
        return set()

    @cached_property
    def _events(self) -> dict[str, _Event]:
        names, entities, now = self._names, _listed("entities"), self.clock()
        key = self.settings.get("customer_key", "")
        members = partial(names.read_member, today=now.date())
        contacts = partial(read_conversation, names=names, customer_key=key)
        evaluation = partial(read_evaluation, now=now, automatic=False)
        return {
            "users": _Event(Resource.AGENTS, entities, read_user),
            "teams": _Event(Resource.TEAMS, entities, names.read_team),
            "team_members": _Event(Resource.ROSTER, _members, members),
            "queues": _Event(Resource.QUEUES, entities, names.read_queue),
            "wrapupcodes": _Event(Resource.INTERACTIONS, entities, names.read_wrapup_code),
            "languages": _Event(Resource.INTERACTIONS, entities, names.read_language),
            "conversation_job_results": _Event(
                Resource.INTERACTIONS, _conversations, contacts, reference="conversationId"
            ),
            "form": _Event(Resource.FORMS, _alone, read_form),
            "search": _Event(Resource.EVALUATIONS, _listed("results"), _no_record),
            "evaluation": _Event(Resource.EVALUATIONS, _alone, evaluation),
        }


def _listed(field: str) -> Callable[[feed.Payload], list[Any]]:
    def listed(page: feed.Payload) -> list[Any]:
        if not isinstance(page.get(field), list):
            raise Unreadable(field, "is missing")
        return list(page[field])

    return listed


def _conversations(page: feed.Payload) -> list[Any]:
    return list(page.get("conversations") or ())  # absent when there are none


def _members(page: feed.Payload) -> list[Any]:
    team = re.search(r"/teams/([^/?]+)/members", str(page.get("selfUri")))
    if not team:
        raise Unreadable("selfUri", "does not name a team")
    return [{**member, "teamId": team[1]} for member in _listed("entities")(page)]


def _alone(payload: feed.Payload) -> list[Any]:
    return [payload]


def _no_record(payload: Any, _unknown: Counter[str]) -> tuple[()]:
    payloads.Hit.read(payload)
    return ()


def _fetch(
    named: Iterable[feed.Payload], fetch: Callable[[feed.Payload], feed.Payload]
) -> tuple[list[feed.Payload], tuple[Rejected, ...]]:
    """Fetch each; one that is gone or that we cannot name is kept aside."""
    whole: list[feed.Payload] = []
    missed: list[Rejected] = []
    for one in named:
        try:
            whole.append(fetch(one))
        except (Unreadable, ValidationError) as error:
            missed.append(reject(one, error, reference="id"))
    return whole, tuple(missed)

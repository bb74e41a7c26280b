"""Zendesk QA (formerly Klaus), Public Export API 1.0: agents, teams, roster, forms, evaluations.

Read: the vendor's Swagger of the export API, in 2026-11. It names fields without describing them.
Our own reading, not the vendor's text: the scores of reviews are percentages; workspaces are
teams (a setting); `received` means that the agent may see the review (a setting), from the moment
it was written; scores of categories are percentages (a setting, and the connection test looks at
real ones); a null score is a skipped category; a dispute is open until it is resolved or
rejected; `fromDate` may mean the writing or the change of a review, so four weeks are read again.
People are named by e-mail address in reviews, hence everywhere. Not read: AutoQA, calibration
sessions, CSAT, quizzes, conversations (only their id and time).
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
    Finding,
    Forbidden,
    Need,
    Resource,
    Unreadable,
    Unverified,
    gettext_noop,
    load_json,
    translate,
    windows,
)
from coaching.integrations.http import ApiClient, bearer
from coaching.integrations.zendesk_qa import feed
from coaching.integrations.zendesk_qa.lists import Names, read_scorecard, read_user
from coaching.integrations.zendesk_qa.reviews import PERCENT, Reviews

LOOK_BACK = timedelta(days=28)  # the first pull, and what is read again: reviews change late
REVIEW_WINDOW = timedelta(days=28)
HIGHEST_POINT = 10  # no scale of the platform is longer; percentages go beyond it
_OF_A_CONVERSATION = ("externalId", "createdAtISO")


@dataclasses.dataclass(frozen=True, slots=True)
class _Event:
    """How one kind of payload is read: what it lists, and what each of those becomes."""

    resource: Resource
    listed: Callable[[feed.Payload], list[feed.Payload]]
    read: Callable[[Any, Counter[str]], Iterable[records.Record]]
    reference: str = "id"


class ZendeskQa(Adapter):
    label = "Zendesk QA"
    needs = (
        Need(
            "subdomain",
            gettext_noop("Subdomain"),
            help=gettext_noop("What stands before .zendesk.com in the address of your account."),
        ),
        Need(
            "token",
            gettext_noop("API token"),
            secret=True,
            help=gettext_noop("Of an API connection in the settings of Zendesk QA."),
        ),
        Need(
            "teams",
            gettext_noop("Teams"),
            choices=(
                ("workspaces", gettext_noop("Every workspace is a team")),
                ("no", gettext_noop("Leave out")),
            ),
            default="workspaces",
        ),
        Need(
            "released",
            gettext_noop("Reviews that agents may see"),
            choices=(
                ("received", gettext_noop("Those that Zendesk QA marks as received")),
                ("all", gettext_noop("All")),
            ),
            default="received",
        ),
        Need(
            "category_scores",
            gettext_noop("Scores of single categories"),
            help=gettext_noop("The connection test shows the lowest and the highest score found."),
            choices=(
                ("percent", gettext_noop("Are percentages")),
                ("no", gettext_noop("Leave out")),
            ),
            default="percent",
        ),
    )
    capabilities = frozenset(
        {Capability.AGENTS, Capability.EVALUATIONS, Capability.EVALUATION_ANSWERS}
    )
    resources = (
        Resource.AGENTS,
        Resource.TEAMS,
        Resource.ROSTER,
        Resource.FORMS,
        Resource.EVALUATIONS,
    )

    def check(self) -> CheckReport:
        sign_in = gettext_noop("Sign-in")
        try:
            workspaces = self._workspaces()
        except (Unverified, Unreadable) as refused:  # a wrong subdomain answers otherwise
            return CheckReport((Finding(sign_in, passed=False, detail=str(refused)),))
        probes = [
            (gettext_noop("Agents"), feed.USERS),
            *((gettext_noop("Quality forms"), feed.scorecards(it)) for it in workspaces[:1]),
            *((gettext_noop("Disputes"), feed.disputes(it)) for it in workspaces[:1]),
        ]
        findings = [self._probe(*probe) for probe in probes]
        return CheckReport((Finding(sign_in, passed=True), *findings, *self._probe_reviews()))

    def _probe(self, subject: str, path: str) -> Finding:
        try:
            self._feed.one(path)
        except Forbidden as refused:
            return Finding(subject, passed=False, detail=str(refused))
        return Finding(subject, passed=True)

    def _probe_reviews(self) -> Iterator[Finding]:
        """Look at some real scores too: percentages go beyond the points of any scale."""
        subject = gettext_noop("Evaluations")
        since = feed.timestamp(self.clock() - LOOK_BACK)
        try:
            page = self._feed.one(feed.REVIEWS, {"fromDate": since, "pageSize": feed.PAGE_SIZE})
        except Forbidden as refused:
            yield Finding(subject, passed=False, detail=str(refused))
            return
        yield Finding(subject, passed=True)
        scores = [
            rating["score"]
            for review in _reviewed(page)
            for rating in review.get("ratings") or ()
            if isinstance(rating.get("score"), int | float)
        ]
        if scores and self.settings["category_scores"] == "percent":
            is_percent = not 0 < max(scores) <= HIGHEST_POINT
            detail = f"{min(scores):g}-{max(scores):g}"
            yield Finding(gettext_noop("Scores of single categories"), is_percent, detail)

    def read(self, event: str, payload: bytes) -> Batch:
        if event not in self._events:
            raise Unreadable("event", f"{event} is not one we know")
        return self._translate(event, self._events[event].listed(load_json(payload)))

    def pull(self, since: Mapping[Resource, datetime]) -> Iterator[Batch]:
        now = self.clock()
        workspaces = self._workspaces()
        yield self._whole("users", feed.USERS)
        if self.settings["teams"] == "workspaces":
            yield self._whole("workspaces", feed.WORKSPACES)
            yield self._roster(workspaces)
        yield from self._forms(workspaces)
        yield from self._evaluations(since.get(Resource.EVALUATIONS, now) - LOOK_BACK, workspaces)

    def existing(self, resource: Resource, since: datetime) -> frozenset[str] | None:
        if resource is not Resource.EVALUATIONS:
            return None
        pages = self._feed.pages(feed.REVIEWS, _reviewed, since, self.clock(), reference="id")
        return frozenset(str(review.get("id")) for page in pages for review in page)

    def _workspaces(self) -> list[str]:
        return [feed.own_id(it) for it in _listed("workspaces")(self._feed.one(feed.WORKSPACES))]

    def _whole(self, event: str, path: str) -> Batch:
        return self._translate(event, self._events[event].listed(self._feed.one(path)))

    def _roster(self, workspaces: Iterable[str]) -> Batch:
        """Read who is in which workspace today, as one snapshot."""
        members = [
            member
            for workspace in workspaces
            for member in _members(
                {**self._feed.one(feed.users(workspace)), "workspaceId": workspace}
            )
        ]
        batch = self._translate("workspace_users", members)
        return dataclasses.replace(batch, watermark=self.clock(), total=len(members))

    def _forms(self, workspaces: Iterable[str]) -> Iterator[Batch]:
        """Read the scorecards of all workspaces; they share some."""
        scorecards = [
            scorecard
            for workspace in workspaces
            for scorecard in _listed_if_any("data")(self._feed.one(feed.scorecards(workspace)))
        ]
        yield self._translate(
            "scorecards", list({str(it.get("id")): it for it in scorecards}.values())
        )

    def _evaluations(self, start: datetime, workspaces: Iterable[str]) -> Iterator[Batch]:
        now = self.clock()
        self._reviews.disputed.clear()
        for workspace in workspaces:
            path, listed = feed.disputes(workspace), _listed_if_any("disputes")
            for page in self._feed.pages(path, listed, start, now, reference="disputeId"):
                yield self._translate("disputes", page)
        for begin, stop in windows(start, now, size=REVIEW_WINDOW):
            for page in self._feed.pages(feed.REVIEWS, _reviewed, begin, stop, reference="id"):
                yield self._translate("reviews", page)
            yield Batch(resource=Resource.EVALUATIONS, watermark=stop)

    def _translate(self, name: str, listed: Iterable[Any]) -> Batch:
        event = self._events[name]
        return translate(listed, event.read, resource=event.resource, reference=event.reference)

    @cached_property
    def _feed(self) -> feed.Feed:
        subdomain = self.settings["subdomain"].strip().lower()
        if not re.fullmatch(r"[a-z0-9-]+", subdomain):
            raise Unverified("the subdomain is not one")
        api = ApiClient(
            self.http,
            base_url=self.settings.get("api_url") or f"https://{subdomain}.zendesk.com/qa",
            clock=self.clock,
            sleep=self.sleep,
            headers={"Authorization": bearer(self.settings["token"])},
        )
        return feed.Feed(api)

    @cached_property
    def _reviews(self) -> Reviews:
        return Reviews(
            max_points=PERCENT if self.settings["category_scores"] == "percent" else None,
            all_are_released=self.settings["released"] == "all",
        )

    @cached_property
    def _events(self) -> dict[str, _Event]:
        names, reviews = Names(), self._reviews
        members = partial(names.read_member, today=self.clock().date())
        scorecard = partial(read_scorecard, max_points=reviews.max_points)
        return {
            "users": _Event(Resource.AGENTS, _listed("users"), read_user),
            "workspaces": _Event(Resource.TEAMS, _listed("workspaces"), names.read_workspace),
            "workspace_users": _Event(Resource.ROSTER, _members, members),
            "scorecards": _Event(Resource.FORMS, _listed_if_any("data"), scorecard),
            "disputes": _Event(
                Resource.EVALUATIONS,
                _listed_if_any("disputes"),
                reviews.read_dispute,
                reference="disputeId",
            ),
            "reviews": _Event(Resource.EVALUATIONS, _reviewed, reviews.read_review),
        }


def _listed(field: str) -> Callable[[feed.Payload], list[feed.Payload]]:
    def listed(page: feed.Payload) -> list[feed.Payload]:
        if not isinstance(page.get(field), list):
            raise Unreadable(field, "is missing")
        return list(page[field])

    return listed


def _listed_if_any(field: str) -> Callable[[feed.Payload], list[feed.Payload]]:
    return lambda page: list(page.get(field) or ())  # this kind of API may leave out empty lists


def _members(page: feed.Payload) -> list[feed.Payload]:
    workspace = page.get("workspaceId")
    if not workspace:
        raise Unreadable("workspaceId", "is missing")
    return [{**member, "workspaceId": workspace} for member in _listed("users")(page)]


def _reviewed(page: feed.Payload) -> list[feed.Payload]:
    """Return the reviews of all conversations, each with what we need of its conversation."""
    return [
        {**review, "conversation": {key: conversation.get(key) for key in _OF_A_CONVERSATION}}
        for conversation in _listed_if_any("conversations")(page)
        for review in conversation.get("reviews") or ()
    ]

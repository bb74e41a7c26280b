"""A stand-in for the network: answers the calls of the adapters as Genesys Cloud would.

Nothing is stored here; every answer follows from the world and from the moment it is asked.
"""

import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from django.utils import timezone

from coaching.demo import contacts, evaluations, scorecards
from coaching.demo.organisation import Person
from coaching.demo.world import World, identity
from coaching.models import Connection

LAKE_DELAY = timedelta(hours=3)  # how far the analytics of a platform run behind
Payload = dict[str, Any]


def transport_for(
    connection: Connection, clock: Callable[[], datetime] = timezone.now
) -> httpx.BaseTransport:
    """Return what answers in place of the network for a connection of the demo."""
    return DemoPlatform(World.of_settings(connection.settings), connection.slug, clock)


class DemoPlatform(httpx.BaseTransport):
    def __init__(self, world: World, slug: str, clock: Callable[[], datetime]) -> None:
        self.world = world
        self.platform = next(one for one in world.organisation.platforms if one.slug == slug)
        self.country = world.organisation.country(self.platform.country)
        self.teams = world.organisation.teams_of(self.platform)
        self.clock = clock
        self._filled: dict[str, evaluations.Filled] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        call = f"{request.method} {request.url.path.removeprefix('/api/v2')}"
        for pattern, answer in _ROUTES.items():
            if matched := re.fullmatch(pattern, call):
                return httpx.Response(200, json=answer(self, request, *matched.groups()))
        return httpx.Response(404, json={"status": 404, "code": "not.found"})

    @property
    def week(self) -> int:
        return self._week_of(self.clock())

    def _week_of(self, moment: datetime) -> int:
        return self.world.week_of(timezone.localdate(moment))

    def _weeks(self, start: datetime, stop: datetime) -> Iterable[int]:
        return range(max(self._week_of(start), 0), self._week_of(stop) + 1)

    def _identity(self, *parts: object) -> str:
        return identity(self.platform.slug, *parts)

    def _named(self, kind: str, name: str) -> Payload:
        return {"id": self._identity(kind, name), "name": name}

    # Lists

    def token(self, _request: httpx.Request) -> Payload:
        return {"access_token": identity("token"), "token_type": "bearer", "expires_in": 86_400}

    def users(self, request: httpx.Request) -> Payload:
        consultant = [
            {
                "id": contacts.consultant_identity(self.platform),
                "name": "Consultant 4",
                "email": f"consultant.4@{self.platform.slug}.example",
                "state": "active",
            }
            for week in (self.week - 1, self.week)
            if contacts.has_mishaps(self.world, self.platform, week)
        ]
        return _page(request, [*map(self._user, self._people()), *consultant])

    def _people(self) -> Iterable[Person]:
        """Yield who works or worked here by now."""
        names = {team.name for team in self.teams}
        for person in self.world.organisation.agents:
            here = [stay for stay in person.stays if stay.team in names]
            if any((stay.first_week or 0) <= self.week for stay in here):
                yield person

    def _user(self, person: Person) -> Payload:
        return {
            "id": contacts.agent_identity(self.platform, person),
            "name": str(person),
            "email": person.email,
            "state": "active" if person.team_in(self.week) else "inactive",
            "languages": [self._language()],
        }

    def _language(self) -> Payload:
        return {"id": self._identity("language"), "name": self.country["spoken"]}

    def team_list(self, request: httpx.Request) -> Payload:
        return _page(request, [self._named("team", team.name) for team in self.teams])

    def members(self, request: httpx.Request, team_id: str) -> Payload:
        people = self.world.people_on(self.platform, self.week)
        in_team = [
            {"id": contacts.agent_identity(self.platform, person)}
            for person in people
            if self._identity("team", person.team_in(self.week)) == team_id
        ]
        return _page(request, in_team)

    def queues(self, request: httpx.Request) -> Payload:
        names = dict.fromkeys(queue for team in self.teams for queue in team.queues)
        return _page(request, [self._named("queue", name) for name in names])

    def wrapup_codes(self, request: httpx.Request) -> Payload:
        codes = [
            {"id": contacts.wrapup_identity(self.platform, number), "name": name}
            for number, name in enumerate(self.country["wrap_up"])
        ]
        return _page(request, codes)

    def languages(self, request: httpx.Request) -> Payload:
        return _page(request, [self._language()])

    # Contacts

    def availability(self, _request: httpx.Request) -> Payload:
        return {"dataAvailabilityDate": contacts.timestamp(self.clock() - LAKE_DELAY)}

    def new_job(self, request: httpx.Request) -> Payload:
        moments = map(datetime.fromisoformat, json.loads(request.content)["interval"].split("/"))
        return {"jobId": "-".join(str(round(moment.timestamp())) for moment in moments)}

    def job(self, _request: httpx.Request, _job_id: str) -> Payload:
        return {"state": "FULFILLED"}

    def job_results(self, request: httpx.Request, job_id: str) -> Payload:
        start, stop = (datetime.fromtimestamp(int(part), UTC) for part in job_id.split("-"))
        found = self._active_between(start, stop)
        size = int(request.url.params["pageSize"])
        skipped = int(request.url.params.get("cursor", 0))
        more = {"cursor": str(skipped + size)} if skipped + size < len(found) else {}
        return {"conversations": found[skipped : skipped + size], **more}

    def _active_between(self, start: datetime, stop: datetime) -> list[Payload]:
        begin, end = contacts.timestamp(start), contacts.timestamp(stop)
        return [
            contact
            for week in self._weeks(start, stop)
            for contact in contacts.conversations(self.world, self.platform, week)
            if contact.get("conversationStart", begin) < end and contact["conversationEnd"] >= begin
        ]

    # Evaluations

    def published_forms(self, request: httpx.Request) -> Payload:
        whole = scorecards.form(self.world, self.platform)
        return _page(request, [{**whole, "questionGroups": None}])

    def form(self, _request: httpx.Request) -> Payload:
        return scorecards.form(self.world, self.platform)

    def search(self, request: httpx.Request) -> Payload:
        asked = json.loads(request.content)
        found = [] if asked["systemSubmitted"] else self._released_between(asked["query"][0])
        skipped = asked["pageSize"] * (asked["pageNumber"] - 1)
        hits = [
            {"id": filled.id, "conversation": {"id": filled.contact["conversationId"]}}
            for filled in found[skipped : skipped + asked["pageSize"]]
        ]
        return {"results": hits, "total": len(found), "pageNumber": asked["pageNumber"]}

    def _released_between(self, between: Payload) -> list[evaluations.Filled]:
        start, stop = (datetime.fromisoformat(between[name]) for name in ("startValue", "endValue"))
        found = [
            filled
            for week in self._weeks(start, stop)
            for filled in evaluations.evaluations(self.world, self.platform, week)
            if start <= filled.released_at <= stop
        ]
        self._filled |= {filled.id: filled for filled in found}
        return found

    def evaluation(self, _request: httpx.Request, evaluation_id: str) -> Payload:
        filled = self._filled[evaluation_id]
        return scorecards.as_told(self.world, self.platform, filled, self.clock())


def _page(request: httpx.Request, entities: list[Payload]) -> Payload:
    """Return one page of a list, with the address of the next."""
    size = int(request.url.params.get("pageSize", 25))
    number = int(request.url.params.get("pageNumber", 1))
    page: Payload = {
        "entities": entities[size * (number - 1) : size * number],
        "pageSize": size,
        "pageNumber": number,
        "total": len(entities),
    }
    if size * number < len(entities):
        following = request.url.copy_set_param("pageNumber", number + 1)
        page["nextUri"] = following.raw_path.decode()
    return page


_JOBS = "/analytics/conversations/details/jobs"
_ROUTES: dict[str, Callable[..., Payload]] = {
    r"POST /oauth/token": DemoPlatform.token,
    r"GET /users": DemoPlatform.users,
    r"GET /teams": DemoPlatform.team_list,
    r"GET /teams/([\w-]+)/members": DemoPlatform.members,
    r"GET /routing/queues": DemoPlatform.queues,
    r"GET /routing/wrapupcodes": DemoPlatform.wrapup_codes,
    r"GET /routing/languages": DemoPlatform.languages,
    rf"GET {_JOBS}/availability": DemoPlatform.availability,
    rf"POST {_JOBS}": DemoPlatform.new_job,
    rf"GET {_JOBS}/([\d-]+)": DemoPlatform.job,
    rf"GET {_JOBS}/([\d-]+)/results": DemoPlatform.job_results,
    r"GET /quality/publishedforms/evaluations": DemoPlatform.published_forms,
    r"GET /quality/forms/evaluations/[\w-]+": DemoPlatform.form,
    r"POST /quality/evaluations/search": DemoPlatform.search,
    r"GET /quality/conversations/[\w-]+/evaluations/([\w-]+)": DemoPlatform.evaluation,
}

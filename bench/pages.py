"""What pages cost: a module against a bare Wagtail page, a report against an empty one."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

import brotli
from django.contrib.auth import get_user_model
from django.contrib.staticfiles import finders
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client

from bench.measuring import Row, at_least, at_most, cpu_seconds, limit, taking_turns
from coaching.models import ReleaseCell
from coaching.release.catalogue import METRICS
from literacy.calendar import season_start
from literacy.models import Learner, Membership, ModulePage, Role, Team

REQUESTS, ROUNDS = 20, 9
UNITS = 10
FIRST_WEEK_ON = date(2024, 1, 1)
FEW_WEEKS, MANY_WEEKS = 10, 150


class Browser:
    """Somebody who is signed in, straight to the WSGI handler."""

    def __init__(self, email: str) -> None:
        user = get_user_model().objects.create_user(email, email, first_name="Kim")
        self.learner = Learner.objects.create(user=user, language="sv")
        client = Client()
        client.force_login(user)
        self._cookie = f"sessionid={client.cookies['sessionid'].value}"
        self._handler = WSGIHandler()

    def get(self, path: str) -> bytes:
        route = path.encode().decode("latin-1")  # as WSGI hands it over
        environ: dict[str, Any] = {"PATH_INFO": route, "HTTP_COOKIE": self._cookie}
        setup_testing_defaults(environ)
        statuses: list[str] = []
        response = self._handler(environ, lambda status, headers: statuses.append(status))
        body = b"".join(response)
        response.close()
        if not statuses[0].startswith("200"):
            raise RuntimeError(f"{path} answered {statuses[0]}")
        return body

    def cpu(self, path: str) -> Callable[[], float]:
        return partial(cpu_seconds, partial(self.get, path), REQUESTS)


def module_rows() -> Iterator[Row]:
    browser = Browser("reader@bench.example")
    page = ModulePage.objects.get(module_id="CO-03", locale__language_code="sv")
    route = "/".join(page.url_path.strip("/").split("/")[1:])
    subject, bare = "/sv/modules/co-03/", f"/bare/{route}/"
    subject_seconds, bare_seconds = taking_turns(
        browser.cpu(subject), browser.cpu(bare), rounds=ROUNDS
    )
    yield at_least(
        "module page, signed in",
        1 / subject_seconds,
        "requests per CPU second",
        baseline=f"bare Wagtail page {1 / bare_seconds:.0f}",
        ratio=bare_seconds / subject_seconds,
        bar=1.5,
    )
    html = max((browser.get(path) for path in _module_paths()), key=len)
    yield limit("largest module page, HTML", len(html) / 1000, "kB", bar=60)
    first_visit = len(html) + sum(map(_sent_size, _linked(html)))
    yield limit("its whole first visit", first_visit / 1000, "kB", bar=150)


def _module_paths() -> list[str]:
    pages = ModulePage.objects.live().select_related("locale")
    return [f"/{page.locale.language_code}/modules/{page.module_id.lower()}/" for page in pages]


def _linked(html: bytes) -> set[str]:
    return set(re.findall(r"""(?:src|href)=["']/static/([^"']+)""", html.decode()))


def _sent_size(name: str) -> int:
    """Return how many bytes of a static file travel, compressed as WhiteNoise keeps it."""
    found = finders.find(name)
    return len(brotli.compress(Path(found).read_bytes())) if found else 0


def report_rows() -> Iterator[Row]:
    browser = Browser("manager@bench.example")
    root = Team.add_root(name="Bench", country="SE")
    teams = [root.add_child(name=f"Team {number}", country="SE") for number in range(UNITS)]
    Membership.objects.create(
        learner=browser.learner, team=root, role=Role.MANAGER, starts_on=FIRST_WEEK_ON
    )
    ratios = {}
    for weeks in (FEW_WEEKS, MANY_WEEKS):
        _release(teams, root, weeks)
        seconds, empty = taking_turns(
            browser.cpu("/sv/team/"), browser.cpu("/empty/"), rounds=ROUNDS
        )
        ratios[weeks] = seconds / empty
        yield at_most(
            f"a report with {weeks} weeks released",
            seconds * 1000,
            "ms CPU",
            baseline=f"empty signed-in page {empty * 1000:.1f} ms",
            ratio=ratios[weeks],
            bar=2,
        )
    yield at_most(
        f"a report with {MANY_WEEKS} weeks instead of {FEW_WEEKS}",
        ratios[MANY_WEEKS],
        "x empty page",
        baseline=f"{FEW_WEEKS} weeks {ratios[FEW_WEEKS]:.2f}",
        ratio=ratios[MANY_WEEKS] / ratios[FEW_WEEKS],
        bar=1.25,
    )


def _release(teams: list[Team], root: Team, weeks: int) -> None:
    """Release the last so many weeks before a fixed one, as far as they are not there yet."""
    last_on = FIRST_WEEK_ON + timedelta(weeks=MANY_WEEKS)
    ReleaseCell.objects.bulk_create(
        (
            ReleaseCell(
                unit_key=str(team.pk),
                unit_label=team.name,
                team_ids=[team.pk],
                path=[[root.pk, root.name], [team.pk, team.name]],
                season_on=season_start(last_on - timedelta(weeks=back)),
                week_on=last_on - timedelta(weeks=back),
                metric=metric,
                level=(back + team.pk) % 5,
                of=5,
                size_class="14-28",
                policy_version="bench",
            )
            for back in range(weeks)
            for team in teams
            for metric in METRICS
        ),
        ignore_conflicts=True,
        batch_size=2000,
    )

"""The quality form of a platform, and a filled one as Genesys Cloud tells it at a moment."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cache

from coaching.demo.contacts import Payload, timestamp
from coaching.demo.evaluations import MOST_POINTS, RARELY_ASKED, Filled, Points
from coaching.demo.organisation import Platform, chance
from coaching.demo.world import World, identity

MEDIA = {"voice": "CALL", "message": "MESSAGE", "email": "EMAIL"}
GOOD_PCT = 70


@cache
def form(world: World, platform: Platform) -> Payload:
    words = world.organisation.country(platform.country)["form"]
    groups = [_group(platform, group["name"], group["lines"]) for group in words["groups"]]
    free = {**_named(platform, "free-text", "text", words["free_text"]), "type": "freeTextQuestion"}
    groups[-1]["questions"].append(free)
    return {
        "id": identity(platform.slug, "form"),
        "contextId": identity(platform.slug, "form", "context"),
        "name": words["name"],
        "published": True,
        "modifiedDate": timestamp(world.moment(platform.country, world.monday(-20), 600)),
        "weightMode": "OFF",
        "questionGroups": groups,
    }


def _group(platform: Platform, name: str, lines: dict[str, str]) -> Payload:
    return {
        **_named(platform, name, "name", name),
        "type": "questionGroup",
        "weight": 1,
        "questions": [_question(platform, *line) for line in lines.items()],
    }


def _question(platform: Platform, criterion: str, text: str) -> Payload:
    options = [
        {**_named(platform, f"{criterion}/{points}", "text", str(points)), "value": points}
        for points in range(MOST_POINTS + 1)
    ]
    return {
        **_named(platform, criterion, "text", text),
        "type": "multipleChoiceQuestion",
        "naEnabled": criterion in RARELY_ASKED,
        "isCritical": criterion == "Q09",
        "isKill": False,
        "answerOptions": options,
    }


def _named(platform: Platform, key: str, field: str, text: str) -> Payload:
    made_from = (platform.slug, "form", key)
    return {"id": identity(*made_from), "contextId": identity(*made_from, "context"), field: text}


def as_told(world: World, platform: Platform, filled: Filled, now: datetime) -> Payload:
    """Return an evaluation as the platform tells it at a moment."""
    contact, changed_at = filled.contact, filled.changed_by(now)
    is_open = filled.is_reopened and changed_at is None
    return {
        "id": filled.id,
        "conversation": {"id": contact["conversationId"]},
        "evaluationForm": {"id": identity(platform.slug, "form")},
        "evaluator": {"id": identity(platform.slug, "evaluator", filled.evaluator)},
        "agent": {"id": filled.agent_id},
        "status": "INPROGRESS" if is_open else "FINISHED",
        "version": 2 if changed_at else 1,
        "rescore": changed_at is not None,
        "mediaType": [MEDIA[contact["participants"][-1]["sessions"][0]["mediaType"]]],
        "conversationDate": contact["conversationStart"],
        "createdDate": contact["conversationEnd"],
        "submittedDate": timestamp(filled.released_at - timedelta(minutes=20)),
        "releaseDate": timestamp(filled.released_at),
        "changedDate": timestamp(changed_at or filled.released_at),
        "neverRelease": False,
        "answers": _answers(
            world, platform, filled.changed_points if changed_at else filled.points
        ),
    }


def _answers(world: World, platform: Platform, points: Points) -> Payload:
    words = world.organisation.country(platform.country)
    got = {criterion: given for criterion, given in points.items() if given is not None}
    total = 100 * sum(got.values()) / (MOST_POINTS * len(got))
    remarks = words["remarks"]["high" if total >= GOOD_PCT else "low"]
    return {
        "totalScore": round(total, 2),
        "anyFailedKillQuestions": False,
        "comments": chance(platform.slug, *points.values()).choice(remarks),
        "questionGroupScores": [
            {
                "questionGroupId": identity(platform.slug, "form", group["name"]),
                "markedNA": False,
                "questionScores": list(_scores(platform, group["lines"], points)),
            }
            for group in words["form"]["groups"]
        ],
    }


def _scores(platform: Platform, asked: Iterable[str], points: Points) -> Iterator[Payload]:
    for criterion in asked:
        given = points.get(criterion)
        score: Payload = {
            "questionId": identity(platform.slug, "form", criterion),
            "markedNA": given is None,
        }
        if given is not None:
            answer_id = identity(platform.slug, "form", f"{criterion}/{given}")
            score |= {"answerId": answer_id, "score": given}
        yield score

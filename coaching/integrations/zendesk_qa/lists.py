"""Zendesk QA's users, workspaces and scorecards -> agents, teams, roster and forms."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from coaching import records
from coaching.integrations.normalise import clean
from coaching.integrations.zendesk_qa import payloads


def read_user(payload: Any, _unknown: Counter[str]) -> Iterator[records.AgentRef]:
    user = payloads.Person.model_validate(payload)
    yield records.AgentRef(
        external_id=user.key,
        email=user.email.strip().lower() or None,
        display_name=clean(user.name, 120),
    )


@dataclass(frozen=True, slots=True)
class Names:
    """What workspaces are called, remembered while their list is read."""

    workspaces: dict[str, str] = field(default_factory=dict)

    def read_workspace(self, payload: Any, _unknown: Counter[str]) -> Iterator[records.TeamRef]:
        workspace = payloads.Workspace.model_validate(payload)
        self.workspaces[workspace.id] = clean(workspace.name, 120)
        yield records.TeamRef(external_id=workspace.id, name=self.workspaces[workspace.id])

    def read_member(
        self, payload: Any, _unknown: Counter[str], *, today: date
    ) -> Iterator[records.RosterEntry]:
        member = payloads.Member.model_validate(payload)
        yield records.RosterEntry(
            agent_external_id=member.key,
            team_external_id=member.workspace_id,
            team_name=self.workspaces.get(member.workspace_id, ""),
            valid_from=today,
        )


def read_scorecard(
    payload: Any, _unknown: Counter[str], *, max_points: Decimal | None
) -> Iterator[records.EvaluationForm]:
    scorecard = payloads.Scorecard.model_validate(payload)
    yield records.EvaluationForm(
        external_id=scorecard.id,
        context_id=scorecard.id,
        version=scorecard.updated_at.isoformat() if scorecard.updated_at else "",
        name=clean(scorecard.name, 200),
        scoring_mode=records.ScoringMode.WEIGHTED_PERCENT,
        groups=tuple(_groups(scorecard, max_points)),
    )


def _groups(
    scorecard: payloads.Scorecard, max_points: Decimal | None
) -> Iterator[records.FormGroup]:
    """Yield the groups, then the categories outside of them as one more without a name."""
    grouped = {
        category.rating_category_id for group in scorecard.groups for category in group.categories
    }
    loose = [it for it in scorecard.categories if it.rating_category_id not in grouped]
    rest = payloads.CategoryGroup(id=f"{scorecard.id}-rest", categories=loose)
    groups = sorted(scorecard.groups, key=lambda group: group.position)
    for position, group in enumerate([*groups, rest] if loose else groups):
        yield records.FormGroup(
            external_id=group.id,
            context_id=group.id,
            name=clean(group.name, 200),
            position=position,
            questions=tuple(_questions(group.categories, max_points)),
        )


def _questions(
    categories: Iterable[payloads.Category], max_points: Decimal | None
) -> Iterator[records.Question]:
    for category in sorted(categories, key=lambda category: category.position):
        yield records.Question(
            external_id=category.rating_category_id,
            context_id=category.rating_category_id,
            text=clean(category.name, 500),
            help_text=clean(category.description, 2000),
            kind=records.QuestionKind.SINGLE,
            max_points=max_points,
            weight=category.weight,
            is_critical=category.critical,
            is_fatal=category.review_critical,
            na_allowed=category.skippable,
            options=tuple(
                records.Option(external_id=it.rating, text=clean(it.description, 500))
                for it in category.ratings
            ),
        )

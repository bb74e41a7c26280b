"""The parts of Zendesk QA payloads that we read; everything else is dropped here.

Null means the same as absent, but for a rating's score. Whole numbers of 64 bits come as texts.
"""

from datetime import UTC
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AliasGenerator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic.alias_generators import to_camel

Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


class _Payload(BaseModel):
    model_config = ConfigDict(
        alias_generator=AliasGenerator(validation_alias=to_camel), coerce_numbers_to_str=True
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, payload: Any) -> Any:
        if not isinstance(payload, dict):
            return payload
        return {key: value for key, value in payload.items() if value is not None}


class Person(_Payload):
    id: str = ""  # lists of users have one, reviews do not
    email: str = ""
    name: str = ""

    @property
    def key(self) -> str:
        """Return what names this person in lists and in reviews alike."""
        return self.email.strip().lower() or self.id


class Member(Person):
    workspace_id: str  # put there by us: the list of a workspace's users does not repeat it


class Workspace(_Payload):
    id: str
    name: str = ""


class RatingOption(_Payload):
    rating: str
    description: str = ""


class Category(_Payload):
    rating_category_id: str
    name: str = ""
    description: str = ""
    weight: Decimal | None = None
    critical: bool = False
    review_critical: bool = False
    skippable: bool = False
    position: int = 0
    ratings: list[RatingOption] = []


class CategoryGroup(_Payload):
    id: str
    name: str = ""
    position: int = 0
    categories: list[Category] = []


class Scorecard(_Payload):
    id: str
    name: str = ""
    categories: list[Category] = []
    groups: list[CategoryGroup] = []
    updated_at: Moment | None = None


class Rating(_Payload):
    category_id: str
    category_name: str = ""
    score: Decimal | None = None
    skipped: bool = False  # put there by us: the score is there and null
    weight: Decimal | None = None
    critical: bool = False
    cause: str = ""
    causes: list[str] = []
    group_name: str = ""

    @model_validator(mode="before")
    @classmethod
    def _null_score_is_skipped(cls, payload: Any) -> Any:
        if not isinstance(payload, dict):
            return payload
        return {**payload, "skipped": "score" in payload and payload["score"] is None}


class Comment(_Payload):
    owner: Person = Person()
    comment: str = ""


class ScorecardName(_Payload):
    id: str = ""
    name: str = ""

    @property
    def key(self) -> str | None:
        return self.id if self.id not in {"", "0"} else None  # a number that is not set comes as 0


class Conversation(_Payload):
    external_id: str
    created_at: Moment | None = Field(default=None, validation_alias="createdAtISO")


class Review(_Payload):
    id: str
    conversation: Conversation  # put there by us: reviews lie inside their conversation
    reviewer: Person = Person()
    reviewee: Person
    score: Decimal | None = None
    ratings: list[Rating] = []
    comment: str = ""
    thread: list[Comment] = []
    received: bool = False
    scorecard: ScorecardName = ScorecardName()
    created_at: Moment = Field(validation_alias="createdISO")
    updated_at: Moment | None = Field(default=None, validation_alias="updatedISO")


class Dispute(_Payload):
    review_id: str
    resolved_at: Moment | None = None
    rejected_by: Person | None = None

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None and self.rejected_by is None

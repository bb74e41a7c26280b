"""The parts of Contact Lens' files and live segments that we read; the rest is dropped here."""

from decimal import Decimal

from pydantic import Field

from coaching.integrations.amazon_connect.payloads import Id, Moment, Payload


class Turn(Payload):
    """One line of a transcript: a call's has offsets, a chat's a time."""

    id: str
    participant_id: str = ""
    participant_role: str = ""
    content: str = ""
    content_type: str = "text/plain"
    begin_offset_millis: int | None = None
    end_offset_millis: int | None = None
    absolute_time: Moment | None = None
    sentiment: str = ""
    language_code: str = ""  # only live


class TurnReference(Payload):
    id: str


class TurnGroup(Payload):
    """Turns of a chat that were read together."""

    participant_role: str = ""
    sentiment: str = ""
    transcript_items: list[TurnReference] = []


class Period(Payload):
    score: Decimal
    begin_offset_millis: int
    end_offset_millis: int


class OverallByRole(Payload):
    customer: Decimal | None = Field(default=None, validation_alias="CUSTOMER")


class Overall(OverallByRole):
    """A call names the roles at once, a chat one level down. Agents' values are not read."""

    details_by_participant_role: OverallByRole = OverallByRole()


class PeriodsByRole(Payload):
    customer: list[Period] = Field(default=[], validation_alias="CUSTOMER")


class PeriodsByLength(Payload):
    quarter: PeriodsByRole = Field(default=PeriodsByRole(), validation_alias="QUARTER")


class Sentiment(Payload):
    overall_sentiment: Overall = Overall()
    sentiment_by_period: PeriodsByLength = PeriodsByLength()
    details_by_transcript_item_group: list[TurnGroup] = []


class Characteristics(Payload):
    sentiment: Sentiment = Sentiment()


class ConversationParticipant(Payload):
    participant_id: str
    participant_role: str = ""


class CustomerMetadata(Payload):
    contact_id: Id


class ContentMetadata(Payload):
    output: str = ""


class Analysis(Payload):
    """A file of Contact Lens about one call or chat."""

    customer_metadata: CustomerMetadata
    content_metadata: ContentMetadata = ContentMetadata()
    language_code: str = ""
    participants: list[ConversationParticipant] = []
    conversation_characteristics: Characteristics = Characteristics()
    transcript: list[Turn] = []


class PointOfInterest(Payload):
    begin_offset_millis: int
    end_offset_millis: int


class MatchedDetail(Payload):
    points_of_interest: list[PointOfInterest] = []


class Categories(Payload):
    matched_details: dict[str, MatchedDetail] = {}


class Segment(Payload):
    """One piece of a live analysis: exactly one of these is there, or something we do not use."""

    transcript: Turn | None = None
    categories: Categories | None = None


class LiveAnalysis(Payload):
    """What has been said so far, in the envelope of the real-time stream."""

    contact_id: Id
    language_code: str = ""
    event_type: str = "SEGMENTS"
    segments: list[Segment] = []

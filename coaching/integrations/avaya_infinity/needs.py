"""What an administrator fills in for Avaya Infinity."""

from coaching.integrations.base import Need, gettext_noop

NEEDS = (
    Need(
        "customer_id",
        gettext_noop("Customer ID"),
        help=gettext_noop("The part after core. in the address of your Infinity portal."),
    ),
    Need(
        "client_id",
        gettext_noop("Client ID"),
        help=gettext_noop("Avaya Support hands out credentials for the Historical API."),
    ),
    Need("client_secret", gettext_noop("Client secret"), secret=True),
    Need(
        "transcripts",
        gettext_noop("Transcripts"),
        choices=(("yes", gettext_noop("Take in")), ("no", gettext_noop("Leave out"))),
        default="yes",
    ),
    Need(
        "transcript_client_id",
        gettext_noop("Client ID for transcripts"),
        help=gettext_noop("Empty if it is the same one."),
        optional=True,
    ),
    Need(
        "transcript_client_secret",
        gettext_noop("Client secret for transcripts"),
        secret=True,
        optional=True,
    ),
    Need(
        "transcript_scope",
        gettext_noop("Scope for transcripts"),
        default="TRANSCRIPT",
        optional=True,
    ),
    Need(
        "transcript_time_zone",
        gettext_noop("Time zone of transcripts"),
        help=gettext_noop("Their times come without one. Such as UTC or Europe/Stockholm."),
        default="UTC",
    ),
    Need(
        "time_unit",
        gettext_noop("Unit of the times of contacts"),
        help=gettext_noop("Avaya does not say; compare a call's hold time with the portal."),
        choices=(
            ("seconds", gettext_noop("Seconds")),
            ("milliseconds", gettext_noop("Milliseconds")),
        ),
        default="seconds",
    ),
    Need(
        "ignored_statuses",
        gettext_noop("Statuses that are no contact"),
        help=gettext_noop("Of interaction segments, with commas between; such as missed."),
        optional=True,
    ),
    Need(
        "event_header",
        gettext_noop("Header of the token for events"),
        help=gettext_noop("As authTokenHeader of the subscription."),
        default="auth-token",
    ),
    Need(
        "event_token",
        gettext_noop("Token for events"),
        help=gettext_noop("As authToken of the subscription; empty if there is none."),
        secret=True,
        optional=True,
    ),
    Need(
        "event_name_field",
        gettext_noop("Field of an event: its name"),
        default="eventType",
    ),
    Need(
        "event_interaction_field",
        gettext_noop("Field of an event: the interaction"),
        default="interactionId",
    ),
    Need(
        "event_agent_field",
        gettext_noop("Field of an event: the agent"),
        default="userId",
    ),
    Need(
        "event_time_field",
        gettext_noop("Field of an event: its time"),
        default="timestamp",
    ),
)

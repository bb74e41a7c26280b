"""What an administrator fills in for Avaya Experience Platform."""

from coaching.integrations.avaya_experience.tables import COLUMNS, written
from coaching.integrations.base import Need, gettext_noop

NEEDS = (
    Need(
        "host",
        gettext_noop("Host"),
        help=gettext_noop("The part before .api.avayacloud.com in the address of your API."),
    ),
    Need(
        "account_id",
        gettext_noop("Account ID"),
        help=gettext_noop("Six letters."),
    ),
    Need(
        "app_key",
        gettext_noop("Application key"),
        help=gettext_noop("Of the application that you registered with Avaya (appkey)."),
        secret=True,
    ),
    Need(
        "client_id",
        gettext_noop("Client ID"),
        help=gettext_noop("With the grant type Client Credentials."),
    ),
    Need("client_secret", gettext_noop("Client secret"), secret=True),
    Need(
        "transcripts",
        gettext_noop("Messages and the customer's mood"),
        help=gettext_noop("Of chats, e-mails and messages; calls have none."),
        choices=(("yes", gettext_noop("Take in")), ("no", gettext_noop("Leave out"))),
        default="yes",
    ),
    Need(
        "time_unit",
        gettext_noop("Unit of the durations in reports"),
        choices=(
            ("milliseconds", gettext_noop("Milliseconds")),
            ("seconds", gettext_noop("Seconds")),
        ),
        default="milliseconds",
    ),
    Need(
        "columns",
        gettext_noop("Columns of the report EngagementDetail"),
        help=gettext_noop(
            "Ours = Avaya's, with commas between. The connection test says which are not there."
        ),
        default=written(COLUMNS),
        optional=True,
    ),
)

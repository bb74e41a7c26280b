"""What an administrator fills in to connect Twilio."""

from coaching.integrations.base import Need, gettext_noop

NEEDS = (
    Need(
        "account_sid",
        gettext_noop("Account SID"),
        help=gettext_noop("It begins with AC and stands on the first page of the console."),
    ),
    Need(
        "key_sid",
        gettext_noop("API key SID"),
        help=gettext_noop("Of a key that may read TaskRouter, Voice and Intelligence."),
    ),
    Need("key_secret", gettext_noop("API key secret"), secret=True),
    Need(
        "workspace_sid",
        gettext_noop("Workspace SID"),
        help=gettext_noop("Of the TaskRouter workspace of Flex; it begins with WS."),
    ),
    Need(
        "region",
        gettext_noop("Region"),
        help=gettext_noop("Empty for the United States; dublin.ie1 for Ireland."),
        optional=True,
    ),
    Need(
        "auth_token",
        gettext_noop("Auth token"),
        secret=True,
        help=gettext_noop("Proves that live events come from Twilio. Empty: none are taken."),
        optional=True,
    ),
    Need(
        "former_auth_token",
        gettext_noop("Former auth token"),
        secret=True,
        help=gettext_noop("Only while you change the auth token: both are accepted."),
        optional=True,
    ),
    Need(
        "customer_channel",
        gettext_noop("Channel of the customer in recordings of two channels"),
        help=gettext_noop("For recordings and for transcripts that do not tell themselves."),
        choices=(("unknown", gettext_noop("Not known")), ("1", "1"), ("2", "2")),
        default="unknown",
    ),
    Need(
        "inbound_speaker",
        gettext_noop("Who is heard on the inbound track of live transcripts"),
        choices=(
            ("customer", gettext_noop("The customer")),
            ("agent", gettext_noop("The agent")),
        ),
        default="customer",
    ),
    Need(
        "sentiment_operator",
        gettext_noop("Name of the sentiment operator"),
        default="Sentiment Analysis",
    ),
    Need(
        "insights_authorization",
        gettext_noop("Authorization for Flex Insights"),
        secret=True,
        help=gettext_noop(
            "The whole Authorization header of a signed-in Flex supervisor. It ends with"
            " their session. Empty: quality assessments are left out."
        ),
        optional=True,
    ),
    Need(
        "assessment_days",
        gettext_noop("Days within which a contact is assessed"),
        choices=(("3", "3"), ("7", "7"), ("14", "14"), ("28", "28")),
        default="14",
    ),
)

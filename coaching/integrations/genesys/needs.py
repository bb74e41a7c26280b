"""What an administrator fills in to connect Genesys Cloud."""

from coaching.integrations.base import Need, gettext_noop

REGIONS = {
    "eu-central-1": "mypurecloud.de",
    "eu-central-2": "euc2.pure.cloud",
    "eu-west-1": "mypurecloud.ie",
    "eu-west-2": "euw2.pure.cloud",
    "ap-northeast-1": "mypurecloud.jp",
    "ap-northeast-2": "apne2.pure.cloud",
    "ap-northeast-3": "apne3.pure.cloud",
    "ap-south-1": "aps1.pure.cloud",
    "ap-southeast-1": "apse1.pure.cloud",
    "ap-southeast-2": "mypurecloud.com.au",
    "ca-central-1": "cac1.pure.cloud",
    "me-central-1": "mec1.pure.cloud",
    "mx-central-1": "mxc1.pure.cloud",
    "sa-east-1": "sae1.pure.cloud",
    "us-east-1": "mypurecloud.com",
    "us-east-2": "use2.us-gov-pure.cloud",
    "us-west-2": "usw2.pure.cloud",
}
_TAKE_IN = (("no", gettext_noop("Leave out")), ("yes", gettext_noop("Take in")))
NEEDS = (
    Need(
        "region",
        gettext_noop("Region"),
        help=gettext_noop("It is part of the address where you sign in to Genesys Cloud."),
        choices=tuple((region, f"{region} ({domain})") for region, domain in REGIONS.items()),
        default="eu-central-1",
    ),
    Need(
        "client_id",
        gettext_noop("Client ID"),
        help=gettext_noop("Of an OAuth client with the grant type Client Credentials."),
    ),
    Need("client_secret", gettext_noop("Client secret"), secret=True),
    Need(
        "automatic_evaluations",
        gettext_noop("Evaluations that Genesys scored by itself"),
        choices=_TAKE_IN,
        default="no",
    ),
    Need(
        "recent_contacts",
        gettext_noop("Contacts of the last hours"),
        help=gettext_noop("Genesys hands them over in bulk some hours later; this asks for them."),
        choices=_TAKE_IN,
        default="no",
        optional=True,
    ),
    Need(
        "recordings",
        gettext_noop("Which contacts were recorded"),
        choices=_TAKE_IN,
        default="no",
        optional=True,
    ),
    Need(
        "transcripts",
        gettext_noop("Transcripts"),
        help=gettext_noop("Only with speech and text analytics."),
        choices=_TAKE_IN,
        default="no",
        optional=True,
    ),
    Need(
        "sentiment",
        gettext_noop("The customer's mood"),
        help=gettext_noop(
            "Only with speech and text analytics. Of single sentences only together with"
            " transcripts. The test of the connection lists the languages."
        ),
        choices=_TAKE_IN,
        default="no",
        optional=True,
    ),
    Need(
        "sentiment_scale",
        gettext_noop("Scale of the mood"),
        choices=(
            ("auto", gettext_noop("Told by each value")),
            ("1", gettext_noop("From -1 to 1")),
            ("100", gettext_noop("From -100 to 100")),
        ),
        default="auto",
        optional=True,
    ),
    Need(
        "writeback",
        gettext_noop("Assign training and coaching in Genesys"),
        help=gettext_noop("It takes the permissions learning and coaching for the client."),
        choices=(("no", gettext_noop("No")), ("yes", gettext_noop("Yes"))),
        default="no",
        optional=True,
    ),
)

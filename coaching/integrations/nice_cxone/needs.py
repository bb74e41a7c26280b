"""What an administrator of NICE CXone fills in."""

from coaching.integrations.base import Need, gettext_noop

_TAKE_IN = (("yes", gettext_noop("Take in")), ("no", gettext_noop("Leave out")))

NEEDS = (
    Need(
        "area",
        gettext_noop("Area"),
        help=gettext_noop(
            "It is part of the address where you sign in, such as eu1, uk1, na1 or au1."
        ),
        default="eu1",
    ),
    Need(
        "access_key_id",
        gettext_noop("Access key ID"),
        help=gettext_noop(
            "Of an employee that nobody else uses: Employees, Edit employee, Access keys."
        ),
    ),
    Need("access_key_secret", gettext_noop("Secret access key"), secret=True),
    Need(
        "acd_version",
        gettext_noop("Version of the Admin and Reporting APIs"),
        default="33.0",
    ),
    Need(
        "answers_entity",
        gettext_noop("Data Extraction: name of the entity with questions and answers"),
        help=gettext_noop("Ask NICE for it. Without a name, evaluations come without answers."),
        optional=True,
    ),
    Need(
        "answers_version",
        gettext_noop("Data Extraction: version of the entity with questions and answers"),
        default="1",
    ),
    Need(
        "recordings",
        gettext_noop("Recordings and the customer's mood"),
        help=gettext_noop("This takes a call to Media Playback for every spoken contact."),
        choices=_TAKE_IN,
        default="no",
    ),
    Need(
        "transcripts",
        gettext_noop("Transcripts"),
        help=gettext_noop("Only with a licence for Interaction Analytics."),
        choices=_TAKE_IN,
        default="no",
    ),
)

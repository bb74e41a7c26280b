"""What an administrator fills in for Amazon Connect."""

from coaching.integrations.base import Need, gettext_noop

REGIONS = {
    "eu-central-1": "Frankfurt",
    "eu-west-2": "London",
    "us-east-1": "N. Virginia",
    "us-west-2": "Oregon",
    "ca-central-1": "Canada",
    "af-south-1": "Cape Town",
    "ap-northeast-1": "Tokyo",
    "ap-northeast-2": "Seoul",
    "ap-southeast-1": "Singapore",
    "ap-southeast-2": "Sydney",
}
NEEDS = (
    Need(
        "region",
        gettext_noop("Region"),
        help=gettext_noop("Where the Amazon Connect instance is."),
        choices=tuple((region, f"{region} ({city})") for region, city in REGIONS.items()),
        default="eu-central-1",
    ),
    Need(
        "instance_id",
        gettext_noop("Instance ID"),
        help=gettext_noop("The last part of the instance's ARN in the AWS console."),
    ),
    Need(
        "access_key_id",
        gettext_noop("Access key ID"),
        help=gettext_noop(
            "Of an IAM user who may read Amazon Connect and the bucket, or take on the role."
        ),
    ),
    Need("secret_access_key", gettext_noop("Secret access key"), secret=True),
    Need(
        "role_arn",
        gettext_noop("Role to take on"),
        help=gettext_noop("The ARN of an IAM role that may read; empty: the user's rights."),
        optional=True,
    ),
    Need(
        "external_id",
        gettext_noop("External ID of the role"),
        help=gettext_noop("If the role asks for one."),
        secret=True,
        optional=True,
    ),
    Need(
        "bucket",
        gettext_noop("Bucket of Contact Lens"),
        help=gettext_noop(
            "The S3 bucket with the folder Analysis. Empty: no transcripts, no sentiment."
        ),
        optional=True,
    ),
    Need(
        "disposition_attribute",
        gettext_noop("Contact attribute with the outcome"),
        help=gettext_noop("The user-defined attribute that your flows or agents fill in."),
        optional=True,
    ),
    Need(
        "evaluation_time_field",
        gettext_noop("Field to search evaluations by"),
        help=gettext_noop("The name of the time of change. Empty: all evaluations are listed."),
        optional=True,
    ),
    Need(
        "automatic_evaluations",
        gettext_noop("Evaluations that Amazon Connect filled in by itself"),
        choices=(("no", gettext_noop("Leave out")), ("yes", gettext_noop("Take in"))),
        default="no",
    ),
)

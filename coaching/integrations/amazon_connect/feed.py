"""The calls to Amazon Connect, Contact Lens and the bucket its files lie in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from coaching.integrations.amazon_connect.aws import Account, Aws, Payload
from coaching.integrations.base import Unreadable, load_json
from coaching.integrations.http import TRIES

__all__ = ["Account", "AnalysisFile", "Aws", "Feed"]

PAGE_SIZE = 100
CONNECT, CONTACT_LENS, STORAGE = "connect", "connect-contact-lens", "s3"
CHANNEL_FOLDERS = ("Analysis/Voice/", "Analysis/Chat/")
KINDS = (("Redacted/", "_analysis_redacted_"), ("", "_analysis_"))  # folder, part of the name


@dataclass(frozen=True, slots=True)
class AnalysisFile:
    contact_id: str
    key: str
    modified_at: datetime


class Feed:
    def __init__(self, aws: Aws, *, instance_id: str, bucket: str) -> None:
        self._aws = aws
        self._instance_id = instance_id
        self._bucket = bucket

    def sign_in(self) -> None:
        self._aws.sign_in()

    def one(self, operation: str, **wanted: Any) -> Payload:
        return self._aws.call(CONNECT, operation, InstanceId=self._instance_id, **wanted)

    def pages(self, operation: str, *, service: str = CONNECT, **wanted: Any) -> Iterator[Payload]:
        """Follow `NextToken`; a page that comes again is asked for once more, not for ever."""
        seen: set[str] = set()
        repeats = 0
        asked = {"InstanceId": self._instance_id, "MaxResults": PAGE_SIZE, **wanted}
        while repeats < TRIES:
            page = self._aws.call(service, operation, **asked)
            following = page.get("NextToken")
            if following in seen:
                repeats += 1
                continue
            yield page
            if not following:
                return
            seen.add(following)
            asked["NextToken"] = following
        raise Unreadable("NextToken", "leads back to a page already read")

    def contact_pages(self, start: datetime, stop: datetime) -> Iterator[Payload]:
        """Yield the contacts that ended between two moments."""
        between = {"Type": "DISCONNECT_TIMESTAMP", "StartTime": start, "EndTime": stop}
        order = {"FieldName": "DISCONNECT_TIMESTAMP", "Order": "ASCENDING"}
        return self.pages("search_contacts", TimeRange=between, Sort=order)

    def hit_pages(self, start: datetime, field: str) -> Iterator[Payload]:
        """Yield all evaluations, or, where the field to ask by is known, those changed since."""
        if not field:
            return self.pages("search_contact_evaluations")
        since = {
            "FieldName": field,
            "MinValue": _timestamp(start),
            "ComparisonType": "GREATER_THAN_OR_EQUAL_TO",
        }
        criteria = {"DateTimeCondition": since}
        return self.pages("search_contact_evaluations", SearchCriteria=criteria)

    def live_pages(self, contact_id: str) -> Iterator[Payload]:
        operation = "list_realtime_contact_analysis_segments"
        for page in self.pages(operation, service=CONTACT_LENS, ContactId=contact_id):
            yield {**page, "ContactId": contact_id}

    def storage(self) -> Payload:
        return self._aws.call(STORAGE, "list_objects_v2", Bucket=self._bucket, MaxKeys=1)

    def analysis_files(self, since: datetime, *, first_day: date) -> Iterator[AnalysisFile]:
        """Yield what came since, one file for each contact: the redacted one if there is one."""
        for channel in CHANNEL_FOLDERS:
            seen: set[str] = set()
            for folder, mark in KINDS:
                files = self._files(f"{channel}{folder}", mark, first_day)
                for contact_id, versions in groupby(files, key=lambda file: file.contact_id):
                    newest = max(versions, key=lambda file: file.modified_at)
                    if contact_id not in seen and newest.modified_at >= since:
                        yield newest
                    seen.add(contact_id)

    def analysis(self, file: AnalysisFile) -> Payload:
        """Return a file's content; one that is no JSON may have been cut off on its way."""
        try:
            content = load_json(self._aws.file(self._bucket, file.key))
        except Unreadable:
            content = load_json(self._aws.file(self._bucket, file.key))
        return {**content, "ContactId": file.contact_id}

    def sound(self, location: str) -> bytes:
        bucket, _, key = location.partition("/")
        if not (bucket and key):
            raise Unreadable("fetch_ref", "does not name a bucket and a file")
        return self._aws.file(bucket, key)

    def _files(self, folder: str, mark: str, first_day: date) -> Iterator[AnalysisFile]:
        name = re.compile(rf"{folder}\d{{4}}/\d\d/\d\d/([\w-]+?){mark}[^/]+\.json")
        for listed in self._objects(f"{folder}2", after=f"{folder}{first_day:%Y/%m/%d}"):
            if found := name.fullmatch(listed["Key"]):
                modified_at = datetime.fromisoformat(listed["LastModified"])
                yield AnalysisFile(found[1], listed["Key"], modified_at)

    def _objects(self, prefix: str, *, after: str) -> Iterator[Payload]:
        """List what lies from a folder on: names sort by day, and years begin with a two."""
        asked = {"Bucket": self._bucket, "Prefix": prefix, "StartAfter": after}
        while True:
            page = self._aws.call(STORAGE, "list_objects_v2", **asked)
            yield from page.get("Contents", ())
            if not page.get("IsTruncated"):
                return
            asked["ContinuationToken"] = page["NextContinuationToken"]


def _timestamp(moment: datetime) -> str:
    """Write a moment as a search condition demands: UTC, milliseconds, Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

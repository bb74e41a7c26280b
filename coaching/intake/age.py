"""What has reached its end already is not taken in: it would only be deleted the night after."""

from datetime import datetime, timedelta

from coaching import records
from coaching.models.data import WORK_KEPT_DAYS


def is_too_old(record: records.Interaction | records.Evaluation, now: datetime) -> bool:
    """Tell whether a contact or an evaluation is older than what is kept.

    That an evaluation was taken back is never too old to be heard.
    """
    limit = now - timedelta(days=WORK_KEPT_DAYS)
    if isinstance(record, records.Interaction):
        return record.started_at <= limit
    is_retracted = record.status is records.EvaluationStatus.RETRACTED
    return not is_retracted and record.released_at is not None and record.released_at <= limit

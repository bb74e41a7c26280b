"""Does the team find time to learn? To decide whether the work leaves room for five minutes."""

from django.utils.translation import gettext_lazy as _

from coaching.reports.figure import figure
from coaching.reports.report import Report, frame

REPORT = Report(
    key="uptake",
    title=_("Learning"),
    question=_("Does the team find time to learn?"),
    metrics=("learned", "checks_kept"),
    frame=frame,
    figure=figure,
)

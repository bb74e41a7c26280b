"""Is the team's competence growing? The five areas, to decide where practice is worth most."""

from django.utils.translation import gettext_lazy as _

from coaching.reports.figure import figure
from coaching.reports.report import Report, frame

REPORT = Report(
    key="skills",
    title=_("Competence"),
    question=_("Is the team's competence growing?"),
    metrics=("mastery_va", "mastery_dl", "mastery_ts", "mastery_tk", "mastery_co"),
    frame=frame,
    figure=figure,
)

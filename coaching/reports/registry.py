"""Every report, in the order of the menu; the first one opens."""

from coaching.reports import skills, uptake
from coaching.reports.report import Report

REPORTS: dict[str, Report] = {report.key: report for report in (skills.REPORT, uptake.REPORT)}

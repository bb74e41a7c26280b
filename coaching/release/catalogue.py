"""What is released, in words: the metrics, and how a level and a size class are said.

Imports nothing of ours, so whoever only reads cells may read this too.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


@dataclass(frozen=True)
class Metric:
    """A share from 0 to 1 of each person, averaged over a group and released as a level."""

    key: str
    title: Promise
    question: Promise
    unit: Promise  # what the share is a share of


OF_AN_AREA = gettext_lazy("of the area, on average")

METRICS = {
    metric.key: metric
    for metric in (
        Metric(
            "mastery_va",
            gettext_lazy("Business and analysis"),
            gettext_lazy("Turning what happens in contacts into measures, and following them up"),
            OF_AN_AREA,
        ),
        Metric(
            "mastery_dl",
            gettext_lazy("Data analysis and logic"),
            gettext_lazy("Reading charts, samples and definitions with a critical eye"),
            OF_AN_AREA,
        ),
        Metric(
            "mastery_ts",
            gettext_lazy("Technology and systems"),
            gettext_lazy("Knowing how data moves between systems, and registering it right"),
            OF_AN_AREA,
        ),
        Metric(
            "mastery_tk",
            gettext_lazy("Transformation and culture"),
            gettext_lazy("Working with AI, questioning its answers, using it responsibly"),
            OF_AN_AREA,
        ),
        Metric(
            "mastery_co",
            gettext_lazy("Coaching and conversation"),
            gettext_lazy("Calm, questions and solutions in the conversation itself"),
            OF_AN_AREA,
        ),
        Metric(
            "learned",
            gettext_lazy("Learned something this week"),
            gettext_lazy("At least one exercise or check answered during the week"),
            gettext_lazy("of the people"),
        ),
        Metric(
            "checks_kept",
            gettext_lazy("Short checks taken"),
            gettext_lazy("Of the short checks due in the last four weeks, those taken by now"),
            gettext_lazy("of each person's checks, on average"),
        ),
    )
}

_FRACTIONS = {
    2: (gettext_lazy("up to about half"), gettext_lazy("about half or more")),
    3: (
        gettext_lazy("up to about a third"),
        gettext_lazy("about a third to two thirds"),
        gettext_lazy("about two thirds or more"),
    ),
    5: (
        gettext_lazy("up to about a fifth"),
        gettext_lazy("about one to two fifths"),
        gettext_lazy("about two to three fifths"),
        gettext_lazy("about three to four fifths"),
        gettext_lazy("about four fifths or more"),
    ),
}


def range_words(level: int, of: int) -> str:
    """Say which shares a level stands for; per cent only where the group has 29 people or more."""
    if of in _FRACTIONS:
        return str(_FRACTIONS[of][level])
    low, high = level * 100 // of, (level + 1) * 100 // of
    if level == 0:
        return _("up to about %(high)s per cent") % {"high": high}
    if level == of - 1:
        return _("about %(low)s per cent or more") % {"low": low}
    return _("about %(low)s to %(high)s per cent") % {"low": low, "high": high}


def level_words(level: int, of: int) -> str:
    """Say a level as people count: the lowest is 1."""
    return _("%(level)s of %(of)s") % {"level": level + 1, "of": of}


def size_words(size_class: str) -> str:
    low, _dash, high = size_class.rstrip("+").partition("-")
    if not high:
        return _("%(low)s people or more") % {"low": low}
    return _("%(low)s–%(high)s people") % {"low": low, "high": high}

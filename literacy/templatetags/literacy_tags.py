"""How beliefs are drawn and said: a soft band and plain words, never a bare percentage."""

from typing import Any

from django import template
from django.utils.translation import gettext

register = template.Library()


@register.inclusion_tag("literacy/_band.html")
def band(low: float, high: float, known: bool = True) -> dict[str, Any]:
    """Draw a belief between two shares (0.0-1.0) as a soft band on a scale."""
    soft = {"low": _percent(low), "width": _percent(high - low)}
    core = {"core": _percent(low + (high - low) * 0.3), "core_width": _percent((high - low) * 0.4)}
    return {"known": known, **soft, **core}


@register.simple_tag
def mastery_words(share: float, known: bool) -> str:
    """Say a belief in words."""
    if not known:
        return gettext("We do not know yet")
    if share < 0.4:
        return gettext("Here is most to gain")
    if share < 0.6:
        return gettext("On the way")
    if share < 0.8:
        return gettext("Probably a good grasp")
    return gettext("A firm grasp")


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"

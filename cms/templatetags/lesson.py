"""What the templates of lesson blocks need beyond Django's own tags."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString
from wagtail.templatetags.wagtailcore_tags import richtext
from wagtail.whitelist import Whitelister, allow_without_attributes

from cms.blocks.base import TaskResult
from cms.blocks.branching_dialogue import Walk, walk
from cms.charts import draw, is_complete, table_rows

register = template.Library()


PLAIN_TAGS = ("p", "br", "b", "strong", "i", "em", "ul", "ol", "li")


class PlainText(Whitelister):
    """Keeps paragraphs, emphasis and lists, whatever way the text came in."""

    element_rules = dict.fromkeys(("[document]", *PLAIN_TAGS), allow_without_attributes)


@register.filter
def rich(source: str) -> SafeString:
    return richtext(PlainText().clean(source))


@register.filter
def at(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """Look up by a variable, which a template cannot do itself."""
    return (mapping or {}).get(key)


@register.filter
def clock(seconds: int) -> str:
    """Return a span of time as a clock shows it: 1:05."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02}"


@register.inclusion_tag("cms/chart.html")
def chart(fields: Mapping[str, Any], prefix: str, highlight: str = "") -> dict[str, Any]:
    """Draw a chart with its table; `highlight` is the key of a category to set off."""
    context = {"chart": fields, "prefix": prefix}
    if not is_complete(fields):
        return context
    return {**context, "drawing": draw(fields, highlight=highlight), "rows": table_rows(fields)}


@register.inclusion_tag("cms/blocks/_option_result.html")
def option_result(option: Mapping[str, Any], task: TaskResult, reason: str = "") -> dict[str, Any]:
    """Show an option after the answer: chosen or not, right or not, and why."""
    return {
        "text": option.get("text") or option.get("label"),
        "is_chosen": option["key"] in task.chosen,
        "is_right": option["key"] in task.expected,
        "reason": reason,
    }


@register.simple_tag
def follow(dialogue: Mapping[str, Any], answer: Mapping[str, Any] | None) -> Walk:
    """Return where the path in an answer has come to in a dialogue."""
    return walk(dialogue, (answer or {}).get("path", []))

"""A chart and its numbers, as the author gives them; `cms.charts` draws it."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import (
    CharBlock,
    ChoiceBlock,
    FloatBlock,
    ListBlock,
    StructBlock,
    StructValue,
    TextBlock,
)
from wagtail_localize.segments.extract import StreamFieldSegmentExtractor
from wagtail_localize.segments.ingest import StreamFieldSegmentsWriter

from cms.blocks import previews
from cms.blocks.base import LessonBlock
from cms.blocks.structure import OptionBlock, Problem

KINDS = [("bar", _("Bars")), ("line", _("Lines")), ("grouped_bar", _("Grouped bars"))]
SERIES_MAX = 4  # as many as have colours and patterns that nobody mixes up


class CategoryBlock(OptionBlock):
    label = CharBlock(label=_("Label"), help_text=_("Short: it stands along the axis."))


class SeriesBlock(OptionBlock):
    name = CharBlock(label=_("Name"))
    values = ListBlock(
        FloatBlock(),
        label=_("Values"),
        min_num=1,
        help_text=_("One number for each category, in the same order."),
    )


class ChartFields(StructBlock):
    """The fields of a chart, on its own or inside an exercise."""

    kind = ChoiceBlock(choices=KINDS, default="bar", label=_("Kind"))
    title = CharBlock(label=_("Title"), help_text=_("One message, or a neutral title."))
    alt = TextBlock(
        label=_("In words"),
        help_text=_("What somebody who cannot see the chart must know, in one or two sentences."),
    )
    x_label = CharBlock(required=False, label=_("What the categories are"))
    y_label = CharBlock(required=False, label=_("What the values are"))
    unit = CharBlock(required=False, label=_("Unit"), help_text=_("For example %."))
    y_min = FloatBlock(
        required=False,
        label=_("The axis starts at"),
        help_text=_("Leave empty for 0. Anything else can mislead, so do it on purpose."),
    )
    categories = ListBlock(CategoryBlock(), label=_("Categories"), min_num=1, max_num=16)
    series = ListBlock(SeriesBlock(), label=_("Series"), min_num=1, max_num=SERIES_MAX)
    note = CharBlock(
        required=False, label=_("Note"), help_text=_("Source, definition, how many are counted.")
    )

    def get_translatable_segments(self, value: StructValue) -> list[Any]:
        """Hand out the words of the lists too, which wagtail-localize misses two levels down."""
        stored = {"value": self.get_prep_value(value)}
        return list(StreamFieldSegmentExtractor(None).handle_struct_block(value, stored))

    def restore_translated_segments(self, value: StructValue, segments: list[Any]) -> StructValue:
        return StreamFieldSegmentsWriter(None, None, None).handle_struct_block(value, segments)


class ChartBlock(ChartFields, LessonBlock):
    class Meta:
        icon = "table"
        label = _("Chart")
        description = _("Bars or lines with their numbers in a table one tap below.")
        template = "cms/blocks/chart.html"
        preview_value = staticmethod(previews.chart)

    def problems(self, data: dict[str, Any]) -> Iterator[Problem]:
        yield from chart_problems(data)


def chart_problems(chart: dict[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with a chart's numbers."""
    is_grouped, series_count = chart["kind"] == "grouped_bar", len(chart["series"])
    if chart["kind"] == "bar" and series_count > 1:
        yield ("kind",), gettext("Bars show one series. Choose grouped bars for several.")
    if is_grouped and series_count < 2:
        yield ("series",), gettext("Grouped bars need at least two series.")
    for index, series in enumerate(chart["series"]):
        if len(series["values"]) != len(chart["categories"]):
            message = gettext("%(values)d values for %(categories)d categories.")
            counts = {"values": len(series["values"]), "categories": len(chart["categories"])}
            yield ("series", index, "values"), message % counts
        elif chart["y_min"] is not None and min(series["values"]) < chart["y_min"]:
            yield ("y_min",), gettext("A value lies below the start of the axis.")

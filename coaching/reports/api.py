"""Released cells as JSON, for the units that a person may see."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import ListAPIView
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response

from coaching.models.cells import ReleaseCell
from coaching.release.catalogue import METRICS, range_words
from coaching.reports.cells import released, visible_units
from literacy.privacy.access import team_scope


class CellPages(LimitOffsetPagination):
    max_limit = 500


class CellQuery(serializers.Serializer):
    week = serializers.DateField(required=False, help_text="The Monday of a closed week.")
    metric = serializers.ChoiceField(choices=sorted(METRICS), required=False)
    unit = serializers.CharField(required=False, help_text="A `unit_key`.")


class CellSerializer(serializers.Serializer):
    """A level of one metric, for one unit and week; null where it is not shown."""

    unit_key = serializers.CharField()
    unit_label = serializers.CharField()
    week = serializers.DateField(source="week_on", help_text="The Monday of the week.")
    metric = serializers.ChoiceField(choices=sorted(METRICS))
    level = serializers.SerializerMethodField(help_text="From 1, the lowest, to `of`.")
    of = serializers.IntegerField(allow_null=True)
    words = serializers.SerializerMethodField()
    size_class = serializers.CharField(allow_blank=True)

    def get_level(self, cell: ReleaseCell) -> int | None:
        return None if cell.level is None else cell.level + 1

    def get_words(self, cell: ReleaseCell) -> str:
        return "" if cell.level is None or cell.of is None else range_words(cell.level, cell.of)


@method_decorator(cache_control(private=True, no_store=True), name="dispatch")
class Cells(ListAPIView):
    """What was released of the teams you lead, and of the unit that counts you."""

    serializer_class = CellSerializer
    pagination_class = CellPages
    filter_backends = ()
    queryset = ReleaseCell.objects.none()

    @extend_schema(parameters=[CellQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[ReleaseCell]:
        query = CellQuery(data=self.request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        keys = {unit.key for unit in visible_units(team_scope(self.request.user))}
        if "unit" in asked and asked["unit"] not in keys:
            raise NotFound
        names = {"unit": "unit_key", "week": "week_on", "metric": "metric"}
        filters = {names[name]: value for name, value in asked.items()}
        cells = released().filter(unit_key__in=keys, **filters)
        return cells.order_by("-week_on", "unit_key", "metric")


urlpatterns = [path("cells/", Cells.as_view(), name="team_cells")]

"""The API of this room: a learner's own suggestions, and the administrator's connections."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from coaching import suggestions
from coaching.admin_views import overview
from coaching.admin_views.access import may_administer
from coaching.models import Run, Suggestion
from coaching.models.suggestions import SuggestionState
from coaching.redaction import without_secrets
from literacy.privacy import access

DISMISSALS = ("not_now", "known", "not_relevant")


class SuggestionSerializer(serializers.ModelSerializer[Suggestion]):
    reason = serializers.SerializerMethodField(help_text="Why, in words; null once decided.")

    class Meta:
        model = Suggestion
        fields = ["id", "module", "competence", "state", "made_at", "decided_at", "reason"]

    def get_reason(self, suggestion: Suggestion) -> str | None:
        return (
            suggestions.reason_text(suggestion)
            if suggestion.state == SuggestionState.OPEN
            else None
        )


class DismissalSerializer(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=DISMISSALS, default=DISMISSALS[0])


class SuggestionList(generics.ListAPIView[Suggestion]):
    """My suggestions, newest first. Asking is what makes the one for today."""

    serializer_class = SuggestionSerializer
    queryset = Suggestion.objects.none()
    filter_backends: list[Any] = []

    def get_queryset(self) -> QuerySet[Suggestion]:
        learner = access.own_learner(self.request.user)
        suggestions.current_suggestion(learner, timezone.now())
        own = learner.suggestions.select_related("module", "competence")
        return own.order_by("-made_at", "-pk")


class SuggestionAccept(APIView):
    """Start the suggested module. A suggestion that is decided already stays as it is."""

    @extend_schema(request=None, responses=SuggestionSerializer)
    def post(self, request: Request, suggestion_id: int) -> Response:
        return _decided(request, suggestion_id, "accept")


class SuggestionDismiss(APIView):
    """Leave the suggested module, for one of three reasons; it has no other consequence."""

    @extend_schema(request=DismissalSerializer, responses=SuggestionSerializer)
    def post(self, request: Request, suggestion_id: int) -> Response:
        given = DismissalSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return _decided(request, suggestion_id, given.validated_data["reason"])


def _decided(request: Request, suggestion_id: int, decision: str) -> Response:
    own = access.own_learner(request.user).suggestions
    decided = suggestions.decide(get_object_or_404(own, pk=suggestion_id), decision, timezone.now())
    return Response(SuggestionSerializer(decided).data)


class MayAdminister(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return may_administer(request.user)


class RunSerializer(serializers.ModelSerializer[Run]):
    class Meta:
        model = Run
        fields = ["kind", "state", "started_at", "finished_at", "rows_done", "counts"]


class ConnectionSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField(source="connection.slug")
    name = serializers.CharField(source="connection.name")
    vendor = serializers.CharField(source="connection.vendor")
    country = serializers.CharField(source="connection.country")
    state = serializers.CharField(source="connection.state")
    is_lawful = serializers.BooleanField(source="connection.is_lawful")
    error = serializers.SerializerMethodField()
    lag_seconds = serializers.SerializerMethodField(
        help_text="How far behind the kind of data is that is furthest behind."
    )
    last_run = RunSerializer(allow_null=True)

    def get_error(self, row: overview.Row) -> str:
        return without_secrets(row.connection, row.connection.error)

    def get_lag_seconds(self, row: overview.Row) -> int | None:
        if row.read_until is None:
            return None
        return (timezone.now() - row.read_until) // timedelta(seconds=1)


class ConnectionList(APIView):
    """How each platform stands; for administrators."""

    permission_classes = [MayAdminister]

    @extend_schema(responses=ConnectionSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(ConnectionSerializer(overview.rows(), many=True).data)


urlpatterns = [
    path("me/suggestions/", SuggestionList.as_view(), name="api_suggestions"),
    path(
        "me/suggestions/<int:suggestion_id>/accept/", SuggestionAccept.as_view(), name="api_accept"
    ),
    path(
        "me/suggestions/<int:suggestion_id>/dismiss/",
        SuggestionDismiss.as_view(),
        name="api_dismiss",
    ),
    path("connections/", ConnectionList.as_view(), name="api_connections"),
]

"""The push API: batches of records from any other system, with the token of one connection."""

from typing import Any, cast

from django.urls import path
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import APIException, AuthenticationFailed, ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from coaching.intake import NotLawful
from coaching.intake.pushing import AnotherBody, connection_of, take_push
from coaching.integrations.base import Unreadable
from coaching.integrations.push import KINDS
from coaching.models import Connection
from coaching.models.connections import ConnectionState

MOST_BYTES = 5_000_000
KEY_LENGTH = 128


class TooLarge(APIException):
    status_code = 413
    default_detail = f"A batch may have {MOST_BYTES} bytes."


class NotYet(APIException):
    status_code = 409
    default_detail = "The notice for this country is not in force yet, or the connection rests."


class KeyTaken(APIException):
    status_code = 422
    default_detail = "This Idempotency-Key was used with another body."


class PushToken(BaseAuthentication):
    """`Authorization: Bearer <token>`, the token of one connection."""

    def authenticate(self, request: Request) -> tuple[None, Connection] | None:
        scheme, _, token = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        connection = connection_of(token.strip()) if token.strip() else None
        if connection is None:
            raise AuthenticationFailed
        return None, connection

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class PushTokenScheme(OpenApiAuthenticationExtension):
    target_class = PushToken
    name = "pushToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class IsConnection(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.auth, Connection)


class BatchSerializer(serializers.Serializer[Any]):
    records = serializers.ListField(child=serializers.DictField())


class RejectedSerializer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    field = serializers.CharField()
    reason = serializers.CharField()


class AnswerSerializer(serializers.Serializer[Any]):
    counts = serializers.DictField(child=serializers.IntegerField())
    rejected = RejectedSerializer(many=True)


class PushView(APIView):
    """Take in a batch of records; the same key again changes nothing and answers the same."""

    authentication_classes = [PushToken]
    permission_classes = [IsConnection]
    kind = ""

    @extend_schema(
        request=BatchSerializer,
        responses=AnswerSerializer,
        parameters=[OpenApiParameter("Idempotency-Key", str, "header", required=True)],
    )
    def post(self, request: Request) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not 0 < len(key) <= KEY_LENGTH or "\x00" in key:
            raise ValidationError({"Idempotency-Key": [f"From 1 to {KEY_LENGTH} characters."]})
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            raise TooLarge
        connection = cast("Connection", request.auth)
        if connection.state == ConnectionState.PAUSED:
            raise NotYet
        try:
            answer = take_push(
                connection, self.kind, request._request.body, key=key, now=timezone.now()
            )
        except NotLawful as error:
            raise NotYet from error
        except AnotherBody as error:
            raise KeyTaken from error
        except Unreadable as error:
            raise ValidationError({error.field: [error.reason]}) from error
        return Response(answer)


urlpatterns = [
    path(f"intake/{kind}/", PushView.as_view(kind=kind), name=f"push_{kind}") for kind in KINDS
]

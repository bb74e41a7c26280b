"""The learner's API: modules as they are asked, and a learner's own attempts, checks, mastery.

Right answers and feedback are never part of a module; feedback comes with a graded answer.
"""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cms.blocks import Grade, UnreadableAnswer
from literacy import attempts, catalogue, mastery, reviews
from literacy.languages import READER
from literacy.models import Answer, Attempt, Check, ModulePage
from literacy.privacy import access

LANGUAGE = OpenApiParameter(
    "language", str, enum=READER, description="Default: the language you read in."
)


class Conflict(APIException):
    status_code = status.HTTP_409_CONFLICT


def language_of(request: Request) -> str:
    wanted = request.query_params.get("language") or get_language()
    if wanted not in READER:
        raise ValidationError({"language": f"Must be one of {', '.join(READER)}."})
    return wanted


# Modules


class ModuleSerializer(serializers.Serializer[ModulePage]):
    id = serializers.CharField(source="module_id")
    language = serializers.CharField(source="locale.language_code")
    title = serializers.CharField()
    summary = serializers.CharField()
    area = serializers.CharField(source="module.area_id")
    level = serializers.IntegerField(source="module.level")
    audience = serializers.CharField(source="module.audience")
    minutes = serializers.IntegerField(source="module.minutes")
    competences = serializers.SerializerMethodField()

    def get_competences(self, page: ModulePage) -> list[str]:
        return [link.competence_id for link in page.module.competence_links.all()]


class ModuleDetailSerializer(ModuleSerializer):
    languages = serializers.SerializerMethodField()
    body = serializers.SerializerMethodField()

    def get_languages(self, page: ModulePage) -> list[str]:
        return catalogue.languages_of(page.module_id)

    def get_body(self, page: ModulePage) -> list[dict[str, Any]]:
        return [child.block.public(child.value) for child in page.body]


@extend_schema(parameters=[LANGUAGE])
class ModuleList(generics.ListAPIView[ModulePage]):
    """The modules that exist in a language."""

    serializer_class = ModuleSerializer
    queryset = ModulePage.objects.none()
    filter_backends: list[Any] = []

    def get_queryset(self) -> QuerySet[ModulePage]:
        pages = catalogue.live_pages(language_of(self.request)).defer("body", "recall")
        return pages.prefetch_related("module__competence_links").order_by("module_id")


class ModuleDetail(APIView):
    """A module with its blocks as they are asked."""

    @extend_schema(parameters=[LANGUAGE], responses=ModuleDetailSerializer)
    def get(self, request: Request, module_id: str) -> Response:
        page = catalogue.module_page(module_id.upper(), language_of(request))
        if page is None:
            raise Http404
        return Response(ModuleDetailSerializer(page).data)


# My attempts


class AnswerSerializer(serializers.ModelSerializer[Answer]):
    class Meta:
        model = Answer
        fields = ["key", "number", "given", "share", "answered_at"]


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    answers = AnswerSerializer(many=True, read_only=True)

    class Meta:
        model = Attempt
        fields = [
            "id",
            "module",
            "language",
            "started_at",
            "completed_at",
            "step",
            "take_away",
            "answers",
        ]


class NewAttemptSerializer(serializers.Serializer[Any]):
    module = serializers.CharField(max_length=8)


class GivenSerializer(serializers.Serializer[Any]):
    key = serializers.SlugField(max_length=60)
    answer = serializers.JSONField()
    seconds = serializers.IntegerField(min_value=0, max_value=86_400, required=False)


class TaskSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    share = serializers.FloatField()
    right = serializers.BooleanField()
    feedback = serializers.CharField()


class GradeSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    number = serializers.IntegerField()
    share = serializers.FloatField()
    tasks = TaskSerializer(many=True)


class FinishSerializer(serializers.Serializer[Any]):
    take_away = serializers.CharField(max_length=300, allow_blank=True, default="")


CONFLICT = OpenApiResponse(description="Answered as often as counts, completed, or still open.")


class AttemptList(generics.ListAPIView[Attempt]):
    """My attempts, newest first."""

    serializer_class = AttemptSerializer
    queryset = Attempt.objects.none()
    filter_backends: list[Any] = []

    def get_queryset(self) -> QuerySet[Attempt]:
        own = access.own_learner(self.request.user).attempts.order_by("-started_at", "-pk")
        return own.prefetch_related("answers")

    @extend_schema(request=NewAttemptSerializer, responses={200: AttemptSerializer})
    def post(self, request: Request) -> Response:
        """Begin a module, or go on with it where it is under way."""
        wanted = _read(NewAttemptSerializer, request)
        page = catalogue.module_page(wanted["module"].upper(), language_of(request))
        if page is None:
            raise Http404
        attempt = attempts.open_attempt(
            access.own_learner(request.user),
            page.module,
            language=page.locale.language_code,
            now=timezone.now(),
        )
        return Response(AttemptSerializer(attempt).data)


class AttemptAnswer(APIView):
    """Answer an exercise."""

    @extend_schema(request=GivenSerializer, responses={200: GradeSerializer, 409: CONFLICT})
    def post(self, request: Request, attempt_id: int) -> Response:
        given = _read(GivenSerializer, request)
        attempt, page = _own_attempt(request, attempt_id)
        try:
            kept, grade = attempts.answer(
                attempt,
                page,
                given["key"],
                given["answer"],
                now=timezone.now(),
                seconds=given.get("seconds"),
            )
        except UnreadableAnswer as error:
            raise ValidationError({"answer": str(error)}) from error
        except (attempts.NoTriesLeft, attempts.AlreadyCompleted) as error:
            raise Conflict from error
        return Response(_graded(kept, grade))


class AttemptFinish(APIView):
    """Complete an attempt."""

    @extend_schema(request=FinishSerializer, responses={200: AttemptSerializer, 409: CONFLICT})
    def post(self, request: Request, attempt_id: int) -> Response:
        words = _read(FinishSerializer, request)["take_away"]
        attempt, page = _own_attempt(request, attempt_id)
        if attempts.open_exercises(attempt, page):
            raise Conflict
        attempts.complete(attempt, now=timezone.now(), take_away=words)
        return Response(AttemptSerializer(attempt).data)


def _read(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    found = serializer(data=request.data)
    found.is_valid(raise_exception=True)
    return dict(found.validated_data)


def _own_attempt(request: Request, attempt_id: int) -> tuple[Attempt, ModulePage]:
    """Return an attempt of the person who asks, with its page; anybody else's is not there."""
    attempt = access.own_learner(request.user).attempts.filter(pk=attempt_id).first()
    page = attempt and catalogue.module_page(attempt.module_id, attempt.language)
    if not attempt or not page:
        raise Http404
    return attempt, page


def _graded(kept: Answer, grade: Grade) -> dict[str, Any]:
    return dict(
        GradeSerializer(
            {"key": kept.key, "number": kept.number, "share": grade.share, "tasks": grade.tasks}
        ).data
    )


# My checks and what we believe I master


class ReviewSerializer(serializers.ModelSerializer[Check]):
    class Meta:
        model = Check
        fields = ["id", "module", "due_on"]


class ReviewList(APIView):
    """The short checks that are due for me now."""

    @extend_schema(responses=ReviewSerializer(many=True))
    def get(self, request: Request) -> Response:
        due = reviews.due_checks(access.own_learner(request.user), timezone.now())
        return Response(ReviewSerializer(due, many=True).data)


class BandSerializer(serializers.Serializer[Any]):
    """A belief as a soft band of shares, 0.0-1.0; both ends are null while we do not know."""

    id = serializers.CharField()
    name = serializers.CharField()
    known = serializers.BooleanField()
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class MasterySerializer(serializers.Serializer[Any]):
    areas = BandSerializer(many=True)
    competences = BandSerializer(many=True)


class MyMastery(APIView):
    """What we believe I master."""

    @extend_schema(responses=MasterySerializer)
    def get(self, request: Request) -> Response:
        found = mastery.profile(access.own_learner(request.user))
        areas = [_band(each.area, each.known, each.low, each.high) for each in found.areas]
        competences = [
            _band(
                each.competence,
                each.known,
                each.share - each.sd_share,
                each.share + each.sd_share,
            )
            for each in found.competences
        ]
        return Response(MasterySerializer({"areas": areas, "competences": competences}).data)


def _band(named: Any, known: bool, low: float, high: float) -> dict[str, Any]:
    ends = {"low": round(max(low, 0), 2), "high": round(min(high, 1), 2)}
    return {
        "id": named.pk,
        "name": named.name,
        "known": known,
        **(ends if known else dict.fromkeys(ends)),
    }


urlpatterns = [
    path("modules/", ModuleList.as_view(), name="api_modules"),
    path("modules/<slug:module_id>/", ModuleDetail.as_view(), name="api_module"),
    path("me/attempts/", AttemptList.as_view(), name="api_attempts"),
    path("me/attempts/<int:attempt_id>/answers/", AttemptAnswer.as_view(), name="api_answers"),
    path("me/attempts/<int:attempt_id>/finish/", AttemptFinish.as_view(), name="api_finish"),
    path("me/reviews/", ReviewList.as_view(), name="api_reviews"),
    path("me/mastery/", MyMastery.as_view(), name="api_mastery"),
]

"""The learner's own pages: the day with its one suggestion, and everything kept about them."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from coaching import suggestions
from coaching.models import Suggestion
from coaching.reports.own import own_team_line
from literacy import attempts, catalogue, mastery, reviews
from literacy.models import AccessLogEntry, Attempt, Learner, Objection
from literacy.privacy import access
from literacy.privacy.erase import erase as erase_history
from literacy.privacy.export import export as export_all
from literacy.privacy.registry import data_classes
from literacy.requests import HtmxRequest

ERASE_WORD = "1"


@login_required
def my_day(request: HttpRequest) -> HttpResponse:
    learner = access.own_learner(request.user)
    now = timezone.now()
    return render(
        request,
        "coaching/my_day.html",
        {
            "greeting": _greeting(timezone.localtime(now), learner.first_name),
            "today": timezone.localdate(now),
            **_suggestion(learner, now),
            "checks": reviews.due_checks(learner, now),
            "profile": mastery.profile(learner),
            "recent": _recent(learner),
            "team_line": own_team_line(access.team_scope(request.user)),
        },
    )


@login_required
@require_POST
def decide(request: HtmxRequest, pk: int, decision: str) -> HttpResponse:
    """Carry out one of the four exits; a second click changes nothing."""
    suggestion = get_object_or_404(Suggestion, pk=pk, learner=access.own_learner(request.user))
    if decision not in suggestions.DECISIONS:
        raise Http404
    now = timezone.now()
    suggestions.decide(suggestion, decision, now)
    if decision == "accept":
        return redirect("module", suggestion.module.slug)
    if request.htmx:
        return render(request, "coaching/_suggestion.html", _suggestion(suggestion.learner, now))
    return redirect("my_day")


@login_required
@require_POST
def ask_for_another(request: HttpRequest) -> HttpResponse:
    learner = access.own_learner(request.user)
    suggestion = suggestions.ask(learner, timezone.now())
    if suggestion is None:
        messages.info(request, _("There is nothing more to suggest today. All modules are open."))
    return redirect("my_day")


@login_required
def my_data(request: HttpRequest) -> HttpResponse:
    learner = access.own_learner(request.user)
    kept = [(found, found.rows_of(learner).count()) for found in data_classes()]
    return render(
        request,
        "coaching/my_data.html",
        {
            "profile": mastery.profile(learner),
            "ledger": mastery.explained(learner),
            "kept": kept,
            "access_log": AccessLogEntry.objects.filter(learner=learner).select_related("by")[:50],
            "objects": _objection(learner) is not None,
            "scope": access.team_scope(request.user),
        },
    )


@login_required
def export(request: HttpRequest) -> HttpResponse:
    response = JsonResponse(
        export_all(access.own_learner(request.user)),
        encoder=DjangoJSONEncoder,
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    response["Content-Disposition"] = 'attachment; filename="dagskurs.json"'
    return response


@login_required
@require_POST
def change_objection(request: HttpRequest) -> HttpResponse:
    """Object to being counted in team levels, or withdraw that; it works from the next close."""
    learner = access.own_learner(request.user)
    wants_out = request.POST.get("counted") == "no"
    current = _objection(learner)
    if wants_out and current is None:
        Objection.objects.create(learner=learner, feature="team_levels", made_at=timezone.now())
    if not wants_out and current is not None:
        Objection.objects.filter(pk=current.pk).update(withdrawn_at=timezone.now())
    messages.success(request, _("Your choice is saved. It takes effect with the next week."))
    return redirect(reverse("my_data") + "#team-levels")


@login_required
def erase(request: HttpRequest) -> HttpResponse:
    """Ask once more in plain words, then erase."""
    learner = access.own_learner(request.user)
    if request.method == "POST" and request.POST.get("erase") == ERASE_WORD:
        erase_history(learner)
        messages.success(request, _("Your history is erased. You start afresh."))
        return redirect("my_day")
    return render(request, "coaching/my_erase.html")


def _suggestion(learner: Learner, now: datetime) -> dict[str, Any]:
    suggestion = suggestions.current_suggestion(learner, now)
    if suggestion is None:
        return {"suggestion": None}
    page = catalogue.module_page(suggestion.module_id, get_language() or "")
    return {
        "suggestion": suggestion,
        "suggested_page": page,
        "reason": suggestions.reason_text(suggestion),
        "evidence": suggestions.evidence_lines(suggestion),
    }


def _recent(learner: Learner) -> list[tuple[Attempt, str]]:
    taken = attempts.recent(learner)
    titles = catalogue.titles([attempt.module_id for attempt in taken], get_language() or "")
    return [(attempt, titles.get(attempt.module_id, attempt.module_id)) for attempt in taken]


def _objection(learner: Learner) -> Objection | None:
    return Objection.objects.filter(
        learner=learner, feature="team_levels", withdrawn_at=None
    ).first()


def _greeting(now: datetime, name: str) -> str:
    if now.hour < 10:
        return _("Good morning, %(name)s") % {"name": name}
    if now.hour < 18:
        return _("Hello, %(name)s") % {"name": name}
    return _("Good evening, %(name)s") % {"name": name}

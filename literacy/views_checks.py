"""The short check: three questions about a module, days later."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cms.blocks import Grade, UnreadableAnswer
from literacy import attempts, lessons, reviews
from literacy.models import Check, Learner, ModulePage
from literacy.privacy import access
from literacy.views import not_translated, page_in_language, seconds_of


@login_required
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask, take the answers, and show what came of them."""
    page = page_in_language(slug)
    if page is None:
        return not_translated(request, slug.upper())
    learner = access.own_learner(request.user)
    if request.method == "GET" and "done" in request.GET:
        return _result(request, page, learner)
    if taken := _taken(learner, page, request.POST.get("check", "")):
        return redirect(_result_url(taken))  # sent twice
    planned = learner.checks.filter(module=page.module, completed_at=None).first()
    if planned is None or planned.due_on > timezone.localdate():
        context = {"page": page, "planned": planned}
        return render(request, "literacy/check_later.html", context)
    if request.method == "POST":
        return _take(request, page, planned)
    return _ask(request, page, planned, {})


def _ask(
    request: HttpRequest,
    page: ModulePage,
    planned: Check,
    answers: dict[str, list[str]],
    *,
    problem: str = "",
) -> HttpResponse:
    items = reviews.start(planned, page, timezone.now())
    context = {
        "page": page,
        "planned": planned,
        "items": [_item(page, item["key"], answers.get(item["key"])) for item in items],
        "problem": problem,
    }
    return render(request, "literacy/check.html", context, status=400 if problem else 200)


def _take(request: HttpRequest, page: ModulePage, planned: Check) -> HttpResponse:
    items = reviews.start(planned, page, timezone.now())
    answers = {item["key"]: request.POST.getlist(f"{item['key']}-chosen") for item in items}
    try:
        reviews.take(planned, page, answers, timezone.now(), seconds_of(request))
    except UnreadableAnswer as error:
        return _ask(request, page, planned, answers, problem=str(error))
    return redirect(_result_url(planned))


def _result(request: HttpRequest, page: ModulePage, learner: Learner) -> HttpResponse:
    taken = _taken(learner, page, request.GET["done"])
    if taken is None:
        raise Http404
    result = reviews.take(taken, page, {}, timezone.now())
    context = {
        "page": page,
        "result": result,
        "right_count": sum(grade.share == 1 for grade in result.grades.values()),
        "items": [
            _item(page, key, list(grade.tasks[0].chosen), grade)
            for key, grade in result.grades.items()
        ],
        "take_away": getattr(attempts.last_completed(learner, page.module_id), "take_away", ""),
    }
    return render(request, "literacy/check_result.html", context)


def _taken(learner: Learner, page: ModulePage, number: str) -> Check | None:
    """Return a check that was taken; its own learner finds it, nobody else."""
    taken = learner.checks.filter(module=page.module).exclude(completed_at=None)
    return taken.filter(pk=number).first() if number.isdecimal() else None


def _result_url(taken: Check) -> str:
    return f"{reverse('module_check', args=[taken.module_id.lower()])}?done={taken.pk}"


def _item(page: ModulePage, key: str, chosen: list[str] | None, grade: Grade | None = None) -> Any:
    child = lessons.child_of(page.recall, key)
    context = {"answer": {"chosen": chosen or []}, "grade": grade}
    return child.block.render(child.value, context=context)

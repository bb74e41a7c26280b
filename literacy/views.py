"""The module room: the list, a module taken step by step, and its end."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, get_language_info, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cms.blocks import UnreadableAnswer
from literacy import attempts, catalogue, lessons
from literacy.models import Area, Attempt, Check, ModulePage
from literacy.privacy import access
from literacy.requests import HtmxRequest

READ = ("live_revision", "module__minutes", "locale__language_code")  # of a page in the cache
SECONDS_MAX = 24 * 3600


@dataclass(frozen=True)
class Refused:
    """An answer that could not be taken, to be shown where it was given."""

    key: str
    answer: Any
    problem: str


@login_required
@require_GET
def modules(request: HttpRequest) -> HttpResponse:
    """All modules in the reader's language, by area: the agent's own free choice."""
    by_area: dict[str, list[ModulePage]] = {}
    pages = catalogue.live_pages(get_language()).defer("body", "recall").order_by("module_id")
    for page in pages:
        by_area.setdefault(page.module.area_id, []).append(page)
    areas = [(area, by_area[area.pk]) for area in Area.objects.all() if area.pk in by_area]
    done = attempts.completed_module_ids(access.learner_of(request.user))
    return render(request, "literacy/modules.html", {"areas": areas, "done": done})


@login_required
@require_GET
def module(request: HttpRequest, slug: str) -> HttpResponse:
    page = catalogue.live_pages(get_language()).only(*READ).filter(module_id=slug.upper()).first()
    if page is None:
        return not_translated(request, slug.upper())
    return _module_page(request, page, attempts.under_way(request.user, page.module_id))


@login_required
@require_POST
def place(request: HttpRequest, slug: str) -> HttpResponse:
    """Remember the step that a learner is on."""
    page = _page_or_404(slug)
    key = request.POST.get("step", "")
    if key not in {child.value["key"] for child in page.body}:
        return HttpResponse(status=400)
    attempts.keep_place(_open_attempt(request, page), key)
    return HttpResponse(status=204)


@login_required
@require_http_methods(["GET", "POST"])
def answer(request: HtmxRequest, slug: str, key: str) -> HttpResponse:
    """Take an answer to an exercise; with htmx the step comes back, else the page."""
    page = _page_or_404(slug)
    exercise = catalogue.exercise(page, key)
    if exercise is None:
        raise Http404
    if request.method == "GET":  # the page was reloaded, or its language switched
        return redirect(_step_url(page, key))
    attempt = _open_attempt(request, page)
    attempts.keep_place(attempt, key)
    given: Any = None
    try:
        given = exercise.block.answer_from_form(exercise.value, request.POST)
        attempts.take(attempt, page, key, given, now=timezone.now(), seconds=seconds_of(request))
    except UnreadableAnswer as error:
        return _refuse(request, page, attempt, Refused(key, given, str(error)))
    except attempts.NoTriesLeft:
        pass  # the answer that counts is shown
    if request.htmx:
        return _one_step(request, page, attempt, key)
    return redirect(_step_url(page, key))


@login_required
@require_http_methods(["GET", "POST"])
def finish(request: HtmxRequest, slug: str) -> HttpResponse:
    """Complete the module; afterwards show what it gave and when it comes back."""
    page = _page_or_404(slug)
    if request.method == "GET":
        return _end_page(request, page)
    learner = access.own_learner(request.user)
    attempt = attempts.under_way(request.user, page.module_id)
    if attempt is None and attempts.last_completed(learner, page.module_id):
        return redirect("module_finish", slug=slug)  # sent twice
    attempt = attempt or _open_attempt(request, page)
    if still_open := attempts.open_exercises(attempt, page):
        problem = _("Answer this first. Then the module counts as done.")
        return _refuse(request, page, attempt, Refused(still_open[0], None, problem))
    try:
        words = _take_away(request, page)
    except UnreadableAnswer as error:
        return _refuse(request, page, attempt, Refused(error.field, None, str(error)))
    attempts.complete(attempt, now=timezone.now(), take_away=words)
    return redirect("module_finish", slug=slug)


# Pages


def _module_page(
    request: HttpRequest,
    page: ModulePage,
    attempt: Attempt | None,
    *,
    refused: Refused | None = None,
) -> HttpResponse:
    sitting = attempts.sitting_of(attempt)
    lesson = lessons.lesson_of(page)
    again = request.GET.get("again", "")
    screens = lessons.screens(page, lesson, sitting, again=again)
    if refused:
        screens = [_with_refusal(page, screen, refused) for screen in screens]
    place = refused.key if refused else again or sitting.place
    keys = [step.key for step in lesson.steps]
    context = {
        "lesson": lesson,
        "screens": screens,
        "place": place if place in keys else next(iter(keys), ""),
    }
    return render(request, "literacy/module.html", context, status=400 if refused else 200)


def _one_step(
    request: HttpRequest,
    page: ModulePage,
    attempt: Attempt,
    key: str,
    *,
    refused: Refused | None = None,
) -> HttpResponse:
    lesson = lessons.lesson_of(page)
    step = next(step for step in lesson.steps if step.key == key)
    screen = lessons.screen(page, step, attempts.sitting_of(attempt).given.get(key))
    if refused:
        screen = _with_refusal(page, screen, refused)
    context = {"lesson": lesson, "screen": screen, "place": key}
    return render(request, "literacy/_step.html", context, status=400 if refused else 200)


def _refuse(
    request: HtmxRequest, page: ModulePage, attempt: Attempt, refused: Refused
) -> HttpResponse:
    if request.htmx:
        return _one_step(request, page, attempt, refused.key, refused=refused)
    return _module_page(request, page, attempt, refused=refused)


def _with_refusal(page: ModulePage, screen: lessons.Screen, refused: Refused) -> lessons.Screen:
    if screen.key != refused.key:
        return screen
    return lessons.refused(page, screen, refused.answer, refused.problem)


def _end_page(request: HttpRequest, page: ModulePage) -> HttpResponse:
    learner = access.own_learner(request.user)
    attempt = attempts.last_completed(learner, page.module_id)
    if attempt is None:
        return redirect("module", slug=page.module_id.lower())
    context = {
        "page": page,
        "attempt": attempt,
        "takeaway": next(iter(_takeaways(page)), None),
        "movements": attempts.movements(attempt),
        "next_check": Check.objects.filter(
            learner=learner, module=attempt.module, completed_at=None
        ).first(),
    }
    return render(request, "literacy/module_end.html", context)


def not_translated(request: HttpRequest, module_id: str) -> HttpResponse:
    """Say where the module does exist; never show another language's text."""
    languages = catalogue.languages_of(module_id)
    if not languages:
        raise Http404
    links = []
    for language in languages:
        with override(language):
            url = reverse("module", args=[module_id.lower()])
        links.append((language, get_language_info(language)["name_local"], url))
    return render(request, "literacy/module_missing.html", {"links": links}, status=404)


# What a request is about


def page_in_language(slug: str) -> ModulePage | None:
    return catalogue.module_page(slug.upper(), get_language())


def _page_or_404(slug: str) -> ModulePage:
    page = page_in_language(slug)
    if page is None:
        raise Http404
    return page


def _open_attempt(request: HttpRequest, page: ModulePage) -> Attempt:
    return attempts.open_attempt(
        access.own_learner(request.user), page.module, language=get_language(), now=timezone.now()
    )


def _takeaways(page: ModulePage) -> list[Any]:
    return [child.value for child in page.body if child.block_type == lessons.TAKE_AWAY]


def _take_away(request: HttpRequest, page: ModulePage) -> str:
    """Return the words chosen or written at the take-away. Raises: UnreadableAnswer."""
    for value in _takeaways(page):
        words: str = value.block.words_from_form(value, request.POST)
        return words
    return ""


def seconds_of(request: HttpRequest) -> int | None:
    """Return the time an answer took, as the page measured it."""
    text = request.POST.get("seconds", "")
    return min(int(text), SECONDS_MAX) if text.isascii() and text.isdigit() else None


def _step_url(page: ModulePage, key: str) -> str:
    return f"{reverse('module', args=[page.module_id.lower()])}#step-{key}"

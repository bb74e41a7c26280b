"""Lines of a customer's quality forms: a person says once which criterion each is about."""

from collections import defaultdict
from collections.abc import Mapping

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching import tasks
from coaching.admin_views import pages
from coaching.models import Connection, Evaluation, EvaluationAnswer, EvaluationForm, FormLine
from literacy.models import Criterion

NOT_USED = "none"


def index(request: HttpRequest, slug: str) -> HttpResponse:
    connection = pages.connection_of(slug)
    lines = list(_lines(connection))
    criteria = list(Criterion.objects.all())
    if request.method == "POST":
        changed = _changed(lines, request.POST, {criterion.pk for criterion in criteria})
        _store(changed, request)
        return redirect("connections:lines", slug)
    return pages.connection_page(
        request,
        "lines.html",
        connection,
        title=_("Form lines"),
        forms=_by_form(lines),
        criteria=criteria,
        not_used=NOT_USED,
    )


def choice_of(line: FormLine) -> str:
    """Return what a line is set to: a criterion, not used, or nothing while nobody has said."""
    return line.criterion_id or (NOT_USED if line.mapped_at else "")


def _lines(connection: Connection) -> list[FormLine]:
    return list(
        FormLine.objects.filter(form__connection=connection)
        .select_related("form")
        .order_by("form__name", "form_id", "position")
    )


def _by_form(lines: list[FormLine]) -> list[tuple[EvaluationForm, list[tuple[FormLine, str]]]]:
    found: dict[EvaluationForm, list[tuple[FormLine, str]]] = defaultdict(list)
    for line in lines:
        found[line.form].append((line, choice_of(line)))
    return list(found.items())


def _changed(
    lines: list[FormLine], posted: Mapping[str, str], criteria: set[str]
) -> list[tuple[FormLine, str]]:
    allowed = criteria | {NOT_USED, ""}
    given = [(line, posted.get(f"line-{line.pk}", choice_of(line))) for line in lines]
    return [(line, to) for line, to in given if to in allowed and to != choice_of(line)]


def _store(changed: list[tuple[FormLine, str]], request: HttpRequest) -> None:
    """Set the lines, and let what was filled in on them be weighed anew."""
    if not changed:
        return
    for line, choice in changed:
        line.criterion_id = choice if choice not in (NOT_USED, "") else None
        line.mapped_by_id = request.user.pk if choice else None
        line.mapped_at = timezone.now() if choice else None
    touched = EvaluationAnswer.objects.filter(line__in=[line for line, _choice in changed])
    with transaction.atomic():
        FormLine.objects.bulk_update(
            [line for line, _choice in changed], ["criterion", "mapped_by", "mapped_at"]
        )
        evaluations = Evaluation.objects.filter(pk__in=touched.values("evaluation"))
        waiting = evaluations.update(weighed_at=None)
    if waiting:
        tasks.weigh_evidence.delay()
    text = ngettext("%(count)s line is saved.", "%(count)s lines are saved.", len(changed))
    messages.success(request, text % {"count": len(changed)})

"""How much a competence matters in a queue's work: an administrator says, suggestions weigh it."""

from collections.abc import Mapping

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coaching.admin_views import pages
from coaching.models import Connection, Importance, VendorQueue
from literacy.models import Competence

AS_USUAL = "1.0"
WEIGHTS: dict[str, str | Promise] = {
    "0.5": gettext_lazy("Matters less"),
    AS_USUAL: gettext_lazy("As usual"),
    "1.5": gettext_lazy("Matters more"),
    "2.0": gettext_lazy("Matters much more"),
}


class QueueForm(forms.Form):
    """Which queue is looked at; none stands for all."""

    queue = forms.ModelChoiceField(
        VendorQueue.objects.none(),
        label=gettext_lazy("Queue"),
        required=False,
        empty_label=gettext_lazy("All queues, of every platform"),
    )

    def __init__(self, connection: Connection, data: Mapping[str, str]) -> None:
        super().__init__(data)
        self.fields["queue"].queryset = connection.queues.order_by("name", "external_id")  # type: ignore[attr-defined]


class ImportanceForm(forms.Form):
    """A choice for each competence; one that nobody has made leaves no row."""

    def __init__(self, queue: VendorQueue | None, data: Mapping[str, str] | None) -> None:
        super().__init__(data)
        self.queue = queue
        said = Importance.objects.filter(queue=queue).values_list("competence_id", "weight")
        weights = {competence: str(weight) for competence, weight in said}
        for competence in Competence.objects.order_by("area__position", "position"):
            weight = weights.get(competence.pk, "")
            self.fields[competence.pk] = forms.ChoiceField(
                label=competence.name,
                required=False,
                choices=_choices(queue, weight),
                initial=weight,
            )

    @transaction.atomic
    def save(self) -> None:
        said = Importance.objects.filter(queue=self.queue)
        for competence, weight in self.cleaned_data.items():
            if weight:
                said.update_or_create(
                    queue=self.queue,
                    competence_id=competence,
                    defaults={"weight": float(weight)},
                )
            else:
                said.filter(competence_id=competence).delete()


def index(request: HttpRequest, slug: str) -> HttpResponse:
    connection = pages.connection_of(slug)
    queue = _queue(connection, request.GET.get("queue", ""))
    form = ImportanceForm(queue, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("It is saved. The next suggestions take it into account."))
        return redirect(_address(connection, queue))
    return pages.connection_page(
        request,
        "importance.html",
        connection,
        title=_("What matters"),
        queues=QueueForm(connection, {"queue": str(queue.pk) if queue else ""}),
        queue=queue,
        form=form,
    )


def _queue(connection: Connection, number: str) -> VendorQueue | None:
    if not number:
        return None
    return get_object_or_404(connection.queues, pk=int(number) if number.isdecimal() else None)


def _address(connection: Connection, queue: VendorQueue | None) -> str:
    page = reverse("connections:importance", args=[connection.slug])
    return f"{page}?queue={queue.pk}" if queue else page


def _choices(queue: VendorQueue | None, current: str) -> list[tuple[str, str | Promise]]:
    """Return what may be said; for all queues, "as usual" is to say nothing."""
    nothing = _("As in all queues") if queue else WEIGHTS[AS_USUAL]
    words = WEIGHTS if queue else {key: WEIGHTS[key] for key in WEIGHTS if key != AS_USUAL}
    other = {} if current in ("", *words) else {current: current}
    return [("", nothing), *{**words, **other}.items()]

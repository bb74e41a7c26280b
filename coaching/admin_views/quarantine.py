"""What was kept aside: its reason, its reference and its end; never what it says."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from coaching import tasks
from coaching.admin_views import pages
from coaching.models.connections import QuarantineReason

PAGE_SIZE = 50
LONGEST_ID = 18  # digits: what is longer is the id of nothing


def index(request: HttpRequest, slug: str) -> HttpResponse:
    connection = pages.connection_of(slug)
    waiting = connection.quarantine.waiting().defer("sealed")
    shown = Paginator(waiting, PAGE_SIZE).get_page(request.GET.get("p"))
    mapped = connection.agents.exclude(learner=None).values("external_id")
    return pages.connection_page(
        request,
        "quarantine.html",
        connection,
        title=_("Kept aside"),
        shown=shown,
        payloads=[(one, pages.RESOURCES.get(one.resource, one.resource)) for one in shown],
        can_be_taken_in=waiting.filter(
            reason=QuarantineReason.UNKNOWN_AGENT, agent_external_id__in=mapped
        ).count(),
    )


@require_POST
def retry(request: HttpRequest, slug: str) -> HttpResponse:
    tasks.replay_quarantine.delay(pages.connection_of(slug).pk)
    messages.success(request, _("What can be used by now is being taken in."))
    return redirect("connections:quarantine", slug)


@require_POST
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Delete the payloads that were ticked."""
    ticked = [
        int(pk)
        for pk in request.POST.getlist("payload")
        if pk.isdecimal() and len(pk) <= LONGEST_ID
    ]
    count, _by_model = pages.connection_of(slug).quarantine.filter(pk__in=ticked).delete()
    text = ngettext("%(count)s payload is deleted.", "%(count)s payloads are deleted.", count)
    messages.success(request, text % {"count": count})
    return redirect("connections:quarantine", slug)

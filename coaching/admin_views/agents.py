"""Agents of a platform and who they are here: a person maps those whose address told nothing.

A mapping that was a mistake is undone here too, with all that came of it.
"""

from collections.abc import Mapping

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import F
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching import tasks
from coaching.admin_views import pages
from coaching.intake import Busy, run_lock, withdrawing
from coaching.models import Connection, VendorAgent
from literacy.models import Learner

PAGE_SIZE = 50
ADDRESSES_OFFERED = 300


def index(request: HttpRequest, slug: str) -> HttpResponse:
    connection = pages.connection_of(slug)
    shown = _page(connection, request.GET.get("p"))
    problems: dict[int, str] = {}
    if request.method == "POST":
        problems = _map(connection, _given(request.POST, shown), request)
        if not problems:
            return redirect(request.get_full_path())
    return pages.connection_page(
        request,
        "agents.html",
        connection,
        title=_("Agents"),
        shown=shown,
        agents=[
            (agent, problems.get(agent.pk, ""), request.POST.get(f"email-{agent.pk}", ""))
            for agent in shown
        ],
        addresses=_addresses(connection),
    )


def unmap(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask once more in plain words, then undo a mapping."""
    connection = pages.connection_of(slug)
    mapped = connection.agents.exclude(learner=None).select_related("learner__user")
    agent = get_object_or_404(mapped, pk=pk)
    if request.method == "POST" and _unmap(agent, request):
        return redirect("connections:agents", slug)
    return pages.connection_page(
        request, "unmap.html", connection, title=_("Not this person"), agent=agent
    )


def _unmap(agent: VendorAgent, request: HttpRequest) -> bool:
    try:
        with run_lock(agent.connection):
            withdrawing.unmap(agent)
    except Busy:
        messages.error(request, _("Another job is at this connection. Try again in a while."))
        return False
    messages.success(request, _("The mapping is undone, and what came of it is deleted."))
    return True


def _page(connection: Connection, number: str | None) -> Page[VendorAgent]:
    agents = connection.agents.select_related("learner__user").order_by(
        F("learner").asc(nulls_first=True), "-active", "display_name", "external_id"
    )
    return Paginator(agents, PAGE_SIZE).get_page(number)


def _given(posted: Mapping[str, str], shown: Page[VendorAgent]) -> dict[VendorAgent, str]:
    """Return the addresses written beside agents that nobody has mapped."""
    written = {
        agent: posted.get(f"email-{agent.pk}", "").strip()
        for agent in shown
        if agent.learner_id is None
    }
    return {agent: address for agent, address in written.items() if address}


def _map(
    connection: Connection, given: dict[VendorAgent, str], request: HttpRequest
) -> dict[int, str]:
    """Map what is clear, and return a sentence for each agent whose address was not."""
    problems: dict[int, str] = {}
    mapped = 0
    for agent, address in given.items():
        found = list(Learner.objects.filter(user__email__iexact=address)[:2])
        if len(found) == 1:
            mapped += VendorAgent.objects.filter(pk=agent.pk, learner=None).update(
                learner=found[0], email="", display_name=""
            )
        else:
            problems[agent.pk] = _explain(address, len(found))
    if mapped:
        tasks.replay_quarantine.delay(connection.pk)
        text = ngettext(
            "%(count)s agent is mapped. What was kept aside is being taken in.",
            "%(count)s agents are mapped. What was kept aside is being taken in.",
            mapped,
        )
        messages.success(request, text % {"count": mapped})
    return problems


def _explain(address: str, count: int) -> str:
    if count:
        return _("More than one person has the address %(address)s.") % {"address": address}
    return _("Nobody here has the address %(address)s.") % {"address": address}


def _addresses(connection: Connection) -> list[str]:
    """Offer the addresses of people that this platform does not know yet."""
    others = Learner.objects.exclude(vendor_agents__connection=connection)
    addresses = others.annotate(address=Lower("user__email")).order_by("address")
    return list(addresses.values_list("address", flat=True)[:ADDRESSES_OFFERED])

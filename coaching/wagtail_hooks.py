"""The administrator's doors into the CMS: their addresses and their entries in the menu."""

from django.http import HttpRequest
from django.urls import URLResolver, include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from coaching.admin_views import urls
from coaching.admin_views.access import may_administer
from coaching.admin_views.people import urls as people_urls


class AdministratorsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_administer(request.user)


@hooks.register("register_admin_urls")
def connections_urls() -> list[URLResolver]:
    return [path("connections/", include(urls))]


@hooks.register("register_admin_urls")
def people_and_teams_urls() -> list[URLResolver]:
    return [path("people/", include(people_urls))]


@hooks.register("register_admin_menu_item")
def people_and_teams_item() -> MenuItem:
    address = reverse_lazy("people:index")
    return AdministratorsItem(
        _("People and teams"), address, name="people", icon_name="group", order=690
    )


@hooks.register("register_admin_menu_item")
def connections_item() -> MenuItem:
    address = reverse_lazy("connections:index")
    return AdministratorsItem(
        _("Connections"), address, name="connections", icon_name="link", order=700
    )

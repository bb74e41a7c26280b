"""The administrator's door into the CMS: its addresses and its entry in the menu."""

from django.http import HttpRequest
from django.urls import URLResolver, include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from coaching.admin_views import urls
from coaching.admin_views.access import may_administer


class AdministratorsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_administer(request.user)


@hooks.register("register_admin_urls")
def connections_urls() -> list[URLResolver]:
    return [path("connections/", include(urls))]


@hooks.register("register_admin_menu_item")
def connections_item() -> MenuItem:
    address = reverse_lazy("connections:index")
    return AdministratorsItem(
        _("Connections"), address, name="connections", icon_name="link", order=700
    )

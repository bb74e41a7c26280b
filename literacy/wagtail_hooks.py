"""The author's side of modules: which languages are behind, and no button that would undo them."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from literacy.models import ModulePage
from literacy.views_languages import LanguagesReport, make_draft

# wagtail-localize puts source text where a translation is missing; a module must not.
UNDOING_ACTIONS = {"localize-restart-translation", "localize-convert-to-alias"}


@hooks.register("construct_page_action_menu")
def keep_language_pages_ordinary(
    menu_items: list[Any], request: HttpRequest, context: dict[str, Any]
) -> None:
    if isinstance(context.get("page"), ModulePage):
        menu_items[:] = [item for item in menu_items if item.name not in UNDOING_ACTIONS]


@hooks.register("register_admin_urls")
def languages_report_urls() -> list[URLPattern]:
    return [
        path("modules/languages/", LanguagesReport.as_view(), name="module_languages"),
        path("modules/<int:page_id>/<str:language>/", make_draft, name="module_draft"),
    ]


@hooks.register("register_reports_menu_item")
def languages_report_item() -> MenuItem:
    return MenuItem(
        _("Modules by language"), reverse("module_languages"), icon_name="globe", order=100
    )


@hooks.register("construct_reports_menu")
def hide_string_report(request: HttpRequest, menu_items: list[MenuItem]) -> None:
    """Hide the report that counts translated strings: our pages are whole texts."""
    string_report = reverse("wagtail_localize:translations_report")
    menu_items[:] = [item for item in menu_items if getattr(item, "url", "") != string_report]

"""The author's report of modules by language, and a draft where a language is missing."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Locale

from literacy.checklist import language_states
from literacy.languages import READER
from literacy.models import AreaPage, Module, ModulePage


class LanguagesReport(WagtailAdminTemplateMixin, View):
    page_title = _("Modules by language")
    header_icon = "globe"
    template_name = "literacy/languages_report.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data())

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pages = ModulePage.objects.defer("body", "recall").select_related("locale")
        states = language_states(pages.order_by("-live", "-locale__language_code"))
        rows = [(module, states.get(module.pk, [])) for module in Module.objects.all()]
        return {**super().get_context_data(**kwargs), "rows": rows, "languages": READER}


@require_POST
def make_draft(request: HttpRequest, page_id: int, language: str) -> HttpResponse:
    """Copy a module page as an unpublished page of another language, keys and answers in place."""
    page = get_object_or_404(ModulePage, pk=page_id)
    locale = get_object_or_404(Locale, language_code=language)
    area = get_object_or_404(AreaPage, area=page.module.area_id, locale=locale)
    if not area.permissions_for_user(request.user).can_add_subpage():
        raise PermissionDenied
    draft = page.get_translation_or_none(locale) or page.copy_for_translation(locale)
    return redirect("wagtailadmin_pages:edit", draft.pk)

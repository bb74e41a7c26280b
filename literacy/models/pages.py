"""Every page type: the tree of one language is home, areas, modules."""

from types import SimpleNamespace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.search import index

from cms.blocks import LessonStream, RecallStream
from cms.models import BasePage
from literacy import lessons, publishing
from literacy.checklist import ChecklistPanel
from literacy.models.framework import Area, Module

RESERVED_SLUGS = {"my", "team", "modules", "accounts", "api", "cms", "ws"}


def refuse_reserved_slug(page: Page) -> None:
    if page.slug in RESERVED_SLUGS and page.depth in (None, 3):
        raise ValidationError({"slug": _("This address is used by the product itself.")})


class HomePage(BasePage):
    """The public front page of one language."""

    lead = models.CharField(_("lead"), max_length=300, blank=True)
    body = RichTextField(_("text"), blank=True, features=["h2", "bold", "italic", "ul", "link"])

    content_panels = [*BasePage.content_panels, FieldPanel("lead"), FieldPanel("body")]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["literacy.AreaPage"]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        modules = ModulePage.objects.descendant_of(self).live().defer("body", "recall")
        return {
            **super().get_context(request, *args, **kwargs),
            "areas": AreaPage.objects.child_of(self).live().select_related("area"),
            "example": modules.order_by("module__area__position", "module_id").last(),
        }


class AreaPage(BasePage):
    """One of the five areas in one language, with its modules."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="pages")
    lead = models.CharField(_("lead"), max_length=400, blank=True)

    content_panels = [*BasePage.content_panels, FieldPanel("area"), FieldPanel("lead")]
    parent_page_types = ["literacy.HomePage"]
    subpage_types = ["literacy.ModulePage"]

    class Meta:
        verbose_name = _("area page")
        verbose_name_plural = _("area pages")

    def clean(self) -> None:
        super().clean()
        refuse_reserved_slug(self)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        modules = ModulePage.objects.child_of(self).live().select_related("module")
        return {**super().get_context(request, *args, **kwargs), "modules": modules}


class ModulePageForm(WagtailAdminPageForm):
    """Tells the author before publishing what `ModulePage.save` would refuse."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.is_deferred_validation and {"module", "body", "recall"} <= cleaned.keys():
            self.instance.module = cleaned["module"]
            words = SimpleNamespace(body=cleaned["body"], recall=cleaned["recall"])
            for message in publishing.refusals(self.instance, words):
                self.add_error(None, message)
        return cleaned


class ModulePage(BasePage):
    """A module's words in one language, served by `literacy.views` at /<lang>/modules/<id>/."""

    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="pages")
    summary = models.CharField(
        _("summary"), max_length=300, help_text=_("One sentence: what it gives the learner.")
    )
    trains = models.CharField(
        _("what it trains"),
        max_length=120,
        help_text=_("Ends the sentence “The module trains …”, in small letters."),
    )
    body = StreamField(LessonStream(), verbose_name=_("lesson"), use_json_field=True)
    recall = StreamField(RecallStream(), verbose_name=_("recall items"), blank=True)

    content_panels = [
        ChecklistPanel(),
        FieldPanel("title", classname="title"),
        FieldPanel("module"),
        FieldPanel("summary"),
        FieldPanel("trains"),
        FieldPanel("body"),
        FieldPanel("recall"),
    ]
    promote_panels: list[Any] = []  # behind sign-in; its address follows from its module
    search_fields = [*BasePage.search_fields, index.SearchField("summary")]
    base_form_class = ModulePageForm
    parent_page_types = ["literacy.AreaPage"]
    subpage_types: list[str] = []
    template = "literacy/module.html"

    class Meta:
        verbose_name = _("module page")
        verbose_name_plural = _("module pages")

    def save(self, clean: bool = True, **kwargs: Any) -> Any:
        """Guard the one way on which words go live, whoever publishes and from where."""
        goes_live = clean and self.live and not kwargs.get("update_fields")
        if goes_live:
            publishing.refuse_differences(self)
        saved = super().save(clean=clean, **kwargs)
        if goes_live:
            publishing.note_publication(self)
        return saved

    def get_url_parts(self, request: HttpRequest | None = None) -> Any:
        parts = super().get_url_parts(request)
        if parts is None:
            return None
        site_id, root_url, _path = parts
        with translation.override(self.locale.language_code):
            return site_id, root_url, reverse("module", args=[self.module_id.lower()])

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.get_url(request))

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        return lessons.preview(request, self)

"""The page that every page type builds on; page types themselves stand in the apps above."""

from wagtail.admin.panels import FieldPanel
from wagtail.models import Page


class BasePage(Page):
    """A page with only the settings an author of lessons needs."""

    promote_panels = [FieldPanel("slug"), FieldPanel("search_description")]

    class Meta:
        abstract = True

"""What the editor lets an author do."""

from django.conf import settings
from wagtail.rich_text import features

from cms.blocks.structure import RichBlock
from cms.models import BasePage


def test_rich_text_offers_emphasis_and_lists_alone() -> None:
    assert features.get_default_features() == ["bold", "italic", "ul", "ol"]
    assert RichBlock().features == ["bold", "italic", "ul", "ol"]


def test_base_page_is_no_page_of_its_own() -> None:
    assert BasePage._meta.abstract
    assert "cms" in settings.INSTALLED_APPS

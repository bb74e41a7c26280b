"""Keep the editor small: four ways to shape a text, no links into the unknown, no raw HTML."""

from wagtail import hooks
from wagtail.rich_text.feature_registry import FeatureRegistry

from cms.blocks.structure import RICH_TEXT_FEATURES


@hooks.register("register_rich_text_features", order=100)  # after Wagtail and its apps
def keep_rich_text_plain(features: FeatureRegistry) -> None:
    features.default_features = list(RICH_TEXT_FEATURES)

"""A picture, never without its words."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageChooserBlock

from cms.blocks import previews
from cms.blocks.base import LessonBlock, Value


class ImageBlock(LessonBlock):
    image = ImageChooserBlock(label=_("Picture"), help_text=_("No text in the picture."))
    alt = CharBlock(
        label=_("In words"), help_text=_("What the picture says, for those who cannot see it.")
    )
    caption = CharBlock(required=False, label=_("Caption"))

    class Meta:
        icon = "image"
        label = _("Picture")
        description = _("A picture with the words for those who cannot see it.")
        template = "cms/blocks/image.html"

    def get_preview_value(self) -> Any:
        return self.normalize({**previews.image(), "image": get_image_model().objects.first()})

    def public(self, value: Value) -> dict[str, Any]:
        image = value["image"]
        return {**super().public(value), "image": getattr(image, "pk", image)}

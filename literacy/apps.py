"""The app and what it registers at start."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LiteracyConfig(AppConfig):
    name = "literacy"
    verbose_name = _("Learning")

    def ready(self) -> None:
        from literacy import signals  # noqa: F401 - registered by import
        from literacy.privacy import data  # noqa: F401 - registers this app's data classes

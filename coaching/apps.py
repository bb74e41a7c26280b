"""The app and what it registers at start."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class CoachingConfig(AppConfig):
    name = "coaching"
    verbose_name = _("Coaching")

    def ready(self) -> None:
        from coaching import checks  # noqa: F401 - registered by import
        from coaching.models import data  # noqa: F401 - registers this app's data classes
        from coaching.release.levels import verify_tables

        verify_tables(settings.RELEASE_K)  # other tables would betray people: refuse to start

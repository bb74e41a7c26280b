"""Wiring as an app, so that its checks and translations are found."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config import checks, metrics, release_role  # noqa: F401 - registered by import

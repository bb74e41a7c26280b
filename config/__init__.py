"""Wiring: settings, addresses, servers and the worker. Nothing imports it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]

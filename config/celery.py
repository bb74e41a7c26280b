"""The worker and what it does when: every schedule of the product stands here."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

TRANSPORT_ALIASES["folder"] = "config.file_queue:Transport"

app = Celery("dagskurs")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "sync-connections": {"task": "coaching.sync_all", "schedule": crontab(minute="*/30")},
    "read-sentiment": {"task": "coaching.read_sentiment", "schedule": crontab(minute="25")},
    "watch-connections": {"task": "coaching.watch_connections", "schedule": crontab(minute="5")},
    "weigh-evidence": {"task": "coaching.weigh_evidence", "schedule": crontab(minute="15")},
    "close-weeks": {"task": "coaching.close_weeks", "schedule": crontab(minute="0", hour="3")},
    "suggest-modules": {
        "task": "coaching.suggest_modules",
        "schedule": crontab(minute="30", hour="4"),
    },
    "settle-roles": {"task": "literacy.settle_roles", "schedule": crontab(minute="5", hour="0")},
    "retention": {"task": "coaching.retention", "schedule": crontab(minute="0", hour="2")},
    "end-kept-aside": {"task": "coaching.end_kept_aside", "schedule": crontab(minute="45")},
    "beat-alive": {"task": "coaching.worker_alive", "schedule": 60.0},
}


@setup_logging.connect
def keep_our_logging(**kwargs: object) -> None:
    """Stop Celery from replacing the structured logging that settings configure."""

"""Structured logs on standard output: one JSON object a line, without personal data."""

import logging.config
from typing import Any

import structlog

_UNWANTED = ("email", "password", "token", "authorization", "cookie", "secret", "name", "text")


def drop_personal_fields(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Blank every field whose name says that it may hold a person or a secret."""
    for field in event:
        if field not in {"event", "logger"} and any(word in field.lower() for word in _UNWANTED):
            event[field] = "[removed]"
    return event


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    drop_personal_fields,
]


def configure(wanted: dict[str, Any]) -> None:
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": SHARED,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.format_exc_info,
                        structlog.processors.JSONRenderer(ensure_ascii=False),
                    ],
                }
            },
            "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"handlers": ["out"], "level": wanted["level"]},
            "loggers": {
                "httpx": {"level": "WARNING"},  # logs full addresses, which may hold ids
                "httpcore": {"level": "WARNING"},
                "django_tasks": {"level": "WARNING"},  # two lines for each saved page
                "wagtail": {"level": "WARNING"},
                "django.server": {"handlers": ["out"], "propagate": False},
            },
        }
    )

"""Liveness, readiness, metrics and what every answer carries."""

import pytest
from django.test import Client

from config.logs import drop_personal_fields


def test_healthz_needs_no_database(client: Client) -> None:
    assert client.get("/healthz").content == b"ok"


@pytest.mark.django_db
def test_readyz_names_every_part(client: Client) -> None:
    assert client.get("/readyz").json() == {
        "ready": True,
        "database": "ok",
        "migrations": "ok",
        "queue": "ok",
        "cache": "ok",
    }


@pytest.mark.django_db
def test_metrics_answer_this_machine_alone(client: Client) -> None:
    client.get("/healthz")

    here = client.get("/metrics")
    there = client.get("/metrics", REMOTE_ADDR="10.0.0.9")
    forwarded = client.get("/metrics", headers={"x-forwarded-for": "10.0.0.9"})

    assert b"dagskurs_request_seconds_count" in here.content
    assert (there.status_code, forwarded.status_code) == (404, 404)


@pytest.mark.django_db
def test_every_page_says_what_it_may_load(client: Client) -> None:
    response = client.get("/accounts/login/")

    assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "unsafe-inline" not in response.headers["Content-Security-Policy"]


def test_logs_drop_fields_that_may_hold_a_person() -> None:
    event = {"event": "run ended", "logger": "x", "email": "a@b.c", "agent_name": "Kim", "rows": 4}

    assert drop_personal_fields(None, "info", dict(event)) == {
        **event,
        "email": "[removed]",
        "agent_name": "[removed]",
    }

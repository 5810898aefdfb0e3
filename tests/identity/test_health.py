"""Health: alive for anybody, ready only with what it needs."""

import pytest
import sqlalchemy.exc
from flask import Flask

from app.identity.queries import health as queries
from tests import cast


def test_healthz_is_open(app: Flask) -> None:
    answer = cast.anonymous().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_readyz_says_which_wall_stands_between_organizations(app: Flask, dialect: str) -> None:
    answer = cast.anonymous().get("/readyz")
    wall = {"sqlite": "application", "postgresql": "application role"}[dialect]
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "database": "connected", "broker": "none", "isolation": wall}


def test_readyz_says_when_the_second_role_could_not_be_taken(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "application_role_in_force", lambda: False)
    answer = cast.anonymous().get("/readyz")
    assert (answer.status_code, answer.json["isolation"]) == (200, "policies and triggers")


def test_is_not_ready_without_its_database(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def down() -> bool:
        raise sqlalchemy.exc.OperationalError("SELECT 1", {}, Exception("secret host name"))

    monkeypatch.setattr(queries, "database_answers", down)
    answer = cast.anonymous().get("/readyz")
    assert (answer.status_code, answer.json["database"]) == (503, "unreachable")
    assert "secret" not in answer.text


def test_is_ready_with_its_broker(app: Flask, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "REDIS_URL", redis_url)
    answer = cast.anonymous().get("/readyz")
    assert (answer.status_code, answer.json["broker"]) == (200, "connected")


def test_is_not_ready_when_the_broker_it_was_given_is_gone(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "REDIS_URL", "redis://127.0.0.1:1/0")
    answer = cast.anonymous().get("/readyz")
    assert (answer.status_code, answer.json["broker"]) == (503, "unreachable")

"""The database hangs up: a command is tried again, a page says come back, and then all is as before."""

import time

import psycopg
import pytest
from flask import Flask

from app.kernel.actor import Actor
from app.platform import database
from tests import cast
from tests.databases import on_postgresql_only
from tests.ledger.workshop import Workshop
from tests.recipes.workshop import Workshop as Makers

_HANG_UP = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"


def hang_up(app: Flask) -> None:
    url = app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        ended = connection.execute(_HANG_UP, [connection.info.dbname]).fetchall()
    assert ended
    time.sleep(0.05)


@pytest.fixture
def owner(fresh_app: Flask) -> Actor:
    return cast.owner_of(cast.make_organization())


@on_postgresql_only
def test_a_command_is_tried_again(fresh_app: Flask, owner: Actor) -> None:
    with fresh_app.app_context():
        shop = Workshop(owner)
        oats = shop.item()
        shop.receive(oats, 8)
        hang_up(fresh_app)
        shop.issue(oats, 5)
        assert shop.stock(oats)[0] == "3"


@on_postgresql_only
def test_a_reader_is_told_to_come_back_at_most_once(fresh_app: Flask, owner: Actor) -> None:
    makers = Makers(cast.api(owner))
    oats = makers.item()
    hang_up(fresh_app)
    answers = [makers.api.get(f"/items/{oats['id']}") for _ in range(3)]
    assert [answer.status_code for answer in answers[1:]] == [200, 200]
    assert answers[0].status_code in {200, 503}
    assert answers[0].status_code == 200 or answers[0].headers["Retry-After"]


@on_postgresql_only
def test_a_connection_that_lay_idle_is_asked_first(
    fresh_app: Flask, owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_TRUSTED_SECONDS", 0.0)
    makers = Makers(cast.api(owner))
    oats = makers.item()
    hang_up(fresh_app)
    assert makers.see(oats)["on_hand"] == "0"

"""How often something may be asked: one count for all workers with Redis, and nobody refused when it is away."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.ids import uuid7
from app.platform import codes as addresses
from app.platform import rate
from tests import cast
from tests.databases import application, dispose, on_sqlite_only
from tests.servers import _free_port

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def tries(app: Flask, count: int, key: str, at: datetime = NOON) -> list[int]:
    """What so many tries in one minute are answered, three of which may pass."""
    with app.app_context(), clock.set_to(at):
        return [rate.take_for("test", key, limit=3, seconds=60) for _ in range(count)]


@on_sqlite_only
class TestInOneProcess:
    def test_the_fourth_waits_until_the_next_minute(self, app: Flask) -> None:
        assert tries(app, 5, "a", NOON + timedelta(seconds=20)) == [0, 0, 0, 40, 40]
        assert tries(app, 1, "a", NOON + timedelta(seconds=60)) == [0]

    def test_one_does_not_wait_for_another(self, app: Flask) -> None:
        tries(app, 5, "a")
        assert tries(app, 1, "b") == [0]

    def test_asking_how_long_counts_nothing(self, app: Flask) -> None:
        with app.app_context(), clock.set_to(NOON):
            assert [rate.wait_for("test", "c", limit=1, seconds=60) for _ in range(3)] == [0, 0, 0]
            rate.take_for("test", "c", limit=1, seconds=60)
            assert rate.wait_for("test", "c", limit=1, seconds=60) == 60

    @pytest.mark.parametrize(
        ("address", "key"),
        [("192.0.2.7", "192.0.2.7"), ("2001:db8::17", "2001:db8::/64"), ("2001:db8::ffff:1:2", "2001:db8::/64"),
         ("::ffff:192.0.2.7", "192.0.2.7"), ("::FFFF:c000:207", "192.0.2.7"), ("fe80::1%eth0", "fe80::/64"),
         ("unknown", "unknown")],
    )  # fmt: skip
    def test_one_sender_of_an_ipv6_network_is_counted_once(self, app: Flask, address: str, key: str) -> None:
        with app.test_request_context(environ_overrides={"REMOTE_ADDR": address}):
            assert rate.sender() == key


@on_sqlite_only
class TestWithRedis:
    def test_two_workers_count_together(self, database_url: str, redis_url: str, tmp_path: Path) -> None:
        workers = [application(database_url, tmp_path, redis_url=redis_url) for _ in range(2)]
        key = str(uuid4())
        given = [tries(workers[n % 2], 1, key)[0] for n in range(5)]
        for worker in workers:
            dispose(worker)
        assert given == [0, 0, 0, 60, 60]

    def test_nobody_is_refused_because_it_is_away_and_the_log_says_so(
        self, database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        worker = application(database_url, tmp_path, redis_url=f"redis://127.0.0.1:{_free_port()}/0")
        with caplog.at_level(logging.WARNING):
            given = tries(worker, 5, "a")
        dispose(worker)
        assert given == [0, 0, 0, 60, 60]
        assert [record.message for record in caplog.records] == [
            "Redis does not answer (ConnectionError): requests are counted by this process alone"
        ]


@on_sqlite_only
class TestAtTheDoors:
    def test_an_address_that_keeps_sending_wrong_tokens_waits_before_any_is_looked_up(self, maker: Actor) -> None:
        browser, token = cast.anonymous(), cast.token_for(maker)

        def ask(said: str, address: str = "192.0.2.66") -> cast.Reply:
            where = {"REMOTE_ADDR": address}
            return browser.get("/api/v1/me", headers={"Authorization": f"Bearer {said}"}, environ_overrides=where)

        with clock.set_to(NOON):
            assert {ask(f"bt_wrong{n}").status_code for n in range(60)} == {401}
            refused = ask(token)
            assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
            assert ask(token, "192.0.2.67").status_code == 200
        with clock.set_to(NOON + timedelta(minutes=1)):
            assert ask(token).status_code == 200

    def test_a_person_who_follows_unknown_codes_waits(self, viewer: Actor, stranger: Actor) -> None:
        browser = cast.signed_in(viewer)
        codes = [addresses.token(each.organization_id, uuid7()) for each in (viewer, stranger)] + ["nonsense"]
        with clock.set_to(NOON + timedelta(days=1)):
            browser = cast.signed_in(viewer)
            assert {browser.get(f"/q/{codes[n % 3]}").status_code for n in range(30)} == {404}
            refused = browser.get(f"/q/{codes[0]}")
            assert refused.status_code == 429
            assert refused.headers["Retry-After"] == "60"
            assert cast.signed_in(stranger).get(f"/q/{codes[0]}").status_code == 404

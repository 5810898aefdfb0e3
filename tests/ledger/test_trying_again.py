"""What is passing is tried again: deadlocks, time-outs, lost connections, races; a bug is not."""

import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError, OperationalError

from app.inventory.services import adjustment
from app.inventory.services.adjustment import ledger
from app.kernel import clock
from app.kernel.errors import Unavailable
from app.platform import commands, tenancy
from app.platform.commands import Answer
from app.platform.database import execute
from app.platform.models import Command
from tests.databases import on_postgresql_only, on_sqlite_only
from tests.ledger.test_commands import KEY, postings, remembered, together
from tests.ledger.workshop import Workshop, amount, money


def command_row(shop: Workshop, key: str) -> dict[str, Any]:
    """A command of the organization that was never answered."""
    actor = shop.actor
    row = {"organization_id": actor.organization_id, "key": key, "body_hash": b"", "person_id": actor.person_id}
    return {**row, "recorded_at": clock.now()}


class Failing:
    """A command that fails in some way the first `times` times."""

    def __init__(self, shop: Workshop, item: Any, fail: Callable[[], Any], times: int = 1) -> None:
        self.shop, self.item, self.fail, self.times, self.attempts = shop, item, fail, times, 0

    def __call__(self) -> Answer:
        self.attempts += 1
        said = adjustment.Receipt(self.item, amount("1"), unit_cost=money("1"))
        adjustment.receive(self.shop.actor, said)
        if self.attempts <= self.times:
            self.fail()
        return Answer(201, {"attempt": self.attempts})


def raise_state(state: str) -> Callable[[], Any]:
    """Let PostgreSQL itself fail so."""
    statement = f"DO $$ BEGIN RAISE EXCEPTION 'as it happens' USING ERRCODE = '{state}'; END $$"
    return lambda: execute(sa.text(statement))


class TestTryingAgain:
    """Deadlocks, time-outs and races pass; the rest does not."""

    @on_postgresql_only
    @pytest.mark.parametrize("state", ["40001", "40P01", "55P03", "23505"])
    def test_what_passes_is_tried_again_and_done_once(self, shop: Workshop, state: str) -> None:
        oats = shop.item()
        command = Failing(shop, oats, raise_state(state))

        answer = commands.run(shop.actor, KEY, {}, command)

        assert (answer.body, shop.stock(oats)[0], postings(shop)) == ({"attempt": 2}, "1", 1)

    @on_postgresql_only
    @pytest.mark.parametrize("state", ["23514", "22003", "42501"])
    def test_a_bug_is_not_tried_again(self, shop: Workshop, state: str) -> None:
        oats = shop.item()
        command = Failing(shop, oats, raise_state(state))

        with pytest.raises(sa.exc.DBAPIError):
            commands.run(shop.actor, KEY, {}, command)

        assert (command.attempts, postings(shop), remembered(shop)) == (1, 0, 0)

    @on_postgresql_only
    def test_after_four_attempts_the_books_are_busy(self, shop: Workshop) -> None:
        oats = shop.item()
        command = Failing(shop, oats, raise_state("40P01"), times=9)

        with pytest.raises(Unavailable) as refusal:
            commands.run(shop.actor, KEY, {}, command)

        assert (command.attempts, refusal.value.status, refusal.value.details) == (4, 503, {"retry_after": 2})
        assert (postings(shop), remembered(shop)) == (0, 0)
        assert commands.run(shop.actor, KEY, {}, Failing(shop, oats, lambda: None, times=0)).replayed is False

    @on_postgresql_only
    def test_a_lost_connection_is_tried_again(self, shop: Workshop, database_url: str) -> None:
        oats = shop.item()

        def cut() -> None:
            number = execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
            with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as superuser:
                superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
            execute(sa.text("SELECT 1"))

        answer = commands.run(shop.actor, KEY, {}, Failing(shop, oats, cut))

        assert (answer.body, postings(shop)) == ({"attempt": 2}, 1)

    @on_sqlite_only
    def test_a_locked_file_is_tried_again(self, shop: Workshop) -> None:
        def locked() -> None:
            raise OperationalError("BEGIN", None, Exception("database is locked"))

        answer = commands.run(shop.actor, KEY, {}, Failing(shop, shop.item(), locked))

        assert (answer.body, postings(shop)) == ({"attempt": 2}, 1)

    def test_a_race_for_a_unique_value_is_tried_again(self, shop: Workshop) -> None:
        oats = shop.item()
        row = command_row(shop, "twice")

        def collide() -> None:
            for _ in range(2):
                execute(sa.insert(Command).values(row))

        answer = commands.run(shop.actor, KEY, {}, Failing(shop, oats, collide))

        assert (answer.body, postings(shop)) == ({"attempt": 2}, 1)

    def test_a_unique_value_that_stays_taken_is_a_bug_and_loud(self, shop: Workshop) -> None:
        row = command_row(shop, KEY)
        command = Failing(shop, shop.item(), lambda: execute(sa.insert(Command).values(row)), times=9)

        with pytest.raises(IntegrityError):
            commands.run(shop.actor, KEY, {}, command)

        assert (command.attempts, postings(shop), remembered(shop)) == (commands.ATTEMPTS, 0, 0)

    @on_postgresql_only
    def test_two_that_lock_crosswise_both_come_through(self, shop: Workshop, app: Flask) -> None:
        one, other = shop.item("Oats"), shop.item("Flour")
        gate = threading.Barrier(2)

        def lock(first: Any, second: Any) -> Callable[[], Answer]:
            tries: list[int] = []

            def command() -> Answer:
                tries.append(1)
                ledger.lock_items(shop.actor, [first])
                if len(tries) == 1:
                    gate.wait()
                ledger.lock_items(shop.actor, [second])
                return Answer(200, {"tries": len(tries)})

            return command

        def run(first: Any, second: Any) -> Answer:
            tenancy.bind(shop.actor.organization_id)
            return commands.run(shop.actor, None, {}, lock(first, second))

        answers = together(app, [lambda: run(one, other), lambda: run(other, one)])

        assert sorted(answer.body["tries"] for answer in answers) == [1, 2]

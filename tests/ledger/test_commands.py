"""Commands: one key, one effect, remembered for ever; what fails leaves no trace; what is passing is tried again."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError, OperationalError

from app.inventory.models import StockPosting
from app.inventory.services import adjustment
from app.inventory.services.adjustment import InsufficientStock, Posted, ledger
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, Unavailable
from app.kernel.permissions import Permission
from app.platform import commands, tenancy
from app.platform.commands import Answer, IdempotencyMismatch, RememberedRefusal
from app.platform.database import execute
from app.platform.models import Command
from tests.cast import actor_of
from tests.databases import on_postgresql_only, on_sqlite_only
from tests.ledger.workshop import Workshop, amount, money

KEY = "a form that was sent"


def postings(shop: Workshop) -> int:
    query = sa.select(sa.func.count()).where(StockPosting.organization_id == shop.actor.organization_id)
    return int(shop.look(lambda: execute(query.select_from(StockPosting)).scalar_one()))


def remembered(shop: Workshop, key: str = KEY) -> int:
    query = sa.select(sa.func.count()).select_from(Command)
    mine = query.where(Command.organization_id == shop.actor.organization_id, Command.key == key)
    return int(shop.look(lambda: execute(mine).scalar_one()))


def send(shop: Workshop, item: Any, quantity: str, *, key: str = KEY, actor: Actor | None = None) -> Answer:
    """A receipt as a route sends it: the body is what was asked."""
    actor = actor or shop.actor
    tenancy.bind(actor.organization_id)

    def receive() -> Answer:
        said = adjustment.Receipt(item, amount(quantity), unit_cost=money("2"))
        return Answer(201, {"number": adjustment.receive(actor, said).number})

    return commands.run(actor, key, {"item": str(item), "quantity": quantity}, receive)


class TestOneKeyOneEffect:
    """C39."""

    def test_the_same_request_twice_is_one_posting_and_one_answer(self, shop: Workshop) -> None:
        oats = shop.item()

        first, second = send(shop, oats, "3"), send(shop, oats, "3")

        assert (first.body, first.replayed) == ({"number": "RCP-000001"}, False)
        assert (second.status, second.body, second.replayed) == (201, first.body, True)
        assert (postings(shop), shop.stock(oats)) == (1, ("3", "6"))

    def test_the_same_key_for_another_quantity_is_refused(self, shop: Workshop) -> None:
        oats = shop.item()
        send(shop, oats, "3")

        with pytest.raises(IdempotencyMismatch) as refusal:
            send(shop, oats, "4")

        assert (refusal.value.status, list(refusal.value.errors)) == (422, ["Idempotency-Key"])
        assert (postings(shop), send(shop, oats, "3").replayed) == (1, True)

    def test_somebody_elses_key_is_not_mine(self, shop: Workshop, organization: Any) -> None:
        oats, other = shop.item(), actor_of(organization, "manager")
        send(shop, oats, "3")

        with pytest.raises(IdempotencyMismatch):
            send(shop, oats, "3", actor=other)

        assert postings(shop) == 1

    def test_another_organization_may_use_the_same_key(self, shop: Workshop, stranger: Actor) -> None:
        theirs = Workshop(stranger)
        send(shop, shop.item(), "3")

        assert send(theirs, theirs.item(), "3").replayed is False
        assert (postings(shop), postings(theirs)) == (1, 1)

    def test_without_a_key_the_same_thing_may_be_done_twice(self, shop: Workshop) -> None:
        oats = shop.item()
        shop.receive(oats, "3")
        shop.receive(oats, "3")

        assert shop.stock(oats)[0] == "6"


class TestRefusals:
    """Some are remembered, some are not; none leaves a trace."""

    def test_a_refusal_is_remembered_even_when_stock_has_come(self, shop: Workshop) -> None:
        oats = shop.item()
        shop.receive(oats, "1")
        with pytest.raises(InsufficientStock) as first:
            use(shop, oats, "5")
        shop.receive(oats, "10")

        with pytest.raises(RememberedRefusal) as second:
            use(shop, oats, "5")

        assert second.value.problem() == first.value.problem()
        assert (remembered(shop), shop.stock(oats)[0]) == (1, "11")

    def test_a_remembered_refusal_is_no_excuse_for_another_body(self, shop: Workshop) -> None:
        oats = shop.item()
        with pytest.raises(InsufficientStock):
            use(shop, oats, "5")

        with pytest.raises(IdempotencyMismatch):
            use(shop, oats, "6")

    def test_what_made_no_sense_may_be_put_right_under_the_same_key(self, shop: Workshop) -> None:
        oats = shop.item()

        with pytest.raises(Invalid):
            send(shop, oats, "-1")

        assert remembered(shop) == 0
        assert send(shop, oats, "1").replayed is False

    def test_a_bug_leaves_no_trace_and_frees_the_key(self, shop: Workshop) -> None:
        oats = shop.item()

        def fails() -> Answer:
            adjustment.receive(shop.actor, adjustment.Receipt(oats, amount("3"), unit_cost=money("2")))
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            commands.run(shop.actor, KEY, {}, fails)

        assert (postings(shop), remembered(shop), shop.stock(oats)) == (0, 0, ("0", "0"))
        assert shop.receive(oats, "1").number == "RCP-000001"

    def test_numbers_have_no_gaps_over_refusals(self, shop: Workshop) -> None:
        oats = shop.item()
        first = shop.receive(oats, "1")
        with pytest.raises(InsufficientStock):
            shop.issue(oats, "5")

        assert (first.number, shop.receive(oats, "1").number, shop.issue(oats, "2").number) == (
            "RCP-000001",
            "RCP-000002",
            "USE-000001",
        )

    def test_who_may_not_is_refused_before_anything_is_locked(self, shop: Workshop, viewer: Actor) -> None:
        oats = shop.item()

        with pytest.raises(Exception, match="may not") as refusal:
            Workshop(viewer).receive(oats, "1")

        assert refusal.value.details == {"permission": str(Permission.INVENTORY_RECEIVE)}  # type: ignore[attr-defined]


def use(shop: Workshop, item: Any, quantity: str) -> Posted:
    issue = adjustment.Issue(item, amount(quantity), "use")
    return shop.do(lambda: adjustment.issue(shop.actor, issue), key=KEY, body=quantity)


def together(app: Flask, works: list[Callable[[], Any]]) -> list[Any]:
    """Run all at once, each in a thread with a session of its own; gives results or errors."""
    gate, outcomes = threading.Barrier(len(works)), [None] * len(works)

    def run(number: int, work: Callable[[], Any]) -> None:
        with app.app_context():
            gate.wait()
            try:
                outcomes[number] = work()
            except Exception as error:  # noqa: BLE001 - handed to the test
                outcomes[number] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=(number, work)) for number, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


class TestTwins:
    """The same request arrives while the first one is still running."""

    def test_twins_wait_and_get_the_same_answer(self, shop: Workshop, app: Flask) -> None:
        oats = shop.item()

        answers = together(app, [lambda: send(shop, oats, "3")] * 6)

        assert sorted(answer.replayed for answer in answers) == [False, True, True, True, True, True]
        assert len({str(answer.body) for answer in answers}) == 1
        assert (postings(shop), shop.stock(oats)[0]) == (1, "3")

    def test_twins_of_which_one_says_another_quantity(self, shop: Workshop, app: Flask) -> None:
        oats = shop.item()

        outcomes = together(app, [lambda: send(shop, oats, "3"), lambda: send(shop, oats, "4")])

        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Answer", "IdempotencyMismatch"]
        assert postings(shop) == 1

    def test_twins_that_are_refused_are_refused_alike(self, shop: Workshop, app: Flask) -> None:
        oats = shop.item()

        outcomes = together(app, [lambda: use(shop, oats, "3")] * 4)

        assert len({str(outcome.problem()) for outcome in outcomes}) == 1
        assert remembered(shop) == 1


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


def raise_state(state: str) -> Callable[[], None]:
    """Let PostgreSQL itself fail so."""
    statement = f"DO $$ BEGIN RAISE EXCEPTION 'as it happens' USING ERRCODE = '{state}'; END $$"
    return lambda: execute(sa.text(statement)) and None


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


def test_every_posting_names_its_command(shop: Workshop) -> None:
    oats = shop.item()
    send(shop, oats, "3")

    query = sa.select(StockPosting.command_key, StockPosting.actor_id, StockPosting.entry_point)
    mine = query.where(StockPosting.organization_id == shop.actor.organization_id)

    assert shop.look(lambda: [tuple(row) for row in execute(mine)]) == [(KEY, shop.actor.person_id, "web")]


def test_nothing_is_posted_outside_a_command(shop: Workshop) -> None:
    oats = shop.item()

    with pytest.raises(LookupError), commands.transaction():
        adjustment.receive(shop.actor, adjustment.Receipt(oats, amount("3"), unit_cost=money("2")))

    assert shop.stock(oats) == ("0", "0")


def test_a_dry_run_writes_nothing_and_says_the_same_twice(shop: Workshop) -> None:
    """C02."""
    oats = shop.item()
    shop.receive(oats, "3", "0.50", on=date(2026, 1, 5))
    shop.receive(oats, "5", "0.80", on=date(2026, 2, 5))
    issue = adjustment.Issue(oats, amount("4"), "use")

    first = shop.look(lambda: adjustment.issue(shop.actor, issue, dry_run=True))
    second = shop.look(lambda: adjustment.issue(shop.actor, issue, dry_run=True))

    assert first == second
    assert (first.id, first.number, first.total_cost) == (None, None, -2_300_000)
    assert (shop.stock(oats), postings(shop)) == (("8", "5.5"), 2)
    assert [(line.quantity, line.cost) for line in first.lines] == [
        (line.quantity, line.cost) for line in shop.issue(oats, "4").lines
    ]


def test_a_check_beyond_the_stock_counts_the_cost_of_what_is_there(shop: Workshop) -> None:
    """C03 and C04."""
    oats = shop.item()
    shop.receive(oats, "3", "0.50", on=date(2026, 1, 5))
    shop.receive(oats, "5", "0.80", on=date(2026, 2, 5))

    short, none = shop.check((oats, "10")), shop.check((oats, "0"))

    assert (short.can_produce, short.lines[0].consumed, short.lines[0].shortfall) == (False, 8_000_000, 2_000_000)
    assert short.total_cost == 5_500_000
    assert (none.can_produce, none.lines[0].draws, none.total_cost) == (True, (), 0)
    with pytest.raises(InsufficientStock):
        shop.issue(oats, "10")
    for nonsense in ("0", "-1"):
        with pytest.raises(Invalid):
            shop.issue(oats, nonsense)
    assert shop.stock(oats) == ("8", "5.5")


def test_one_item_on_two_lines_is_one_need(shop: Workshop) -> None:
    """B12."""
    oats = shop.item()
    shop.receive(oats, "5")

    check = shop.check((oats, "3"), (oats, "3"))

    assert [(line.needed, line.available) for line in check.lines] == [(6_000_000, 5_000_000)]
    assert not check.can_produce

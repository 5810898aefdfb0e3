"""Commands: one key, one effect, remembered for ever; what fails leaves no trace; what is passing is tried again."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.inventory.models import StockPosting
from app.inventory.services import adjustment
from app.inventory.services.adjustment import InsufficientStock, Posted
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.kernel.permissions import Permission
from app.platform import commands, tenancy
from app.platform.commands import Answer, IdempotencyMismatch, RememberedRefusal
from app.platform.database import execute
from app.platform.models import Command
from tests.cast import actor_of
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

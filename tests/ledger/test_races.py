"""Two hands at one shelf: nothing is sold twice, nobody is told that a database was busy."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Flask

from app.inventory.services import adjustment, proof
from app.inventory.services.adjustment import InsufficientStock, Posted
from tests.databases import on_postgresql_only
from tests.ledger.workshop import Workshop, amount, batch, money, taken


def at_once(app: Flask, works: list[Callable[[], Any]]) -> list[Any]:
    """What each gave, or the refusal it met; anything else is raised here."""
    gate, outcomes, bugs = threading.Barrier(len(works)), [], []

    def run(work: Callable[[], Any]) -> None:
        with app.app_context():
            gate.wait()
            try:
                outcomes.append(work())
            except InsufficientStock as refusal:
                outcomes.append(refusal)
            except BaseException as error:
                bugs.append(error)
                raise

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bugs == []
    return outcomes


def done(outcomes: list[Any]) -> list[Posted]:
    return [outcome for outcome in outcomes if isinstance(outcome, Posted)]


def clean(shop: Workshop) -> None:
    found = shop.look(lambda: proof.prove(shop.actor.organization_id))
    assert found.ok, found.findings


def test_of_two_who_want_five_of_eight_one_gets_it(shop: Workshop, app: Flask) -> None:
    """C09."""
    oats = shop.item()
    shop.receive(oats, "8")

    outcomes = at_once(app, [lambda: shop.issue(oats, "5")] * 2)

    (refusal,) = [outcome for outcome in outcomes if isinstance(outcome, InsufficientStock)]
    assert refusal.details["shortages"][0]["missing"] == "2"
    assert shop.stock(oats)[0] == "3"
    clean(shop)


def test_twelve_who_want_four_of_thirty_are_served_seven_times(shop: Workshop, app: Flask) -> None:
    """B13."""
    oats = shop.item("Oats", "g")
    for day in (1, 2, 3):
        shop.receive(oats, "10", on=date(2026, 1, day))

    outcomes = at_once(app, [lambda: shop.issue(oats, "4")] * 12)

    assert len(done(outcomes)) == 7
    assert shop.lots(oats) == [("0", "0"), ("0", "0"), ("2", "2")]
    clean(shop)


def test_a_lot_that_comes_in_meanwhile_is_used_in_its_turn(shop: Workshop, app: Flask) -> None:
    """An earlier receipt that was waited for is seen: locking and reading are two statements."""
    oats = shop.item()
    shop.receive(oats, "5", "2", on=date(2026, 2, 1))

    def late() -> Posted:
        return shop.receive(oats, "5", "1", on=date(2026, 1, 1))

    outcomes = at_once(app, [late, lambda: shop.issue(oats, "1"), late, lambda: shop.issue(oats, "1")] * 2)

    assert len(done(outcomes)) == 8
    clean(shop)


@on_postgresql_only
def test_who_waited_for_the_shelf_reads_it_afresh(shop: Workshop, app: Flask) -> None:
    """One holds the item while an earlier lot comes in; the other, who waited, takes that lot first."""
    oats = shop.item()
    shop.receive(oats, "5", "2", on=date(2026, 2, 1))
    inside, waiting, tries = threading.Event(), threading.Event(), list[int]()

    def receive() -> Posted:
        def slowly() -> Posted:
            said = adjustment.Receipt(oats, amount("5"), unit_cost=money("1"), received_on=date(2026, 1, 1))
            posted = adjustment.receive(shop.actor, said)
            inside.set()
            waiting.wait(5)
            threading.Event().wait(0.3)  # the other one reaches the lock
            return posted

        return shop.do(slowly)

    def take() -> Posted:
        tries.append(1)
        return adjustment.issue(shop.actor, adjustment.Issue(oats, amount("1"), "use"))

    def issue() -> Posted:
        inside.wait(5)
        waiting.set()
        return shop.do(take)

    used = next(posted for posted in done(at_once(app, [receive, issue])) if posted.kind == "use")

    assert taken(used) == [("1", "1")]
    assert tries == [1], "who is refused for a stale claim did not wait"
    clean(shop)


def test_batches_over_the_same_things_in_other_orders_all_come_through(shop: Workshop, app: Flask) -> None:
    things = [shop.item(name) for name in ("Oats", "Salt", "Rye", "Lye")]
    for item in things:
        shop.receive(item, "20")

    def make(turn: int) -> Posted:
        order = things[turn % 4 :] + things[: turn % 4]
        return shop.consume(batch(f"B{turn}"), needs=[(item, "3") for item in (order if turn % 2 else order[::-1])])

    outcomes = at_once(app, [lambda turn=turn: make(turn) for turn in range(8)])  # type: ignore[misc]

    assert len(done(outcomes)) == 6
    assert {shop.stock(item)[0] for item in things} == {"2"}
    clean(shop)


def test_one_is_undone_while_others_use_the_same_things(shop: Workshop, app: Flask) -> None:
    oats, rye, soap = shop.item("Oats"), shop.item("Rye"), shop.item("Soap", "each")
    for item in (oats, rye):
        shop.receive(item, "30")
    sources = [batch(f"B{number}") for number in range(3)]
    for source in sources:
        shop.consume(source, needs=[(oats, "2"), (rye, "2")])
        shop.produce(source, soap, "1", "4")

    works: list[Callable[[], Any]] = [lambda source=source: shop.undo(source) for source in sources]  # type: ignore[misc]
    at_once(app, [*works, *[lambda: shop.issue(oats, "1"), lambda: shop.issue(rye, "1")] * 3])

    assert (shop.stock(oats)[0], shop.stock(rye)[0], shop.stock(soap)[0]) == ("27", "27", "0")
    clean(shop)


def test_numbers_have_no_gaps_after_a_crowd(shop: Workshop, app: Flask) -> None:
    oats = shop.item()
    shop.receive(oats, "3")

    outcomes = at_once(app, [lambda: shop.issue(oats, "1")] * 6)

    assert sorted(posted.number or "" for posted in done(outcomes)) == ["USE-000001", "USE-000002", "USE-000003"]

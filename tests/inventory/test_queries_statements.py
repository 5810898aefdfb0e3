"""Lists are one statement each, and a trace a few for each level: whatever the number of rows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from app.inventory.queries import items, lots, postings, trace
from app.inventory.queries.items import ItemFilter
from app.inventory.queries.lots import LotFilter
from app.inventory.queries.postings import PostingFilter
from app.kernel.actor import Actor
from app.platform.database import db
from tests.ledger.workshop import Workshop, batch


@pytest.fixture
def shop(database: Flask, owner: Actor) -> Workshop:
    return Workshop(owner)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that the database is asked meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH", "INSERT", "UPDATE")):
            seen.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


def statements(shop: Workshop, ask: Callable[[], object]) -> int:
    with counted() as seen:
        shop.look(ask)
    return len(seen)


def test_each_list_is_one_statement(shop: Workshop) -> None:
    for name in ("Oats", "Sugar", "Honey"):
        item = shop.item(name)
        shop.receive(item, "3")
        shop.reverse(shop.issue(item, "2"), (1, "1"))
    actor = shop.actor
    for ask in (
        lambda: items.page(actor, ItemFilter(q="o", below=True), limit=50),
        lambda: lots.page(actor, LotFilter(q="o"), limit=50),
        lambda: postings.page(actor, PostingFilter(item_id=item, lot_id=None), limit=50),
    ):
        assert statements(shop, ask) == 1


STATEMENTS = 5  # the lot; all before and after it; the lots' facts; what left, went in


def fan(shop: Workshop, *, width: int, levels: int) -> list[UUID]:
    """A lot that goes into `width` batches, whose outputs go through more of them; it and a lot at the other end."""
    here = shop.item("Material 0", "g")
    made = shop.receive(here, str(10 * width))
    first = made.lines[0].lot_id
    for level in range(1, levels + 1):
        there = shop.item(f"Material {level}", "g")
        for _ in range(width):
            making = batch()
            shop.consume(making, needs=[(here, "10")])
            made = shop.produce(making, there, "10", "10")
        here = there
    last = made.lines[0].lot_id
    assert first
    assert last
    return [first, last]


@pytest.mark.parametrize(("width", "levels"), [(1, 1), (6, 3), (2, 7)])
def test_a_trace_asks_the_same_however_deep_and_wide_it_is(shop: Workshop, width: int, levels: int) -> None:
    first, last = fan(shop, width=width, levels=levels)
    found = shop.look(lambda: trace.trace(shop.actor, first))
    assert len(found.edges) == 2 * width * levels
    assert len(shop.look(lambda: trace.trace(shop.actor, last)).edges) == 2 * levels
    for lot in (first, last):
        assert statements(shop, lambda lot=lot: trace.trace(shop.actor, lot)) <= STATEMENTS  # type: ignore[misc]

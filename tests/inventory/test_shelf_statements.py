"""How many statements the pages of the shelf ask, whatever there is on it; and what their numbers mean."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app.inventory.queries import deliveries, lots, pace, pages
from app.inventory.queries import items as rows
from app.kernel import clock
from app.kernel.actor import Actor
from app.platform import tenancy
from tests.inventory.desk import Desk, at_desk, words
from tests.inventory.storeroom import Storeroom
from tests.production.test_statements import counted

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


@pytest.fixture
def desk(app: Flask, owner: Actor, organization: Any) -> Desk:
    """The owner's."""
    return at_desk(owner, organization.slug)


def statements(app: Flask, desk: Desk, path: str, *, htmx: bool = False) -> int:
    """How many statements a page asks."""
    with counted(app) as sent:
        desk.see(path, htmx=htmx)
    return len(sent)


class TestStatements:
    def test_stock_asks_as_many_for_thirty_things_as_for_three_hundred(
        self, app: Flask, desk: Desk, room: Storeroom
    ) -> None:
        asked = {}
        made = 0
        for many in (30, 300):
            for n in range(made, many):
                item = room.item(f"Material {n}", "g", category=f"Shelf {n % 7}")
                if n % 10 == 0:
                    room.receive(item, "100", supplier=f"Supplier {n}", expires_on="2030-01-01")
            made = many
            paths = ("/stock", "/stock?q=material", "/stock?show=low", "/count")
            asked[many] = [statements(app, desk, path) for path in paths]
        assert asked[30] == asked[300]

    def test_it_draws_the_first_rows_and_the_others_as_one_reads_on(self, desk: Desk, room: Storeroom) -> None:
        for n in range(45):
            room.item(f"Material {n:02}", "g", category="A" if n < 20 else "B")
        first = desk.see("/stock")
        assert "Material 29" in first
        assert "Material 30" not in first
        assert "45 materials and products" in words(first)
        rest = desk.see("/stock?start=30", htmx=True)
        assert [f"Material {n}" in rest for n in (29, 30, 44)] == [False, True, True]
        assert "B 25" not in words(rest), "a category is named once"
        assert "start=" not in rest

    def test_an_item_asks_as_many_with_one_lot_as_with_ten(self, app: Flask, desk: Desk, room: Storeroom) -> None:
        item = room.item("Olive oil", "g")
        room.receive(item, "100")
        room.issue(item, "1")
        few = statements(app, desk, "/items/olive-oil")
        for n in range(9):
            room.receive(item, "100", str(n + 1), supplier=f"Supplier {n}", fifo_code=f"L{n}")
            desk.done(f"/lots/L{n}/hold", reason="smells")
        assert statements(app, desk, "/items/olive-oil") == few


class TestDaysLeft:
    def test_it_is_what_is_available_at_the_pace_of_the_last_weeks(self) -> None:
        today = NOW.date()
        since = today - timedelta(days=400)
        assert pace.days_left(available=300, used=600, known_since=since, today=today) == 30
        assert pace.days_left(available=300, used=0, known_since=since, today=today) is None
        assert pace.days_left(available=-5, used=600, known_since=since, today=today) == 0

    def test_of_a_thing_that_is_new_the_days_it_was_there_count(self) -> None:
        today = NOW.date()
        nine_days_ago = today - timedelta(days=9)
        assert pace.days_left(available=300, used=100, known_since=nine_days_ago, today=today) == 30

    def test_waste_and_what_was_taken_back_are_no_pace(self, desk: Desk, room: Storeroom) -> None:
        with clock.set_to(NOW - timedelta(days=100)):
            oil = room.item("Olive oil", "g")
            room.receive(oil, "1000", "0.01")
            room.issue(oil, "100")
        with clock.set_to(NOW):
            assert "Lasts –" in words(desk.see("/items/olive-oil")), "what is long ago does not count"
            room.issue(oil, "300", "spoil")
            room.reverse(room.issue(oil, "50"))
            assert "Lasts –" in words(desk.see("/items/olive-oil"))
            room.issue(oil, "60")
            assert "Lasts 17 months" in words(desk.see("/items/olive-oil")), "540 g at 1 g a day"
            assert "540 g – 540 $10.00 /kg $5.40 540 No expiry" in words(desk.see("/stock"))


class TestItem:
    def test_the_reason_of_a_hold_stands_beside_the_lot(self, desk: Desk, room: Storeroom) -> None:
        room.receive(room.item("Olive oil", "g"), "5", fifo_code="HELD")
        desk.done("/lots/HELD/hold", reason="first look")
        desk.done("/lots/HELD/release", reason="fine")
        page = desk.done("/lots/HELD/hold", reason="smells rancid")
        assert "On hold: smells rancid" in words(desk.see("/items/olive-oil"))
        desk.done("/lots/HELD/release?undo=1")
        assert "Undo" in page
        assert "On hold" not in words(desk.see("/items/olive-oil"))

    def test_what_was_paid_is_a_picture_and_a_table(self, desk: Desk, room: Storeroom) -> None:
        oil = room.item("Olive oil", "g")
        room.receive(oil, "1000", "0.008", received_on="2026-01-05", supplier="Northfield")
        room.receive(oil, "1000", "0.01", received_on="2026-03-05", supplier="Northfield")
        told = words(desk.see("/items/olive-oil"))
        assert "What have I paid? Up 25% since Jan 5, 2026." in told
        assert "Mar 5, 2026 Northfield 1,000 g $10.00 /kg Jan 5, 2026 Northfield 1,000 g $8.00 /kg" in told
        assert "Northfield 2 deliveries · last Mar 5, 2026 · $10.00 /kg" in told

    def test_a_part_of_an_entry_is_taken_back(self, desk: Desk, room: Storeroom) -> None:
        oil = room.item("Olive oil", "g")
        room.receive(oil, "1000", "0.01")
        issued = room.issue(oil, "100")
        desk.done(f"/postings/{issued['id']}/reverse", quantity="40 g", reason="came back")
        assert room.stock(oil) == ("940", "9.4")
        answer = desk.send(f"/postings/{issued['id']}/reverse", quantity="61 g")
        assert answer.status_code == 409
        desk.done(f"/postings/{issued['id']}/reverse")
        assert room.stock(oil) == ("1000", "10")

    def test_a_small_rest_is_never_nothing_and_the_exact_amount_stands_beside_it(
        self, desk: Desk, room: Storeroom
    ) -> None:
        room.receive(room.item("Gold", "g"), "367.18474", "1")
        room.receive(room.item("Dust", "g"), "0.000001", "1")
        page = desk.see("/stock")
        assert '<span title="367.18474 g">367.2 <span class="u">g</span></span>' in page
        assert "Dust 0.000001 g" in words(page)


def test_each_query_carries_its_organization_itself(
    database: Flask, owner: Actor, stranger: Actor, room: Storeroom, desk: Desk
) -> None:
    item = room.item("Olive oil", "g")
    item_id = UUID(item["id"])
    room.receive(item, "10", supplier="Northfield", fifo_code="HELD")
    room.issue(item, "1")
    desk.done("/lots/HELD/hold", reason="smells")
    today = clock.local_date(clock.now(), "UTC")
    asked: list[Any] = [
        lambda actor: deliveries.of_item(actor, item_id, limit=5),
        lambda actor: deliveries.latest(actor, [item_id]),
        lambda actor: rows.called(actor, ["olive OIL"]),
        rows.names,
        lambda actor: lots.hold_reasons(actor, item_id),
        lambda actor: pace.lasts(actor, item_id, available=10**9, since=today, today=today),
        lambda actor: pages.shelf(actor, words="northfield held").found,
    ]
    for actor, found in ((owner, True), (stranger, False)):
        tenancy.bind(actor.organization_id)
        assert [bool(ask(actor)) for ask in asked] == [found] * len(asked)

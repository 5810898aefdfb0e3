"""Today's page: what waits for somebody, with its button; fixed in statements; per person."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.identity.services.organizations import OrganizationFacts
from app.kernel import clock
from app.kernel.actor import Actor
from app.platform.database import db
from tests.inventory.desk import Desk, at_desk, words
from tests.inventory.storeroom import Body
from tests.recipes.workshop import Workshop, of


@pytest.fixture
def desk(maker: Actor, organization: OrganizationFacts) -> Desk:
    """The maker's browser."""
    return at_desk(maker, organization.slug)


@pytest.fixture
def oil(shop: Workshop) -> Body:
    """1,000 g for 5.00."""
    item = shop.item("Olive oil", "g")
    shop.receive(item, "1000", None, total_cost="5", fifo_code="OIL-1")
    return item


@pytest.fixture
def soap(shop: Workshop, oil: Body) -> Body:
    """4 bars of 100 g oil each."""
    return shop.recipe("Soap", ("Soap bar", "4", "each"), of(oil, "400"), prefix="SOAP")


def in_days(days: int) -> str:
    """A day from today."""
    return str(today() + timedelta(days=days))


def today() -> date:
    return clock.local_date(clock.now(), "UTC")


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that the database is asked meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


class TestToday:
    def test_a_new_workshop_is_told_the_first_steps(self, desk: Desk) -> None:
        assert "Nothing on the bench. Nothing waits for your word." in words(desk.see("/"))

    def test_it_says_what_is_on_the_bench_and_what_is_to_make(self, desk: Desk, shop: Workshop, soap: Body) -> None:
        shop.do(shop.plan(soap), "start")
        shop.plan(soap, planned_for=in_days(0))
        shop.plan(soap, "9", planned_for=in_days(3))
        said = words(desk.see("/"))
        assert "1 batch on the bench." in said
        assert "Weighing, 0 of 1 4 each , since" in said
        assert "Today Soap 4 each · everything is on the shelf Start" in said
        assert "in 3 days Soap Short 3,000 g of Olive oil Put right" in said

    def test_start_from_here_starts(self, desk: Desk, shop: Workshop, soap: Body) -> None:
        batch = shop.plan(soap)
        assert f'action="{desk.url("/batches/" + batch["label"])}/start"' in desk.see("/")

    def test_it_says_what_goes_off_and_what_runs_low(self, desk: Desk, shop: Workshop) -> None:
        milk = shop.item("Milk", "ml", low_stock_level="500")
        shop.receive(milk, "100", "0.01", expires_on=in_days(5), received_on=in_days(-5))
        shop.receive(milk, "300", "0.01", expires_on=in_days(31))
        shop.receive(shop.item("Cream", "ml"), "10", "0.01", expires_on=in_days(-1), received_on=in_days(-9))
        shop.item("Wick", "each", low_stock_level="1")
        said = words(desk.see("/"))
        assert "Use soon within 30 days Cream expired yesterday · 10 ml Look Milk 5 days left · 100 ml" in said
        assert said.count("Milk") == 2  # once in each list: the lot of 31 days has time
        assert "Wick None left Receive Milk 400 of 500 ml Receive" in said

    def test_it_says_what_the_shelf_is_worth_and_what_was_made(self, desk: Desk, shop: Workshop, soap: Body) -> None:
        shop.make(soap)
        page = desk.see("/")
        said = words(page)
        assert "Is my shelf growing? $5.00 up $5.00 in half a year" in said
        assert "Ingredients $3.00 Products $2.00" in said
        assert "Mostly Soap bar: 1 batch." in said
        assert 'id="worth"' in page

    @pytest.mark.parametrize("number", [10, 100])
    def test_the_statements_do_not_grow_with_the_workshop(
        self, app: Flask, desk: Desk, shop: Workshop, soap: Body, oil: Body, number: int
    ) -> None:
        def asked() -> int:
            with counted(app) as seen:
                desk.see("/")
            return len(seen)

        shop.make(soap)
        few = asked()
        for n in range(number):
            item = shop.item(f"Thing {n}", "g", low_stock_level="50", perishable=True)
            shop.receive(item, "10", "1", expires_on=in_days(n))
        for n in range(3):
            item = shop.item(f"Part {n}", "g")
            shop.plan(shop.recipe(f"Thing soap {n}", (f"Bar {n}", "1", "each"), of(oil, "1"), of(item, "99")))
        shop.do(shop.plan(soap), "start")
        assert asked() == few

    def test_it_says_why_the_value_changed_and_what_was_wasted(self, desk: Desk, shop: Workshop, soap: Body) -> None:
        shop.make(soap)
        oil = shop.api.get("/items/olive-oil").get_json()
        shop.api.post(f"/items/{oil['id']}/issues", {"quantity": "100", "kind": "spoil", "reason": "rancid"})
        page = desk.see("/")
        table = re.search(r'id="why".*?<tbody>(.*?)</tbody>', page, re.DOTALL)
        assert table
        assert words(table[1]) == "Thirty days ago $0.00 Bought +$5.00 Made +$2.00 Used −$2.00 Wasted −$0.50 Now $4.50"
        assert "What goes to waste? $0.50 in half a year, most of it here: Spoiled." in words(page)

    def test_what_was_taken_back_changed_nothing(self, desk: Desk, shop: Workshop, oil: Body) -> None:
        spoiled = shop.api.post(f"/items/{oil['id']}/issues", {"quantity": "100", "kind": "spoil", "reason": "x"})
        shop.api.post(f"/postings/{spoiled.get_json()['id']}/reversal", {"reason": "a slip"})
        assert "What goes to waste?" not in desk.see("/")

    def test_it_says_how_long_things_last_at_the_recent_pace(self, desk: Desk, shop: Workshop, oil: Body) -> None:
        shop.api.post(f"/items/{oil['id']}/issues", {"quantity": "900", "kind": "use"})
        assert "Olive oil 100 g runs out today at this pace Receive" in words(desk.see("/"))

    def test_it_says_what_a_product_cost_over_time(self, desk: Desk, shop: Workshop, soap: Body) -> None:
        for _ in range(2):
            shop.make(soap)
        assert "What does Soap bar cost to make? $0.50 per each, the same as at first" in words(desk.see("/"))

    def test_what_only_a_person_can_settle_waits_with_its_button(self, desk: Desk, shop: Workshop, oil: Body) -> None:
        cream = shop.item("Cream", "g", perishable=True)
        shop.receive(cream, "50", "0.01", fifo_code="CREAM-1")
        desk.done("/lots/OIL-1/hold", reason="smells rancid")
        salt = shop.item("Salt", "g")
        shop.receive(salt, "10", "1")
        shop.api.post(f"/items/{salt['id']}/counts", {"counted": "8", "reason": "counted"})
        said = words(desk.see("/"))
        assert "3 things wait for your word." in said
        assert "Cream came without a use-by date" in said
        assert "Salt: the count differs by −2 g" in said
        assert "Is Olive oil ready? 1,000 g , set aside today: smells rancid Release" in said

    def test_a_viewer_sees_no_costs_and_no_buttons_that_change_something(
        self, viewer: Actor, organization: OrganizationFacts, shop: Workshop, soap: Body
    ) -> None:
        shop.plan(soap)
        page = at_desk(viewer, organization.slug).see("/")
        assert "$" not in words(page)
        assert "Is my shelf growing?" not in page
        assert "/start" not in page
        assert "Plan a batch" not in page

    def test_another_workshop_shows_nothing_of_this_one(
        self, app: Flask, stranger: Actor, organization: OrganizationFacts, soap: Body, other_shop: Workshop
    ) -> None:
        assert at_desk(stranger, organization.slug).get("/").status_code == 404
        theirs = other_shop.api.get("/me").get_json()["organization"]["slug"]
        page = words(at_desk(stranger, theirs).see("/"))
        assert "Nothing on the bench. Nothing waits for your word." in page
        assert "Olive oil" not in page

"""Today's page and the way from a code: what waits for somebody, with its button; fixed in statements; per person."""

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
from tests.inventory.test_pages_moves import NONSENSE
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
        said = words(desk.see("/"))
        assert "A clear bench" in said
        assert "No batches on the bench, nothing to make." in said

    def test_it_says_what_is_on_the_bench_and_what_is_to_make(self, desk: Desk, shop: Workshop, soap: Body) -> None:
        shop.do(shop.plan(soap), "start")
        shop.plan(soap, planned_for=in_days(0))
        shop.plan(soap, "9", planned_for=in_days(3))
        said = words(desk.see("/"))
        assert "One batch on the bench, two to make." in said
        assert "4 each since" in said
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
        assert "Milk 400 of 500 ml Receive Wick None left" in said

    def test_it_says_what_the_shelf_is_worth_and_what_was_made(self, desk: Desk, shop: Workshop, soap: Body) -> None:
        shop.make(soap)
        page = desk.see("/")
        said = words(page)
        assert "What is on my shelf? $5.00 Ingredients $3.00 Products $2.00" in said
        assert 'aria-label="Ingredients $3.00, Products $2.00"' in page
        assert "Mostly Soap bar: 1 batch." in said

    def test_the_statements_do_not_grow_with_the_workshop(
        self, app: Flask, desk: Desk, shop: Workshop, soap: Body, oil: Body
    ) -> None:
        def asked() -> int:
            with counted(app) as seen:
                desk.see("/")
            return len(seen)

        shop.make(soap)
        few = asked()
        for n in range(3):
            item = shop.item(f"Thing {n}", "g", low_stock_level="50")
            shop.receive(item, "10", "1", expires_on=in_days(n))
            shop.plan(shop.recipe(f"Thing soap {n}", (f"Bar {n}", "1", "each"), of(oil, "1"), of(item, "99")))
        shop.do(shop.plan(soap), "start")
        assert asked() == few

    def test_a_viewer_sees_no_costs_and_no_buttons_that_change_something(
        self, viewer: Actor, organization: OrganizationFacts, shop: Workshop, soap: Body
    ) -> None:
        shop.plan(soap)
        page = at_desk(viewer, organization.slug).see("/")
        assert "$" not in words(page)
        assert "What is on my shelf?" not in page
        assert "/start" not in page
        assert "Plan a batch" not in page

    def test_another_workshop_shows_nothing_of_this_one(
        self, app: Flask, stranger: Actor, organization: OrganizationFacts, soap: Body, other_shop: Workshop
    ) -> None:
        assert at_desk(stranger, organization.slug).get("/").status_code == 404
        theirs = other_shop.api.get("/me").get_json()["organization"]["slug"]
        assert "A clear bench" in words(at_desk(stranger, theirs).see("/"))


class TestFind:
    def test_a_code_opens_what_it_stands_for(self, desk: Desk, shop: Workshop, soap: Body, oil: Body) -> None:
        label = shop.plan(soap)["label"]
        shop.item("Kaolin", "g", barcode="4006381333931")
        for said, place in (
            (label.lower(), f"/batches/{label}"),
            (" oil-1 ", "/lots/OIL-1"),
            ("OLIVE-OIL", "/items/olive-oil"),
            ("4006381333931", "/items/kaolin"),
        ):
            answer = desk.browser.get(desk.url("/find"), query_string={"code": said})
            assert (answer.status_code, answer.location) == (302, desk.url(place))

    def test_a_scanned_address_leads_to_its_batch(self, desk: Desk, shop: Workshop, soap: Body) -> None:
        label = shop.plan(soap)["label"]
        svg = desk.get(f"/batches/{label}/qr.svg")
        assert svg.status_code == 200
        answer = desk.browser.get(desk.url("/find"), query_string={"code": "http://localhost/q/abc_-DEF"})
        assert (answer.status_code, answer.location) == (302, "/q/abc_-DEF")

    @pytest.mark.parametrize("said", [*NONSENSE, "http://localhost/q/<x>", "%", "_"])
    def test_what_stands_for_nothing_is_said_and_stays(self, desk: Desk, soap: Body, said: str) -> None:
        answer = desk.browser.get(desk.url("/find"), query_string={"code": said})
        assert answer.status_code == 200
        assert ("Nothing here has the code" in words(answer.text)) == bool(said)

    def test_a_code_of_another_workshop_stands_for_nothing(
        self, app: Flask, stranger: Actor, soap: Body, other_shop: Workshop
    ) -> None:
        theirs = at_desk(stranger, other_shop.api.get("/me").get_json()["organization"]["slug"])
        for said in ("OIL-1", "olive-oil"):
            assert theirs.get(f"/find?code={said}").status_code == 200

"""Receive, Use and Count in the browser: what is typed, what it would do, what it does, and the way back."""

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.identity.services.organizations import OrganizationFacts
from app.kernel import ids
from app.kernel.actor import Actor
from tests.inventory.desk import Desk, at_desk, typed_in, words
from tests.inventory.storeroom import Body, Storeroom

NONSENSE = [
    "",
    "0",
    "-1",
    "NaN",
    "Infinity",
    "1e9",
    "1,5",
    "1" * 30,
    "lots",
    "5 furlongs per week",
    "12 \x00 g",
    "x" * 10_000,
    "\u202e5 g",
    "5 🧼",
    "<b>5</b>",
]


@pytest.fixture
def desk(maker: Actor, organization: OrganizationFacts) -> Desk:
    """The maker's browser."""
    return at_desk(maker, organization.slug)


@pytest.fixture
def oil(room: Storeroom) -> Body:
    """Two lots: 1,000 g for 5.00, then 1,000 g for 8.00."""
    item = room.item("Olive oil", "g")
    for code, cost in (("OLD", "5"), ("NEW", "8")):
        room.receive(item, "1000", None, total_cost=cost, fifo_code=code)
    return item


def undo_url(page: str) -> str:
    """Where the toast's Undo posts to."""
    found = re.search(r'class="toast".*?<form method="post" action="/o/[^/]+([^"]+)"', page, re.DOTALL)
    assert found, "The toast offers no Undo."
    return found[1]


def key_in(answer: TestResponse) -> str:
    """The key that the redrawn form carries."""
    return typed_in(answer.text)["command_key"]


class TestReceive:
    def test_what_was_typed_in_pounds_and_ounces_arrives_and_is_said_so(self, desk: Desk, room: Storeroom) -> None:
        item = room.item("Kaolin", "oz")
        page = desk.done("/items/kaolin/receive", quantity="2 lb 3 oz", cost="7", supplier="Clay House")
        assert "Received: 35 oz of Kaolin, $7.00" in words(page)
        assert room.stock(item) == ("35", "7")

    def test_a_cost_per_unit_is_per_the_unit_typed(self, desk: Desk, room: Storeroom) -> None:
        item = room.item("Olive oil", "g")
        desk.done("/items/olive-oil/receive", quantity="3*250g", cost="0.01", cost_basis="unit")
        assert room.stock(item) == ("750", "7.5")

    def test_the_same_form_sent_twice_has_one_effect_and_the_same_answer(self, desk: Desk, room: Storeroom) -> None:
        item, key = room.item("Olive oil", "g"), str(ids.uuid7())
        said = {"quantity": "1 kg", "cost": "5"}
        first = desk.send("/items/olive-oil/receive", said, key=key)
        second = desk.send("/items/olive-oil/receive", said, key=key)
        assert (first.status_code, first.location) == (second.status_code, second.location) == (303, first.location)
        assert room.stock(item) == ("1000", "5")

    def test_a_form_changed_after_it_was_sent_asks_again_and_keeps_what_was_typed(
        self, desk: Desk, room: Storeroom
    ) -> None:
        item, key = room.item("Olive oil", "g"), str(ids.uuid7())
        desk.send("/items/olive-oil/receive", key=key, quantity="1 kg", cost="5")
        again = desk.send("/items/olive-oil/receive", key=key, quantity="2 kg", cost="5")
        assert again.status_code == 422
        assert "sent before" in words(again.text)
        assert typed_in(again.text)["quantity"] == "2 kg"
        assert room.stock(item) == ("1000", "5")
        desk.done("/items/olive-oil/receive", key=key_in(again), quantity="2 kg", cost="5")
        assert room.stock(item) == ("3000", "10")

    def test_without_a_cost_it_asks_for_one_at_the_field(self, desk: Desk, room: Storeroom) -> None:
        room.item("Olive oil", "g")
        answer = desk.send("/items/olive-oil/receive", quantity="1 kg", supplier="Northfield")
        assert answer.status_code == 422
        assert re.search(r'id="cost-say".*Say what it cost', answer.text)
        assert typed_in(answer.text)["supplier"] == "Northfield"

    def test_the_preview_says_what_would_come_and_writes_nothing(self, desk: Desk, room: Storeroom) -> None:
        item = room.item("Milk", "ml", perishable=True, shelf_life_days=8)
        said = {"quantity": "2 l", "cost": "3", "received_on": "2026-03-01"}
        told = words(desk.send("/items/milk/receive/preview", said, htmx=True).text)
        assert "use by Mar 9, 2026" in told
        assert "then 2,000 ml on hand" in told
        assert "Receive 2 l" in told
        assert room.stock(item) == ("0", "0")

    def test_it_remembers_the_supplier_of_last_time(self, desk: Desk, room: Storeroom) -> None:
        room.receive(room.item("Olive oil", "g"), "1", supplier="Northfield Oils")
        assert typed_in(desk.see("/items/olive-oil/receive"))["supplier"] == "Northfield Oils"

    @pytest.mark.parametrize("quantity", NONSENSE)
    def test_nonsense_for_an_amount_changes_nothing_and_is_still_there(
        self, desk: Desk, room: Storeroom, quantity: str
    ) -> None:
        item = room.item("Olive oil", "g")
        answer = desk.send("/items/olive-oil/receive", quantity=quantity, cost="5", note="ünïcode 🧼 \u202eabc")
        assert answer.status_code == 422
        assert re.search(r'id="quantity-say"', answer.text)
        assert typed_in(answer.text)["quantity"] == quantity
        assert typed_in(answer.text)["note"] == "ünïcode 🧼 \u202eabc"
        assert room.stock(item) == ("0", "0")

    @pytest.mark.parametrize(
        ("field", "text"),
        [
            ("expires_on", "0001-01-01"),
            ("expires_on", "9999-12-31"),
            ("received_on", "2026-02-30"),
            ("received_on", "2199-12-31"),
            ("cost", "NaN"),
            ("cost", "-1"),
            ("cost", "1" * 30),
            ("supplier", "x" * 10_000),
            ("supplier", "Nul\x00l"),
            ("supplier_lot", "y" * 121),
            ("fifo_code", "no spaces"),
            ("note", "z" * 10_001),
            ("kind", "sale"),
        ],
    )
    def test_what_cannot_be_is_said_at_its_field(self, desk: Desk, room: Storeroom, field: str, text: str) -> None:
        item = room.item("Olive oil", "g")
        answer = desk.send("/items/olive-oil/receive", {"quantity": "1 kg", "cost": "5", field: text})
        assert answer.status_code == 422
        assert f'id="{field}-say"' in answer.text
        assert typed_in(answer.text)["quantity"] == "1 kg"
        assert room.stock(item) == ("0", "0")

    def test_everything_that_is_wrong_is_said_at_once(self, desk: Desk, room: Storeroom) -> None:
        room.item("Olive oil", "g")
        answer = desk.send("/items/olive-oil/receive", quantity="2,5 kg", cost="abc", expires_on="soon")
        assert re.findall(r'id="(\w+)-say"', answer.text) == ["quantity", "cost", "expires_on"]

    def test_a_taken_lot_code_is_said_at_its_field(self, desk: Desk, oil: Body) -> None:
        answer = desk.send("/items/olive-oil/receive", quantity="1", cost="1", fifo_code="old")
        assert answer.status_code == 409
        assert re.search(r'id="fifo_code-say".*already used', answer.text)

    def test_a_form_without_its_key_is_asked_for_again(self, desk: Desk, room: Storeroom) -> None:
        item = room.item("Olive oil", "g")
        url = desk.url("/items/olive-oil/receive")
        answer = desk.browser.post(url, data={"quantity": "1 kg", "cost": "5"})
        assert answer.status_code == 422
        assert typed_in(answer.text)["quantity"] == "1 kg"
        assert room.stock(item) == ("0", "0")

    def test_a_form_without_its_token_is_refused(self, desk: Desk, room: Storeroom) -> None:
        item = room.item("Olive oil", "g")
        url = desk.url("/items/olive-oil/receive")
        said: dict[str, Any] = {"command_key": "k", "quantity": "1 kg", "cost": "5"}
        assert desk.browser.post(url, data=said, csrf=False).status_code == 400
        assert room.stock(item) == ("0", "0")

    def test_what_is_not_counted_comes_and_goes_without_cost(self, desk: Desk, room: Storeroom) -> None:
        item = room.item("Water", "ml", tracked=False)
        told = words(desk.send("/items/water/receive/preview", htmx=True, quantity="5 l").text)
        assert "This will be noted Water Noted, not counted +5,000 ml" in told
        assert "Received: 5 l of Water" in words(desk.done("/items/water/receive", quantity="5 l"))
        assert "Used: 1 l of Water" in words(desk.done("/items/water/use", quantity="1 l", kind="use"))
        assert room.see(item)["on_hand"] is None
        assert desk.send("/items/water/count", counted="1", reason="monthly").status_code == 422

    def test_what_is_archived_is_not_received(self, desk: Desk, room: Storeroom) -> None:
        item = room.item("Old thing", "g")
        desk.done("/items/old-thing/archive", archive="yes")
        answer = desk.send("/items/old-thing/receive", quantity="1", cost="1")
        assert answer.status_code == 409
        assert "archived" in words(answer.text)
        assert room.stock(item) == ("0", "0")


class TestMissingDensity:
    def test_the_page_leads_to_the_form_that_cures_it(self, desk: Desk, room: Storeroom) -> None:
        item = room.item("Shea butter", "g")
        answer = desk.send("/items/shea-butter/receive", quantity="2 cups", cost="9")
        assert answer.status_code == 422
        assert f'href="{desk.url("/items/" + item["id"])}/density"' in answer.text
        assert typed_in(answer.text)["quantity"] == "2 cups"

    def test_htmx_gets_the_problem_alone_with_the_drawer_that_cures_it(self, desk: Desk, room: Storeroom) -> None:
        item = room.item("Shea butter", "g")
        answer = desk.send("/items/shea-butter/receive", htmx=True, quantity="2 cups", cost="9")
        assert answer.status_code == 422
        assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#problem", "innerHTML")
        assert f'hx-get="{desk.url("/items/" + item["id"])}/density"' in answer.text
        assert 'data-success-event="density.saved"' in answer.text

    def test_the_drawer_saves_and_tells_the_page(self, desk: Desk, room: Storeroom) -> None:
        item = room.item("Shea butter", "g")
        path = f"/items/{item['id']}/density"
        assert "How heavy is Shea butter?" in words(desk.see(path, htmx=True))
        answer = desk.send(path, htmx=True, density="0.9")
        assert answer.headers["HX-Trigger"] == "density.saved, drawer:close"
        desk.done("/items/shea-butter/receive", quantity="2 cups", cost="9")
        assert room.stock(item) == ("425.858826", "9")


class TestUse:
    def test_the_preview_names_the_lots_their_cost_and_what_is_left(
        self, desk: Desk, oil: Body, room: Storeroom
    ) -> None:
        told = words(desk.send("/items/olive-oil/use/preview", htmx=True, quantity="1.5 kg", kind="use").text)
        assert "OLD 1,000 g · $5.00" in told
        assert "NEW 500 g · $4.00" in told
        assert "Leaves 500 g $9.00" in told
        assert "Use 1.5 kg" in told
        assert room.stock(oil) == ("2000", "13")

    def test_it_does_what_the_preview_said_and_undo_takes_it_back(self, desk: Desk, oil: Body, room: Storeroom) -> None:
        page = desk.done("/items/olive-oil/use", quantity="1.5 kg", kind="sale", to="Juniper & Co.")
        assert "Sold: 1.5 kg of Olive oil, $9.00" in words(page)
        assert room.stock(oil) == ("500", "4")
        back = desk.done(undo_url(page))
        assert "Took back" in words(back)
        assert room.stock(oil) == ("2000", "13")

    def test_undoing_twice_says_that_it_is_undone(self, desk: Desk, oil: Body, room: Storeroom) -> None:
        undo = undo_url(desk.done("/items/olive-oil/use", quantity="1 kg", kind="use"))
        desk.done(undo)
        again = desk.send(undo)
        assert again.status_code == 409
        assert "reversed already" in words(again.text)
        assert room.stock(oil) == ("2000", "13")

    def test_from_a_lot_that_is_named(self, desk: Desk, oil: Body, room: Storeroom) -> None:
        desk.done("/items/olive-oil/use", quantity="100", kind="use", lot="NEW")
        assert room.stock(oil) == ("1900", "12.2")

    def test_a_shortage_says_how_much_is_missing_and_keeps_what_was_typed(
        self, desk: Desk, oil: Body, room: Storeroom
    ) -> None:
        answer = desk.send("/items/olive-oil/use", quantity="3 kg", kind="use", reason="test batch")
        assert answer.status_code == 409
        assert "short 1000 g" in words(answer.text)
        assert typed_in(answer.text)["reason"] == "test batch"
        assert room.stock(oil) == ("2000", "13")

    def test_a_refused_form_gets_a_new_key_so_that_it_can_be_sent_when_there_is_more(
        self, desk: Desk, oil: Body, room: Storeroom
    ) -> None:
        said = {"quantity": "3 kg", "kind": "use"}
        refused = desk.send("/items/olive-oil/use", said)
        room.receive(oil, "1000", "0.01")
        desk.done("/items/olive-oil/use", said, key=key_in(refused))
        assert room.stock(oil) == ("0", "0")

    def test_a_lot_of_something_else_does_not_exist_here(self, desk: Desk, oil: Body, room: Storeroom) -> None:
        room.receive(room.item("Lye", "g"), "10", fifo_code="LYE-1")
        answer = desk.send("/items/olive-oil/use", quantity="1", kind="use", lot="LYE-1")
        assert answer.status_code == 422
        assert re.search(r'id="lot-say".*does not exist', answer.text)

    def test_a_day_that_is_past_is_the_day_in_the_book(self, desk: Desk, room: Storeroom) -> None:
        item = room.item("Olive oil", "g")
        room.receive(item, "10", received_on="2026-01-01")
        desk.done("/items/olive-oil/use", quantity="1", kind="use", happened_at="2026-02-03T10:00")
        assert "for Feb 3, 2026" in words(desk.see("/log"))

    @pytest.mark.parametrize("quantity", NONSENSE)
    def test_nonsense_for_an_amount_changes_nothing_and_is_still_there(
        self, desk: Desk, oil: Body, room: Storeroom, quantity: str
    ) -> None:
        answer = desk.send("/items/olive-oil/use", quantity=quantity, kind="use")
        assert answer.status_code == 422
        assert typed_in(answer.text)["quantity"] == quantity
        assert room.stock(oil) == ("2000", "13")

    @pytest.mark.parametrize("quantity", NONSENSE)
    def test_a_preview_of_nonsense_is_no_error_to_the_page(self, desk: Desk, oil: Body, quantity: str) -> None:
        assert desk.send("/items/olive-oil/use/preview", htmx=True, quantity=quantity).status_code == 200


class TestCount:
    def test_the_book_follows_the_shelf(self, desk: Desk, oil: Body, room: Storeroom) -> None:
        form = typed_in(desk.see("/items/olive-oil/count"))
        assert form["expected"] == "2000"
        page = desk.done("/items/olive-oil/count", counted="1.9 kg", reason="monthly", expected="2000")
        assert "Counted: 100 g less Olive oil, $0.50" in words(page)
        assert room.stock(oil) == ("1900", "12.5")

    def test_the_preview_says_the_difference(self, desk: Desk, oil: Body) -> None:
        said = {"counted": "2100", "reason": "monthly", "expected": "2000"}
        told = words(desk.send("/items/olive-oil/count/preview", said, htmx=True).text)
        assert "Difference +100 g · +$0.80" in told

    def test_a_count_that_agrees_says_so_and_posts_nothing(self, desk: Desk, oil: Body, room: Storeroom) -> None:
        page = desk.done("/items/olive-oil/count", counted="2 kg", reason="monthly", expected="2000")
        assert "the book was right" in words(page)
        assert "Counted" not in words(desk.see("/log?kind=count")).split("Number")[-1]

    def test_a_book_that_moved_meanwhile_is_said_and_shown_anew(self, desk: Desk, oil: Body, room: Storeroom) -> None:
        room.issue(oil, "500")
        answer = desk.send("/items/olive-oil/count", counted="1950", reason="monthly", expected="2000")
        assert answer.status_code == 409
        form = typed_in(answer.text)
        assert (form["expected"], form["counted"], form["reason"]) == ("1500", "1950", "monthly")
        desk.done("/items/olive-oil/count", {k: form[k] for k in _COUNT}, key=form["command_key"])
        assert room.stock(oil)[0] == "1950"

    def test_one_lot_alone(self, desk: Desk, oil: Body, room: Storeroom) -> None:
        assert typed_in(desk.see("/items/olive-oil/count?lot=NEW"))["expected"] == "1000"
        desk.done("/items/olive-oil/count", counted="400", reason="spilt", expected="1000", lot="NEW")
        assert room.stock(oil) == ("1400", "8.2")

    def test_without_a_reason_it_asks_for_one(self, desk: Desk, oil: Body) -> None:
        answer = desk.send("/items/olive-oil/count", counted="1", expected="2000")
        assert answer.status_code == 422
        assert 'id="reason-say"' in answer.text


_COUNT = ("counted", "reason", "expected", "lot")

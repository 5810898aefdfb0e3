"""Goods in: many lines at once, all of them or none, and one way back."""

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.kernel import ids
from app.kernel.actor import Actor
from tests.inventory.desk import HTMX, Desk, at_desk, typed_in, words
from tests.inventory.storeroom import Storeroom
from tests.production.test_statements import counted, of_the_command

COLUMNS = ("item", "quantity", "cost", "supplier_lot", "expires_on")


@pytest.fixture
def desk(app: Flask, owner: Actor, organization: Any) -> Desk:
    """The owner's."""
    return at_desk(owner, organization.slug)


def send(
    desk: Desk, *lines: tuple[str, ...], path: str = "/receive", htmx: bool = False, **shared: str
) -> TestResponse:
    """Send a delivery; a line is its item, quantity, cost, supplier's lot and use-by date, as far as said."""
    padded = [(*line, *[""] * (len(COLUMNS) - len(line))) for line in lines]
    columns = {name: [line[n] for line in padded] for n, name in enumerate(COLUMNS)}
    form: dict[str, Any] = {"command_key": str(ids.uuid7()), "kind": "receipt", **columns, **shared}
    return desk.browser.post(desk.url(path), data=form, headers=HTMX if htmx else {})


def done(desk: Desk, *lines: tuple[str, ...], **shared: str) -> str:
    """Send one that succeeds; the page after it."""
    answer = send(desk, *lines, htmx=False, path="/receive", **shared)
    assert answer.status_code == 303, words(answer.text)
    return desk.browser.get(answer.location).text


class TestDelivery:
    def test_each_line_becomes_a_lot_and_one_undo_takes_all_of_it_back(self, desk: Desk, room: Storeroom) -> None:
        oil, lye = room.item("Olive oil", "g"), room.item("Lye", "g")
        lines = ("olive OIL", "2 kg", "15"), ("lye", "3*250g", "6", "L-9", "0730")
        page = done(desk, *lines, supplier="Northfield", reference="DN 5")
        assert "Received 2 things from Northfield, $21.00" in words(page)
        assert (room.stock(oil), room.stock(lye)) == (("2000", "15"), ("750", "6"))
        (lot,) = room.lots(lye)
        assert (lot["supplier_lot"], lot["expires_on"]) == ("L-9", "2030-07-31")
        undo = re.search(r'action="/o/[^/]+(/postings/[^"]+/reverse-all)"', page)
        assert undo
        desk.done(undo[1])
        assert (room.stock(oil), room.stock(lye)) == (("0", "0"), ("0", "0"))

    def test_one_wrong_line_leaves_everything_as_it_was_and_typed(self, desk: Desk, room: Storeroom) -> None:
        oil = room.item("Olive oil", "g")
        answer = send(desk, ("Olive oil", "2 kg", "15"), ("Olive oil", "lots", "6"))
        assert answer.status_code == 422
        assert 'id="quantity-1-say"' in answer.text
        assert 'id="quantity-say"' not in answer.text
        assert room.stock(oil) == ("0", "0")
        assert 'value="2 kg"' in answer.text

    def test_a_thing_that_nobody_wrote_down_opens_the_drawer_that_does(self, desk: Desk, room: Storeroom) -> None:
        room.item("Olive oil", "g")
        answer = send(desk, ("Olive oil", "1 kg", "5"), ("Mica", "5 g", "1"), htmx=True)
        assert answer.status_code == 422
        assert "Nothing here is called Mica." in words(answer.text)
        assert re.search(r"items/quick\?name=Mica", answer.text)

    def test_a_cost_left_empty_is_that_of_last_time(self, desk: Desk, room: Storeroom) -> None:
        oil = room.item("Olive oil", "g")
        room.receive(oil, "1000", "0.008")
        room.receive(oil, "500", "0.01")
        told = words(send(desk, ("Olive oil", "2 kg"), path="/receive/preview", htmx=True).text)
        assert "$20.00 · $10.00 /kg as last time" in told
        done(desk, ("Olive oil", "2 kg"))
        assert room.stock(oil) == ("3500", "33")

    def test_a_delivery_that_was_taken_back_is_not_last_time(self, desk: Desk, room: Storeroom) -> None:
        oil = room.item("Olive oil", "g")
        room.receive(oil, "1000", "0.008")
        room.reverse(room.receive(oil, "500", "9"))
        done(desk, ("Olive oil", "1 kg"))
        assert room.stock(oil) == ("2000", "16")

    def test_the_preview_shows_the_sound_lines_and_says_what_is_wrong_with_the_others(
        self, desk: Desk, room: Storeroom
    ) -> None:
        oil = room.item("Olive oil", "g")
        room.receive(oil, "1000", "0.01")
        lines = ("Olive oil", "1 kg", "12"), ("Olive oil", "500 g", "5"), ("Mica", "5 g", "1"), ("", "", "")
        told = words(send(desk, *lines, path="/receive/preview", htmx=True).text)
        assert "This will add 2 lots" in told
        assert "then 2,000 g on hand +1,000 g $12.00 · $12.00 /kg 20% dearer than last time" in told
        assert "then 2,500 g on hand" in told
        assert "2 lines $17.00" in told
        assert "Mica : Nothing here is called Mica." in told
        assert room.stock(oil) == ("1000", "10")

    def test_without_scripts_a_button_gives_another_line_and_keeps_what_was_typed(
        self, desk: Desk, room: Storeroom
    ) -> None:
        room.item("Olive oil", "g")
        page = send(desk, ("Olive oil", "1 kg", "5"), add="1").text
        assert 'id="item-1"' in page
        assert 'value="1 kg"' in page

    def test_it_goes_back_to_the_page_that_sent_somebody(self, desk: Desk, room: Storeroom) -> None:
        room.item("Olive oil", "g")
        path = "/items/olive-oil/receive?back=" + desk.url("/recipes")
        assert send(desk, ("Olive oil", "1 kg", "5"), path=path).location == desk.url("/recipes")
        away = "/items/olive-oil/receive?back=https://elsewhere.example/"
        assert send(desk, ("Olive oil", "1 kg", "5"), path=away).location == desk.url("/items/olive-oil")

    def test_the_first_line_is_begun_on_an_items_own_page(self, desk: Desk, room: Storeroom) -> None:
        room.item("Olive oil", "g")
        assert typed_in(desk.see("/items/olive-oil/receive"))["item"] == "Olive oil"

    def test_a_line_costs_the_same_number_of_statements_however_many_there_are(
        self, app: Flask, desk: Desk, room: Storeroom
    ) -> None:
        for n in range(6):
            room.item(f"Oil {n}", "g")
        taken = []
        for lines in (2, 4, 6):
            with counted(app) as sent:
                done(desk, *((f"Oil {n}", "1 kg", "5") for n in range(lines)), supplier="Northfield")
            taken.append(len(of_the_command(sent)))
        assert taken[2] - taken[1] <= 2 * 8, taken


class TestStocktake:
    def count(self, desk: Desk, *lines: tuple[str, str, str], path: str = "/count", **said: str) -> TestResponse:
        columns = {name: [line[n] for line in lines] for n, name in enumerate(("item", "counted", "expected"))}
        form: dict[str, Any] = {"command_key": str(ids.uuid7()), "reason": "monthly", **columns, **said}
        return desk.browser.post(desk.url(path), data=form)

    def test_all_of_it_is_written_at_once_and_undone_at_once(self, desk: Desk, room: Storeroom) -> None:
        oil, lye, wax = (room.item(name, "g", code=name) for name in ("oil", "lye", "wax"))
        for item in (oil, lye, wax):
            room.receive(item, "100", "0.1")
        lines = ("oil", "90", "100"), ("lye", "0.105 kg", "100"), ("wax", "", "100")
        told = words(self.count(desk, *lines, path="/count/preview").text)
        assert "oil −10 g · −$1.00 lye +5 g · +$0.50" in told
        assert "Difference in value −$0.50" in told
        page = desk.browser.get(self.count(desk, *lines).location).text
        assert "Counted 2 things: 2 differ, −$0.50" in words(page)
        assert [room.stock(item)[0] for item in (oil, lye, wax)] == ["90", "105", "100"]
        undo = re.search(r'action="/o/[^/]+(/postings/[^"]+/reverse-all)"', page)
        assert undo
        desk.done(undo[1])
        assert [room.stock(item)[0] for item in (oil, lye, wax)] == ["100", "100", "100"]

    def test_who_counts_what_the_page_shows_has_counted_the_book_right(self, desk: Desk, room: Storeroom) -> None:
        oil = room.item("oil", "g", code="oil")
        room.receive(oil, "367.18474", "0.1")
        assert "367.2 g" in words(desk.see("/count"))
        page = desk.browser.get(self.count(desk, ("oil", "367.2", "367.18474")).location).text
        assert "the book was right" in words(page)
        assert room.stock(oil)[0] == "367.18474"

    def test_a_book_that_changed_meanwhile_stops_it_and_says_so_beside_the_line(
        self, desk: Desk, room: Storeroom
    ) -> None:
        oil, lye = room.item("oil", "g", code="oil"), room.item("lye", "g", code="lye")
        room.receive(oil, "100")
        answer = self.count(desk, ("lye", "0", "0"), ("oil", "95", "90"))
        assert answer.status_code == 409
        assert 'id="wrong-oil"' in answer.text
        assert 'value="95"' in answer.text
        assert (room.stock(oil)[0], room.stock(lye)[0]) == ("100", "0")

    def test_its_preview_asks_for_all_things_at_once_and_reads_each_once(
        self, app: Flask, desk: Desk, room: Storeroom
    ) -> None:
        for n in range(6):
            room.receive(room.item(f"oil {n}", "g", code=f"oil-{n}"), "100", "0.1")
        taken = []
        for lines in (2, 4, 6):
            with counted(app) as sent:
                self.count(desk, *((f"oil-{n}", "100", "100") for n in range(lines)), path="/count/preview")
            taken.append(len(sent))
        assert taken[2] - taken[1] == taken[1] - taken[0] == 2

    def test_what_is_no_item_is_said_and_the_others_are_planned(self, desk: Desk, room: Storeroom) -> None:
        room.receive(room.item("oil", "g", code="oil"), "100", "0.1")
        told = words(self.count(desk, ("oil", "90", "100"), ("gone", "1", "1"), path="/count/preview").text)
        assert "oil −10 g" in told
        assert "gone : That item does not exist." in told

    def test_more_than_can_be_counted_at_once_is_refused_and_kept(self, desk: Desk, room: Storeroom) -> None:
        oil = room.item("oil", "g", code="oil")
        room.receive(oil, "100", "0.1")
        answer = self.count(desk, *[("oil", "91", "100")] * 501)
        assert answer.status_code == 422
        assert "At most 500 counts at once." in answer.text
        assert 'value="91"' in answer.text
        assert room.stock(oil)[0] == "100"

    def test_nothing_typed_is_nothing_counted(self, desk: Desk, room: Storeroom) -> None:
        room.item("oil", "g", code="oil")
        assert self.count(desk, ("oil", "", "0")).status_code == 422

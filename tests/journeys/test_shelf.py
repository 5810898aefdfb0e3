"""The shelf, as a maker keeps it: a delivery typed in shorthand and taken back, use undone, many things counted."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.looks import LOOKS
from tests.journeys.maker import Maker

_PATIENCE = 20_000  # milliseconds until a preview has come: it is asked for while somebody types


@pytest.mark.browser
@pytest.mark.heavy
@LOOKS
def test_the_shelf(maker: Maker) -> None:
    for name in ("Olive oil", "Crème de shea", "Lye"):
        maker.make_material(name, "g")

    _receive_and_undo(maker)
    _find(maker)
    _use_and_undo(maker)
    _count(maker)
    assert maker.complaints == []


def _receive_and_undo(maker: Maker) -> None:
    """Two lines in shorthand, shown before they happen, taken back in one go, and typed once more."""
    for time in ("undone", "kept"):
        maker.go("/receive")
        _type_delivery(maker.page)
        will = maker.page.locator("#will")
        expect(will).to_contain_text("+992.2 g", timeout=_PATIENCE)
        expect(will).to_contain_text("use by Jul 31, 2030")
        expect(will).to_contain_text("$21.20")
        maker.picture("receive")
        maker.page.get_by_role("button", name="Receive 2 lines").click()
        expect(maker.page.get_by_text("Received 2 things from Northfold Soap Supply, $21.20")).to_be_visible()
        if time == "undone":
            maker.undo()
            expect(maker.page.get_by_text("Took back 2 entries")).to_be_visible()
            expect(_row(maker.page, "Olive oil")).to_contain_text("None left")
    expect(_row(maker.page, "Olive oil")).to_contain_text("992.2 g")
    maker.picture("stock")


def _type_delivery(page: Page) -> None:
    page.get_by_label("Supplier", exact=True).fill("Northfold Soap Supply")
    first = page.locator("li.rline").nth(0)
    first.get_by_label("What", exact=True).fill("olive oil")
    first.get_by_label("How much").fill("2 lb 3 oz")
    first.get_by_label("Cost", exact=True).fill("9.20")
    first.get_by_label("Use by").fill("+18m")
    page.keyboard.press("Alt+Enter")
    second = page.locator("li.rline").nth(1)
    expect(second.get_by_label("What", exact=True)).to_be_focused()
    page.keyboard.type("creme de shea")
    second.get_by_label("How much").fill("3*250g")
    second.get_by_label("Cost", exact=True).fill("12")
    second.get_by_label("Use by").fill("0730")


def _find(maker: Maker) -> None:
    """Filter as one types: by name without its accent, by supplier."""
    box = maker.page.get_by_role("searchbox", name="Filter stock")
    box.fill("creme")
    expect(_row(maker.page, "Olive oil")).to_have_count(0)
    expect(_row(maker.page, "Crème de shea")).to_be_visible()
    box.fill("northfold")
    expect(_row(maker.page, "Olive oil")).to_be_visible()
    expect(_row(maker.page, "Lye")).to_have_count(0)


def _use_and_undo(maker: Maker) -> None:
    """One click from the item: what it would take, done, undone."""
    maker.page.get_by_role("link", name="Olive oil").click()
    expect(maker.page.get_by_text("Next to use")).to_be_visible()
    maker.picture("item")
    maker.page.get_by_role("link", name="Use", exact=True).click()
    maker.page.get_by_label("How much").fill("100 g")
    expect(maker.page.locator("#will")).to_contain_text("Leaves 892.2 g", timeout=_PATIENCE)
    maker.picture("use")
    maker.page.get_by_role("button", name="Use 100 g").click()
    expect(maker.page.get_by_text("Used: 100 g of Olive oil")).to_be_visible()
    maker.undo()
    expect(maker.page.get_by_text("Took back: 100 g of Olive oil")).to_be_visible()


def _count(maker: Maker) -> None:
    """Who counts what the page shows agrees with the book; what differs is shown before it is written."""
    maker.go("/count")
    maker.page.get_by_label("Counted of Olive oil").fill("992.2")
    maker.page.get_by_label("Counted of Crème de shea").fill("700")
    maker.page.get_by_label("Reason").focus()
    will = maker.page.locator("#will")
    expect(will).to_contain_text("The book is right for 1 of them", timeout=_PATIENCE)
    expect(will).to_contain_text("−50 g · −$0.80")
    will.scroll_into_view_if_needed()
    maker.picture("stocktake")
    maker.page.get_by_role("button", name="Save 2 counts").click()
    expect(maker.page.get_by_text("Counted 2 things: 1 differs, −$0.80")).to_be_visible()
    maker.undo()
    expect(maker.page.get_by_text(re.compile("Took back 1 entry"))).to_be_visible()


def _row(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has_text=name)

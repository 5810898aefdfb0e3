"""What stands in the way is put right in a drawer, and what was begun goes on, with nothing typed twice."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.looks import LOOKS
from tests.journeys.maker import Maker

_REFUSED = re.compile(r"status of 4(09|22)")


@pytest.mark.browser
@pytest.mark.heavy
@LOOKS
def test_drawers(maker: Maker) -> None:
    maker.make_material("Olive oil", "g")
    maker.receive("olive-oil", "1000 g", "5.00")

    _write_a_recipe_with_something_new(maker)
    _start_without_a_density(maker)
    _make_less(maker)
    assert [said for said in maker.complaints if not _REFUSED.search(said)] == []


def _write_a_recipe_with_something_new(maker: Maker) -> None:
    """A line finds what is there by typing; another writes down what is not; a third is asked for when sent."""
    page = maker.page
    maker.go("/recipes/new")
    page.locator("[name=name]").fill("Clay bar")
    page.locator("[name=makes]").fill("Clay bar")
    page.locator("[name=amount]").fill("10 each")
    rows = page.locator("li.lrow")
    rows.nth(0).get_by_label("Material or recipe").press_sequentially("olï")
    expect(rows.nth(0).get_by_role("option").first).to_contain_text("1,000 g")
    maker.picture("find-material")
    page.keyboard.press("Enter")
    expect(rows.nth(0).get_by_label("Material or recipe")).to_have_value("Olive oil")
    rows.nth(0).get_by_label("Amount with unit").fill("500 ml")

    rows.nth(1).get_by_label("Material or recipe").press_sequentially("Rose clay")
    expect(rows.nth(1).get_by_role("option", name="New material")).to_be_visible()
    page.keyboard.press("Control+Enter")
    drawer = page.locator("#drawer")
    expect(drawer.get_by_label("Name", exact=True)).to_have_value("Rose clay")
    maker.picture("quick-item")
    drawer.get_by_role("button", name="Add and use it").click()
    expect(drawer).not_to_be_visible()
    expect(rows.nth(1).get_by_label("Material or recipe")).to_have_value("Rose clay")
    rows.nth(1).get_by_label("Amount with unit").fill("20 g")

    rows.nth(2).get_by_label("Material or recipe").fill("Rosemary")
    rows.nth(2).get_by_label("Amount with unit").fill("1 g")
    page.get_by_role("button", name="Keep recipe").click()
    expect(drawer.get_by_label("Name", exact=True)).to_have_value("Rosemary")
    drawer.get_by_text("Keep count of it").click()
    drawer.get_by_role("button", name="Add and use it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Clay bar")


def _start_without_a_density(maker: Maker) -> None:
    """Start asks how heavy the oil is, then what is short, and starts: nothing is pressed twice."""
    page, drawer = maker.page, maker.page.locator("#drawer")
    maker.plan("Clay bar")
    expect(page.get_by_text("Cannot compare")).to_be_visible()
    page.get_by_label("Note").or_(page.get_by_text("Note", exact=True)).first.click()
    page.locator("[name=note]").fill("for Zoe")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(drawer.get_by_label("Density")).to_have_value("0.913")
    expect(drawer.get_by_text("456.5 g")).to_be_visible()
    maker.picture("density")
    drawer.get_by_role("button", name="Save and try again").click()

    expect(drawer.get_by_text("1 material is short")).to_be_visible()
    expect(drawer.get_by_label("How much came in")).to_have_value("20 g")
    drawer.get_by_label("Cost in total").fill("2")
    maker.picture("shortage")
    drawer.get_by_role("button", name="Receive and try again").click()
    page.wait_for_url(re.compile(r"/batches/[A-Z]"))
    expect(page.get_by_text("is on the bench")).to_be_visible()
    expect(page.get_by_text("for Zoe").first).to_be_visible()
    maker.picture("started")
    maker.undo()
    expect(page.get_by_text("Cancelled").first).to_be_visible()


def _make_less(maker: Maker) -> None:
    """Everything went back; twice as much is too much, and the drawer makes what the shelf allows."""
    page, drawer = maker.page, maker.page.locator("#drawer")
    maker.plan("Clay bar")
    page.locator("#scale").fill("2")
    expect(page.locator("#make")).to_have_value("20")
    expect(page.get_by_text("Rose clay is 20")).to_be_visible()
    maker.picture("plan-short")
    page.get_by_role("button", name="Start", exact=True).click()
    drawer.get_by_role("button", name="Make 10 each").click()
    page.wait_for_url(re.compile(r"/batches/[A-Z]"))
    expect(page.get_by_text("is on the bench")).to_be_visible()

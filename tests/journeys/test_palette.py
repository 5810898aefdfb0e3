"""The palette and the keys: everything is found and done without leaving the keyboard, on a phone by touch."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from app.kernel.actor import Actor
from tests import cast
from tests.journeys.looks import LOOKS
from tests.journeys.maker import Maker
from tests.recipes.workshop import Workshop, of

pytestmark = [pytest.mark.browser, pytest.mark.heavy]
PHONE = 600


@pytest.fixture
def maker(maker: Maker, owner: Actor) -> Iterator[Maker]:
    """Signed in, with oats, shea and a recipe on the shelf."""
    shop = Workshop(cast.api(owner))
    shea = shop.item("Crème of shea", "g", code="shea")
    shop.receive(shea, "640", "0.01", fifo_code="LOT-SHEA-1")
    shop.item("Oats", "g")
    shop.plan(shop.recipe("Summer balm", ("Balm tin", "4", "each"), of(shea, "40"), prefix="BALM"))
    maker.go("/")
    yield maker
    assert maker.complaints == []


@LOOKS
def test_everything_is_found_and_done_from_the_palette(maker: Maker, width: int) -> None:
    page = maker.page
    maker.go("/recipes")
    expect(page.get_by_role("heading", level=1, name="Recipes")).to_be_visible()
    maker.go("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    field = opened(page, width)
    expect(rows(page).first).to_have_text("Recipes")  # what was open last
    expect(page.get_by_role("option", name="Plan a batch")).to_be_visible()
    maker.picture("palette-1-open")

    field.fill("CREME")
    expect(chosen(page)).to_contain_text("Crème of shea")
    expect(page.get_by_role("option", name="LOT-SHEA-1")).to_be_visible()
    expect(page.get_by_role("option", name="BALM")).to_have_count(0)
    maker.picture("palette-2-found")
    field.press("ArrowDown")
    expect(chosen(page)).to_contain_text("LOT-SHEA-1")
    field.press("ArrowUp")
    field.press("ArrowUp")
    expect(rows(page).last).to_have_attribute("aria-selected", "true")  # round to the end
    field.press("ArrowDown")
    field.press("Enter")
    expect(page).to_have_url(re.compile("/items/shea$"))

    opened(page, width).fill("use 250g shea")
    expect(chosen(page)).to_have_text(re.compile("Use 250 g of Crème of shea"))
    maker.picture("palette-3-meant")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/items/shea/use"))
    expect(page.locator("[name=quantity]")).to_have_value("250 g")

    field = opened(page, width)
    field.fill("zzz")
    expect(page.get_by_text("Nothing is called “zzz”").first).to_be_visible()
    maker.picture("palette-4-nothing")
    if width < PHONE:
        page.get_by_role("dialog").get_by_role("button", name="Close").click()
    else:
        field.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


@LOOKS
def test_a_code_that_is_typed_at_once_and_sent_opens_what_it_stands_for(maker: Maker, width: int) -> None:
    field = opened(maker.page, width)
    field.press_sequentially("lot-shea-1")
    field.press("Enter")  # a scanner does not wait for the rows
    expect(maker.page).to_have_url(re.compile("/lots/LOT-SHEA-1"))


@LOOKS
def test_keys_lead_everywhere_unless_somebody_types_or_turned_them_off(maker: Maker) -> None:
    page = maker.page
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page.get_by_role("heading", level=1, name="Stock")).to_be_visible()

    page.keyboard.press("/")
    expect(page.locator("main input[type=search]").first).to_be_focused()
    page.keyboard.type("g t n r ? oat")
    expect(page.locator("main input[type=search]").first).to_have_value("g t n r ? oat")
    expect(page.get_by_role("heading", level=1, name="Stock")).to_be_visible()
    page.locator("main input[type=search]").first.blur()

    page.keyboard.press("?")
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    expect(drawer.get_by_text("Plan a batch")).to_be_visible()
    maker.picture("palette-5-keys")
    drawer.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.keyboard.press("g")
    page.keyboard.press("r")
    page.keyboard.press("Control+k")  # with a modifier it stays
    expect(page.get_by_role("combobox", name="Find or do")).to_be_focused()
    expect(page.get_by_role("heading", level=1, name="Stock")).to_be_visible()

    maker.go("/shortcuts")
    expect(page.get_by_role("checkbox")).not_to_be_checked()
    page.get_by_role("checkbox").check()
    page.get_by_role("checkbox").blur()
    page.keyboard.press("n")
    page.keyboard.press("b")
    expect(page).to_have_url(re.compile("/batches/plan"))


def opened(page: Page, width: int) -> Locator:
    """The palette's field, opened as it is on this device."""
    if width < PHONE:
        page.get_by_role("link", name="Find or do").click()
    else:
        page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Find or do")
    expect(field).to_be_focused()
    expect(rows(page).first).to_be_visible()
    return field


def rows(page: Page) -> Locator:
    """What can be chosen."""
    return page.locator("#palette [role=option]")


def chosen(page: Page) -> Locator:
    """The row that Enter opens."""
    return page.locator("#palette [role=option][aria-selected=true]")

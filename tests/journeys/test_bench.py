"""The bench: from a batch that starts to its finished lot, with a scale, wet hands and two timers."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from app.kernel import clock
from app.kernel.actor import Actor
from app.platform import tenancy
from app.production.services import timers
from tests import cast
from tests.inventory.storeroom import Body
from tests.journeys.looks import LOOKS
from tests.journeys.maker import Maker
from tests.recipes.workshop import Workshop, of

_PATIENCE = 30_000
"""Milliseconds for what is asked of the server while something is typed, and for a timer that rings soon."""


@pytest.mark.browser
@pytest.mark.heavy
@LOOKS
def test_from_the_bench_to_the_shelf(maker: Maker, owner: Actor) -> None:
    batch = _planned(Workshop(cast.api(owner)))
    maker.go(f"/batches/{batch['label']}")
    maker.start()
    expect(maker.page.get_by_text("0 of 3 weighed")).to_be_visible()
    maker.picture("batch-started")

    _weigh(maker)
    _wait(maker, batch, owner)
    _look_closer(maker)
    _finish(maker)
    assert maker.complaints == []


def _planned(shop: Workshop) -> Body:
    """24 bars of sunflower oil out of two lots, lye, and lavender oil by volume."""
    oil, lye = shop.item("Sunflower oil, high oleic", "g"), shop.item("Sodium hydroxide", "g")
    lavender = shop.item("Lavender essential oil", "ml")
    shop.receive(oil, "340", "0.004", fifo_code="LOT-5H2K7Q9M")
    shop.receive(oil, "5000", "0.005", fifo_code="LOT-W8T4C6ND")
    shop.receive(lye, "2000", "0.01", fifo_code="LOT-NAOH77XY")
    shop.receive(lavender, "500", "0.2", fifo_code="LOT-LAV11ABC")
    bar = shop.product("Lavender bar", perishable=True, shelf_life_days=365)
    lines = of(oil, "810"), of(lye, "113.4"), of(lavender, "30")
    return shop.plan(shop.recipe("Lavender & oat soap", (bar, "24", "each"), *lines, prefix="LAV"))


def _weigh(maker: Maker) -> None:
    """The first line by keyboard, and back again."""
    page = maker.page
    page.get_by_role("link", name="At the bench").click()
    expect(_heading(page)).to_have_text("Sunflower oil, high oleic")
    expect(page.get_by_text("Change lot at 340 g")).to_be_visible()
    maker.picture("bench")
    page.keyboard.press("Enter")
    expect(_heading(page)).to_have_text("Sodium hydroxide")
    expect(page.get_by_text("Sunflower oil, high oleic is weighed.")).to_be_visible()
    maker.picture("bench-ticked")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(_heading(page)).to_have_text("Sunflower oil, high oleic")
    page.keyboard.press("ArrowRight")
    expect(_heading(page)).to_have_text("Sodium hydroxide")
    page.keyboard.press("ArrowLeft")
    expect(_heading(page)).to_have_text("Sunflower oil, high oleic")
    page.get_by_role("button", name="Weighed 810 g").click()
    expect(_heading(page)).to_have_text("Sodium hydroxide")


def _wait(maker: Maker, batch: Body, owner: Actor) -> None:
    """Two timers survive a reload; the one that was begun on another device rings."""
    page = maker.page
    page.get_by_role("link", name="Start a timer").click()
    page.get_by_label("What are you waiting for?").fill("lye cooling")
    page.get_by_label("20 min", exact=True).check(force=True)
    page.locator("#drawer").get_by_role("button", name="Start", exact=True).click()
    lye = page.locator(".timer", has_text="lye cooling")
    expect(lye).to_be_visible()
    cast._written(lambda: _begun_before(owner, batch, "oven"))
    maker.go(f"/batches/{batch['label']}/bench")
    expect(lye.get_by_role("timer")).to_have_text(re.compile(r"^(20:00|19:\d\d|18:\d\d)$"))
    maker.picture("bench-timers")
    oven = page.locator(".timer", has_text="oven")
    expect(oven).to_have_class(re.compile("rings"), timeout=_PATIENCE)
    expect(oven.get_by_text("is over")).to_be_visible()
    maker.picture("bench-rings")
    oven.get_by_role("button", name="Stop the timer oven").click()
    expect(oven).to_have_count(0)
    expect(lye).to_be_visible()


def _begun_before(owner: Actor, batch: Body, name: str) -> None:
    """A timer that ends in a few seconds."""
    tenancy.bind(owner.organization_id)
    with clock.set_to(clock.now() - timedelta(seconds=52)):
        timers.start(owner, UUID(batch["id"]), name=name, minutes=1)


def _look_closer(maker: Maker) -> None:
    """Less of the lye was needed; the lavender's label is checked; something is worth a note."""
    page = maker.page
    page.get_by_role("link", name="Other amount").click()
    drawer = page.locator("#drawer")
    drawer.get_by_label("What went in, all in all").fill("110 g")
    drawer.get_by_label("Why").fill("Hard water")
    expect(drawer.get_by_text("This will put back")).to_be_visible(timeout=_PATIENCE)
    maker.picture("bench-less")
    drawer.get_by_role("button", name="Weighed this much").click()
    expect(_heading(page)).to_have_text("Lavender essential oil")

    page.get_by_role("link", name="Scan lot").click()
    code = page.get_by_label("Code on the label")
    code.fill("LOT-NAOH77XY")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("This is Sodium hydroxide, not Lavender essential oil.")).to_be_visible()
    maker.picture("bench-wrong-lot")
    code.fill("LOT-LAV11ABC")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("Right lot.")).to_be_visible()
    maker.picture("bench-right-lot")
    page.get_by_role("button", name="Weighed 30 ml").click()
    expect(_heading(page)).to_have_text("Everything is weighed")


def _finish(maker: Maker) -> None:
    """A note, the yield with its loss, undone and said again; the record and its labels."""
    page = maker.page
    page.get_by_role("link", name="Write a note").click()
    page.locator("#drawer").get_by_label("Note").fill("Traced early.")
    page.locator("#drawer").get_by_role("button", name="Keep note").click()
    expect(page.locator("#drawer")).to_be_hidden()
    _say(page, "22 each")
    expect(page.get_by_text("Not accounted for")).to_be_visible(timeout=_PATIENCE)
    page.get_by_label("Lost", exact=True).fill("2 each")
    page.get_by_label("How", exact=True).select_option("quality")
    expect(page.get_by_text("Not accounted for")).to_have_count(0, timeout=_PATIENCE)
    expect(page.get_by_text("91.67%")).to_be_visible(timeout=_PATIENCE)
    maker.picture("bench-finish")
    page.get_by_role("button", name="Finish batch").click()
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_visible()
    expect(page.get_by_text("Traced early.")).to_be_visible()
    maker.picture("batch-finished")

    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("Undone. Everything is as it was.")).to_be_visible()
    page.get_by_role("link", name="Finish", exact=True).click()
    _say(page, "24 each")
    page.get_by_role("button", name="Finish batch").click()
    expect(page.get_by_text("Came out", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Print labels").first).to_be_visible()


def _say(page: Page, made: str) -> None:
    page.get_by_label("What came out").fill(made)


def _heading(page: Page) -> Locator:
    return page.locator("#bm h1")

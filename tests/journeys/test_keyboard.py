"""The main job without a mouse: Tab, Enter, arrows and letters, as somebody works who cannot or will not point."""

import re
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.identity.services.organizations import OrganizationFacts
from app.inventory.queries import proofs
from app.kernel.actor import Actor
from tests.cast import PASSWORD, email_of
from tests.journeys.maker import Maker

_FARTHEST = 120
"""Presses of Tab after which something counts as out of reach."""


class Hands:
    """Two hands on a keyboard. What is not reached by Tab is not reached."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, selector: str) -> None:
        """Tab until the focus stands on what `selector` names; whatever has it must be seen to have it."""
        expect(self.page.locator(selector).first).to_be_attached()  # the page that has it is there
        self.page.wait_for_load_state()
        for _ in range(_FARTHEST):
            if self.page.evaluate("(wanted) => document.activeElement?.matches(wanted) ?? false", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} is out of reach on {self.page.url}")

    def write(self, selector: str, text: str) -> None:
        """Reach a field and write into it, over what stands there."""
        self.reach(selector)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def press(self, selector: str) -> None:
        """Reach a button or a link and press Enter."""
        self.reach(selector)
        self.page.keyboard.press("Enter")

    def do(self, words: str) -> None:
        """From the palette: the first thing that it finds."""
        self.page.keyboard.press("ControlOrMeta+k")
        palette = self.page.locator("dialog[open]")
        expect(palette).to_be_visible()
        self.page.keyboard.type(words)
        expect(palette.get_by_role("option").first).to_contain_text(
            re.compile(words.split(maxsplit=1)[0], re.IGNORECASE)
        )
        self.page.keyboard.press("Enter")


@pytest.mark.browser
@pytest.mark.heavy
@pytest.mark.parametrize("dialect", ["sqlite"], scope="session")
def test_the_main_job_by_keyboard_alone(
    browser: Browser, server: str, app: Flask, organization: OrganizationFacts, owner: Actor, screenshots: Path
) -> None:
    maker = Maker(browser, server, organization.slug, screenshots, width=1280, theme="light")
    page, hands = maker.page, Hands(maker.page)
    heading = page.get_by_role("heading", level=1)
    maker.go("/")
    hands.write("[name=email]", email_of(owner))
    hands.write("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"^[^?]*/o/"))

    hands.do("Add a material")
    expect(page).to_have_url(re.compile(r"/items/new"))
    hands.write("[name=name]", "Shea butter")
    hands.write("[name=unit]", "g")
    page.keyboard.press("Enter")
    expect(heading).to_contain_text("Shea butter")

    hands.press("a[href$='/items/shea-butter/receive']")
    expect(page).to_have_url(re.compile(r"/receive"))
    hands.write("[name=quantity]", "2 lb")
    hands.write("[name=cost]", "20")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Undo").first).to_be_visible()

    page.keyboard.press("g")
    page.keyboard.press("r")
    expect(page).to_have_url(re.compile(r"/recipes$"))
    hands.press("a[href$='/recipes/new']")
    expect(page).to_have_url(re.compile(r"/recipes/new"))
    hands.write("[name=name]", "Plain bar")
    hands.write("[name=makes]", "Plain bar")
    hands.write("[name=amount]", "10 each")
    hands.write("[name$='-thing']", "Shea butter")
    page.keyboard.press("Escape")
    hands.write("[name$='-amount']", "500 g")
    hands.press("#main button.btn-1[type=submit], .head button.btn-1")
    expect(heading).to_contain_text("Plain bar")

    hands.press("a[href*='/batches/plan']")
    expect(page.locator("#make")).to_be_visible()
    hands.press("button[value=start]")
    page.wait_for_url(re.compile(r"/batches/[A-Z]"))
    label = page.url.rpartition("/")[2].split("?")[0]

    hands.press("a[href*='/finish']")
    hands.write("[name=made]", "10")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Came out", exact=True)).to_be_visible()

    hands.do(label)
    expect(page).to_have_url(re.compile(label))
    maker.picture("keyboard")
    assert maker.complaints == []
    maker.close()
    with app.app_context():
        assert proofs.of(organization.id).findings == []

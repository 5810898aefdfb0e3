"""The main job, as a maker does it: from a new material to a scanned label, and back to the supplier's lot."""

import re
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Browser, expect

from app.identity.services.organizations import OrganizationFacts
from app.kernel.actor import Actor
from tests.cast import email_of
from tests.journeys.looks import LOOKS
from tests.journeys.maker import Maker

_DOTS_PER_POINT = 4


@pytest.mark.browser
@pytest.mark.heavy
@LOOKS
def test_the_main_job(
    maker: Maker, browser: Browser, server: str, organization: OrganizationFacts, owner: Actor, screenshots: Path
) -> None:
    label = _make_a_batch(maker)
    _scan(browser, maker, label, server, organization.slug, email_of(owner), screenshots)
    maker.go(f"/lots/{label}")
    expect(maker.page.get_by_text("NF-117").locator("visible=true").first).to_be_visible()
    maker.picture("trace")

    maker.receive("lye", "5000 g", "50.00")
    maker.undo()
    maker.go("/log")
    expect(maker.page.get_by_role("row").filter(has_text="Took back")).to_be_visible()
    maker.picture("log")
    assert maker.complaints == []


def _make_a_batch(maker: Maker) -> str:
    """Materials, lots, a recipe in mixed units, a shortage mended, a batch started and finished; gives its label."""
    maker.make_material("Shea butter", "g", "0.9")
    maker.make_material("Lye", "g")
    maker.receive("shea-butter", "2 lb 3 oz", "21.90", lot="NF-117")
    maker.receive("lye", "100 g", "1.00")
    maker.picture("item")
    maker.write_recipe("Plain bar", "10 each", [("Shea butter", "2 cup"), ("Lye", "120 g")])
    maker.picture("recipe")

    maker.plan("Plain bar")
    expect(maker.page.get_by_text("Lye is 20")).to_be_visible()
    maker.picture("short")
    maker.receive("lye", "500 g", "5.00")
    maker.plan("Plain bar")
    label = maker.start()
    maker.finish("9")
    maker.picture("batch")
    return label


def _scan(browser: Browser, maker: Maker, label: str, server: str, slug: str, email: str, pictures: Path) -> None:
    """Print the label sheet, read its QR code as a camera would, open it on a phone that is not signed in."""
    sheet = maker.page.request.get(f"{server}/o/{slug}/batches/{label}/labels.pdf")
    page = pypdfium2.PdfDocument(sheet.body())[0]
    codes = {found.text for found in zxingcpp.read_barcodes(page.render(scale=_DOTS_PER_POINT).to_pil())}
    assert len(codes) == 1

    phone = Maker(browser, server, slug, pictures, width=390, theme="light")
    phone.page.goto(codes.pop())
    phone.sign_in(email)
    expect(phone.page).to_have_url(re.compile(f"/batches/{label}$"))
    phone.picture("scanned")
    phone.close()

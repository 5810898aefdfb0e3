"""Scanning as a maker does it: a label opens its batch, a package finds its item; and no connection loses nothing."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, expect

from app.identity.services.organizations import OrganizationFacts
from app.kernel.actor import Actor
from app.platform import codes
from tests import cast
from tests.cast import email_of
from tests.journeys import film
from tests.journeys.looks import LOOKS
from tests.journeys.maker import Maker
from tests.recipes.workshop import Workshop, of

pytestmark = [pytest.mark.browser, pytest.mark.heavy]

_EAN = "4006381333931"
Film = Path | None
Launch = Callable[[Film], Browser]


@pytest.fixture
def launch(browser: Browser) -> Iterator[Launch]:
    """Chromium whose camera shows a film; without one it has a camera that nobody lets it use."""
    with ExitStack() as opened:

        def start(shown: Film) -> Browser:
            asked = ["--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream"]
            if shown:
                asked += ["--use-fake-ui-for-media-stream", f"--use-file-for-fake-video-capture={shown}"]
            found = browser.browser_type.launch(executable_path="/usr/bin/chromium", args=asked)
            opened.callback(found.close)
            return found

        yield start


@pytest.fixture
def shop(app: Flask, owner: Actor) -> Workshop:
    """Olive oil on the shelf."""
    made = Workshop(cast.api(owner))
    made.receive(made.item("Olive oil", "g"), "1000", None, total_cost="5", fifo_code="OIL-1")
    return made


@LOOKS
def test_scanning(
    launch: Launch,
    server: str,
    app: Flask,
    organization: OrganizationFacts,
    owner: Actor,
    shop: Workshop,
    screenshots: Path,
    tmp_path: Path,
    width: int,
    theme: str,
) -> None:
    def person(shown: Film) -> Maker:
        maker = Maker(launch(shown), server, organization.slug, screenshots, width=width, theme=theme)
        maker.go("/scan")
        maker.sign_in(email_of(owner))
        return maker

    batch = shop.plan(shop.recipe("Soap", ("Soap bar", "4", "each"), of(_oil(shop), "400"), prefix="SOAP"))
    token = codes.token(organization.id, UUID(batch["id"]))
    _a_label_opens_its_batch(person(film.of_qr(tmp_path / "label.y4m", f"{server}/q/{token}")), batch["label"])
    _a_package_finds_its_item(person(film.of_ean(tmp_path / "package.y4m", _EAN)))
    _another_site_stays_closed(person(film.of_qr(tmp_path / "other.y4m", "https://elsewhere.example/win")))
    _no_camera_says_so(person(None))


def _oil(shop: Workshop) -> dict[str, str]:
    found: dict[str, str] = shop.api.get("/items/olive-oil").get_json()
    return found


def _turn_on(maker: Maker) -> None:
    maker.page.get_by_role("button", name="Turn on the camera").click()


def _a_label_opens_its_batch(maker: Maker, label: str) -> None:
    expect(maker.page.get_by_text("The picture stays on this device.")).to_be_visible()
    maker.picture("scan")
    _turn_on(maker)
    expect(maker.page).to_have_url(re.compile(f"/batches/{label}$"))
    maker.picture("scan-opened")
    assert maker.complaints == []


def _a_package_finds_its_item(maker: Maker) -> None:
    _turn_on(maker)
    expect(maker.page.get_by_role("heading", level=1)).to_have_text("No item has this barcode yet")
    maker.page.get_by_label("Which item is it?").press_sequentially("ólive")
    attach = maker.page.get_by_role("button", name="Attach it to Olive oil")
    expect(attach).to_be_visible()
    maker.picture("scan-unknown")
    attach.click()
    expect(maker.page.get_by_text(f"Barcode {_EAN} now opens Olive oil.")).to_be_visible()
    maker.picture("scan-attached")
    maker.go("/scan")  # the camera was let in before: it starts by itself
    expect(maker.page).to_have_url(re.compile("/items/olive-oil$"))
    assert maker.complaints == []


def _another_site_stays_closed(maker: Maker) -> None:
    _turn_on(maker)
    expect(maker.page.get_by_text("elsewhere.example")).to_be_visible()
    expect(maker.page).to_have_url(re.compile("/scan"))
    maker.picture("scan-elsewhere")
    assert maker.complaints == []


def _no_camera_says_so(maker: Maker) -> None:
    _turn_on(maker)
    expect(maker.page.get_by_text("The camera is not allowed here.")).to_be_visible()
    maker.picture("scan-refused")
    maker.page.get_by_label("Type the code").fill("oil-1")
    maker.page.get_by_role("button", name="Open", exact=True).click()
    expect(maker.page).to_have_url(re.compile("/lots/OIL-1$"))


@LOOKS
def test_without_a_connection(maker: Maker, shop: Workshop) -> None:
    maker.go("/items/olive-oil/receive")
    maker.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    window = maker.page.context

    _typed_then_reloaded(maker)
    _sent_without_a_connection(maker, window)
    _forgotten_at_sign_out(maker)


def _typed_then_reloaded(maker: Maker) -> None:
    maker.page.locator("[name=quantity]").fill("12 g")
    expect(maker.page.locator("[name=quantity]")).to_have_value("12 g")
    maker.page.reload()
    expect(maker.page.get_by_text("What you typed here before is back.")).to_be_visible()
    expect(maker.page.locator("[name=quantity]")).to_have_value("12 g")
    maker.page.get_by_role("button", name="Start afresh").click()
    expect(maker.page.locator("[name=quantity]")).to_have_value("")


def _sent_without_a_connection(maker: Maker, window: BrowserContext) -> None:
    maker.page.locator("[name=quantity]").fill("250 g")
    maker.page.locator("[name=cost]").fill("2.50")
    window.set_offline(True)
    expect(maker.page.get_by_text("No connection. What you type is kept on this device.")).to_be_visible()
    maker.page.locator("button#go").click()
    expect(maker.page.get_by_text("Not sent yet: there is no connection.")).to_be_visible()
    maker.picture("offline-form")

    maker.page.reload()
    expect(maker.page.get_by_role("heading", name="No connection")).to_be_visible()
    maker.picture("offline-page")

    window.set_offline(False)
    maker.page.get_by_role("link", name="Try again").click()
    expect(maker.page.get_by_text("The connection is back. This was not sent yet.")).to_be_visible()
    expect(maker.page.locator("[name=quantity]")).to_have_value("250 g")
    expect(maker.page.locator("[name=cost]")).to_have_value("2.50")
    maker.picture("offline-back")
    maker.page.get_by_role("button", name="Send now").click()
    expect(maker.page).to_have_url(re.compile("/items/olive-oil([?#]|$)"))
    maker.go("/items/olive-oil/receive")
    expect(maker.page.locator("[name=quantity]")).to_have_value("")


def _forgotten_at_sign_out(maker: Maker) -> None:
    maker.page.locator("[name=quantity]").fill("33 g")
    maker.page.reload()
    expect(maker.page.locator("[name=quantity]")).to_have_value("33 g")
    maker.page.locator("[name=quantity]").fill("34 g")  # and out at once, before it was kept
    maker.page.evaluate("document.querySelector('form[action$=\"/sign-out\"]').requestSubmit()")
    expect(maker.page).to_have_url(re.compile("/sign-in"))
    assert maker.page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('draft '))") == []

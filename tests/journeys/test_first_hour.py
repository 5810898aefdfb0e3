"""The first hour: from an empty workshop to a label scanned; and a sample workshop, made, looked at and wiped."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlparse

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.identity.services.organizations import OrganizationFacts
from app.platform import codes, tenancy
from app.platform.database import execute, table
from app.production.models import Batch
from tests import cast
from tests.journeys.conftest import ROOT
from tests.journeys.looks import LOOKS
from tests.journeys.maker import Maker

pytestmark = [pytest.mark.browser, pytest.mark.heavy]
_PATIENCE = 120_000


@pytest.fixture(scope="module")
def _working(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str], None]]:
    """Starts a worker over a database as `scripts/run` does: one for each."""
    workers = []

    @cache
    def start(database_url: str, address: str) -> None:
        folder = tmp_path_factory.mktemp("worker")
        said = {"DATABASE_URL": database_url, "DATA_DIR": str(folder), "SECRET_KEY": "of a test", "BASE_URL": address}
        command = [sys.executable, "-m", "app.worker"]
        workers.append(subprocess.Popen(command, cwd=ROOT, env={**os.environ, **said}, stderr=subprocess.DEVNULL))

    yield start
    for worker in workers:
        worker.kill()  # what it had begun is nobody's any more
        worker.wait(_PATIENCE / 1000)


@pytest.fixture
def server(server: str, database_url: str, _working: Callable[[str, str], None]) -> str:
    """The application and its worker."""
    _working(database_url, server)
    return server


@pytest.fixture
def ines(
    browser: Browser, server: str, organization: OrganizationFacts, screenshots: Path
) -> Iterator[Callable[[int, str], Maker]]:
    """The owner of a new workshop, signed in at her browser."""
    made: list[Maker] = []

    def at(width: int, theme: str) -> Maker:
        maker = Maker(browser, server, organization.slug, screenshots, width=width, theme=theme)
        made.append(maker)
        maker.go("/")
        maker.sign_in(cast.email_of(cast.owner_of(organization)))
        return maker

    yield at
    for each in made:
        each.close()


@LOOKS
def test_from_an_empty_workshop_to_a_scanned_label(
    app: Flask, ines: Callable[[int, str], Maker], organization: OrganizationFacts, width: int, theme: str
) -> None:
    maker = ines(width, theme)
    page = maker.page

    _is_next(page, "Say what you make", 0)
    maker.picture("first-hour-1-begin")
    page.get_by_role("button", name="Soap", exact=True).click()

    _is_next(page, "Write down a material", 1)
    page.get_by_role("link", name="Choose materials").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your first materials")
    maker.picture("first-hour-2-materials")
    page.get_by_role("button", name="Add what is ticked").click()
    expect(page.get_by_text("3 materials are on the list.")).to_be_visible()

    maker.go("/")
    _is_next(page, "Receive some of it", 2)
    maker.receive("olive-oil", "5 kg", "30")
    maker.go("/")
    _is_next(page, "Price a recipe", 3)
    maker.picture("first-hour-3-price")
    maker.write_recipe("Lavender soap", "32", [("Olive oil", "1200 g")])
    maker.go("/")
    _is_next(page, "Make a batch", 4)
    maker.go("/recipes")
    page.locator("#recipes").get_by_role("link", name="Plan a batch").click()
    maker.start()
    maker.finish("32")

    maker.go("/")
    _is_next(page, "Print its label", 5)
    maker.picture("first-hour-4-print")
    _print(page)
    maker.go("/")
    _is_next(page, "Scan the label", 6)
    page.goto(f"{_root(page)}/q/{_code(app, organization)}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lavender soap")
    maker.go("/")
    _is_next(page, "Look at its trace", 7)
    page.get_by_role("link", name="Show the trace").click()
    page.wait_for_url(re.compile("/lots/"))
    expect(page.get_by_text("Olive oil").locator("visible=true").first).to_be_visible()

    maker.go("/")
    expect(page.get_by_role("heading", name="Your first batch, from shelf to scan")).to_be_visible()
    maker.picture("first-hour-5-done")
    page.get_by_role("button", name="Put the list away").click()
    expect(page.get_by_role("heading", name="Your first batch, from shelf to scan")).to_have_count(0)
    assert maker.complaints == []


@LOOKS
def test_a_sample_is_made_beside_and_wiped(
    ines: Callable[[int, str], Maker], organization: OrganizationFacts, width: int, theme: str
) -> None:
    maker = ines(width, theme)
    page = maker.page
    page.get_by_role("link", name="Sample workshop").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sample workshop")
    maker.picture("sample-1-what")
    page.get_by_role("button", name="Make a sample workshop").click()

    expect(page.get_by_role("heading", name="Your sample workshop is ready")).to_be_visible(timeout=_PATIENCE)
    maker.picture("sample-2-ready")
    page.get_by_role("link", name="Open it").click()
    page.wait_for_url(re.compile("/o/juniper"))
    sign = page.get_by_role("complementary", name="Sample workshop")
    expect(sign).to_be_visible()
    maker.picture("sample-3-today")
    page.goto(f"{page.url.rstrip('/')}/stock")
    expect(sign).to_be_visible()
    maker.picture("sample-4-stock")

    sign.get_by_role("link", name="Back to my own").click()
    page.wait_for_url(re.compile(f"/o/{organization.slug}/$"))
    expect(sign).to_have_count(0)
    maker.go("/sample")
    page.get_by_role("button", name="Wipe the sample").click()
    expect(page.get_by_text("Nothing of it is left.")).to_be_visible()
    maker.picture("sample-5-wiped")
    maker.go("/sample")
    expect(page.get_by_role("button", name="Make a sample workshop")).to_be_visible()
    assert maker.complaints == []


def _is_next(page: Page, step: str, done: int) -> None:
    """The list says which step is next, and how many are done."""
    expect(page.locator("[aria-current=step]")).to_contain_text(step)
    expect(page.get_by_text(f"{done} of 8")).to_be_visible()


def _print(page: Page) -> None:
    """Open the labels that the step leads to, and their PDF: the browser would show it elsewhere."""
    page.get_by_role("link", name="Print a label").click()
    link = page.locator("a[href*='labels.pdf'], form[action*='labels.pdf']").first
    expect(link).to_be_attached()
    answer = page.request.get(f"{_root(page)}{link.get_attribute('href') or link.get_attribute('action')}")
    assert answer.headers["content-type"].startswith("application/pdf"), answer.headers


def _root(page: Page) -> str:
    address = urlparse(page.url)
    return f"{address.scheme}://{address.netloc}"


def _code(app: Flask, organization: OrganizationFacts) -> str:
    """What the printed QR code holds, behind its address."""
    with app.app_context():
        tenancy.bind(organization.id)
        batch = table(Batch)
        found = execute(batch.select().where(batch.c.organization_id == organization.id)).one()
    return codes.token(organization.id, found.id)

"""How people come in: a maker signs up by mail, invites somebody by mail, and ends the place again."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.kernel import ids
from tests.journeys.conftest import ROOT, Serve
from tests.mail_server import Receiver, receiving

pytestmark = [pytest.mark.browser, pytest.mark.heavy]
_PATIENCE = 60
_PASSWORD = "tallow, oats and patience"


@pytest.fixture
def letters() -> Iterator[Receiver]:
    """A real mail server."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def server(serve: Serve, letters: Receiver, database_url: str, tmp_path: Path) -> Iterator[str]:
    """The application and its worker, as `scripts/run` starts them but looking for mail each second."""
    address = serve(SMTP_URL=letters.url)
    environ = {**os.environ, "DATABASE_URL": database_url, "DATA_DIR": str(tmp_path), "SECRET_KEY": "of a test"}
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.quick_worker"],
        cwd=ROOT,
        env={**environ, "BASE_URL": address, "SMTP_URL": letters.url},
        stderr=subprocess.DEVNULL,
    )
    yield address
    worker.terminate()
    worker.wait(_PATIENCE)


@pytest.fixture
def window(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens windows of people who do not share their cookies."""
    windows = []

    def opened(width: int, theme: str) -> Page:
        windows.append(browser.new_context(viewport={"width": width, "height": 860}, color_scheme=theme))  # type: ignore[arg-type]
        return windows[-1].new_page()

    yield opened
    for each in windows:
        each.close()


def test_sign_up_invite_accept_and_end(
    server: str, letters: Receiver, window: Callable[..., Page], screenshots: Path
) -> None:
    ines, tom = (f"{name}-{ids.code().lower()}@fernandtallow.example" for name in ("ines", "tom"))
    desk, phone = window(1280, "light"), window(390, "dark")

    home = _sign_up(desk, server, ines, letters, screenshots)
    _invite(desk, home, tom, letters, screenshots)
    place = _accept(phone, tom, letters, screenshots)
    assert place.rstrip("/") == home.rstrip("/")
    _a_viewer_reads_and_changes_nothing(phone, home)
    _end(desk, home, tom)

    phone.goto(f"{home}/stock")
    expect(phone.get_by_text("does not exist")).to_be_visible()


def _sign_up(page: Page, server: str, email: str, letters: Receiver, pictures: Path) -> str:
    """From the pricing page to the workshop; gives its address."""
    page.goto(f"{server}/pricing")
    page.screenshot(path=pictures / "pricing-1280-light.png", full_page=True)
    page.get_by_role("link", name="Start free").first.click()
    page.get_by_label("Your name").fill("Ines Fernandes")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(_PASSWORD)
    page.get_by_label("Workshop").fill("Fern & Tallow")
    page.get_by_label("What you make").select_option("soap")
    page.get_by_label("Time zone").fill("Europe/Lisbon")
    page.get_by_label("Currency").select_option("EUR")
    page.screenshot(path=pictures / "sign-up-1280-light.png")
    page.get_by_role("button", name="Make the workshop").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail.")

    page.goto(_link(letters, email))
    page.get_by_role("button", name="Open the workshop").click()
    page.wait_for_url(re.compile(r"^[^?]*/o/fern"))
    expect(page.get_by_text("Fern & Tallow is ready.")).to_be_visible()
    page.screenshot(path=pictures / "new-workshop-1280-light.png")
    return page.url.rstrip("/")


def _invite(page: Page, home: str, email: str, letters: Receiver, pictures: Path) -> None:
    page.goto(f"{home}/settings/people/invite")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Role").select_option("viewer")
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_text(email, exact=True).first).to_be_visible()
    page.screenshot(path=pictures / "people-1280-light.png")


def _accept(page: Page, email: str, letters: Receiver, pictures: Path) -> str:
    page.goto(_link(letters, email))
    page.get_by_label(re.compile("name")).fill("Tom Okafor")
    page.get_by_label("Password", exact=True).fill(_PASSWORD)
    page.screenshot(path=pictures / "invitation-390-dark.png")
    page.get_by_role("button", name="Come in").click()
    page.wait_for_url(re.compile(r"^[^?]*/o/fern"))
    return page.url


def _a_viewer_reads_and_changes_nothing(page: Page, home: str) -> None:
    page.goto(f"{home}/stock")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    answer = page.goto(f"{home}/items/new")
    assert answer is not None
    assert answer.status == 403


def _end(page: Page, home: str, email: str) -> None:
    page.goto(f"{home}/settings/people")
    page.get_by_role("link", name="Tom Okafor").click()
    page.get_by_role("button", name="End access").click()
    expect(page.get_by_text("Former members")).to_be_visible()


def _link(letters: Receiver, email: str) -> str:
    """The link in the newest mail to this address; waits for the worker."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        for mail in reversed(letters.taken):
            body = mail.get_body(("plain",))
            found = re.search(r"http://localhost:\d+/(?:sign-up|invitation)/\S+", body.get_content() if body else "")
            if mail["To"] == email and found:
                return found[0]
        time.sleep(0.2)
    raise AssertionError(f"No mail with a link came to {email}.")

"""Two-step sign-in as a maker does it: with an authenticator app, a recovery code, and a passkey in a real browser."""

import re
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import CDPSession, Page, expect

from app.kernel import clock
from app.kernel.actor import Actor
from tests.cast import PASSWORD, email_of
from tests.journeys.looks import TWO_LOOKS
from tests.journeys.maker import Maker

pytestmark = [pytest.mark.browser, pytest.mark.heavy]


@pytest.fixture
def maker(at_the_door: Maker) -> Maker:
    """The owner, before she signs in."""
    return at_the_door


@TWO_LOOKS
def test_an_authenticator_app_and_a_recovery_code(maker: Maker, server: str, owner: Actor, app: Flask) -> None:
    page, email = maker.page, email_of(owner)
    maker.go("/")
    maker.sign_in(email)
    page.goto(f"{server}/account/security")
    maker.picture("security-off")
    page.get_by_role("button", name="Set up an app").click()
    maker.picture("authenticator")
    totp = pyotp.TOTP((page.locator("[data-secret]").text_content() or "").replace(" ", ""))
    page.get_by_label("Code that the app shows").fill("12345")
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_text("That is not the code")).to_be_visible()
    page.get_by_label("Code that the app shows").fill(totp.at(clock.now()))
    page.get_by_role("button", name="Turn on").click()
    expect(page.locator(".codes li")).to_have_count(10)
    codes = page.locator(".codes li").all_text_contents()
    maker.picture("recovery-codes")
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("10 of 10 left")).to_be_visible()
    maker.picture("security-on")

    sign_out(page, server)
    password(page, email)
    expect(page).to_have_url(re.compile("/sign-in/second$"))
    maker.picture("second-step")
    page.goto(f"{server}/account/security")
    expect(page).to_have_url(re.compile("/sign-in"))  # the password alone opened nothing
    password(page, email)
    page.get_by_label("Code", exact=True).fill("000 000")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("That code is not right")).to_be_visible()
    maker.picture("second-step-wrong")
    ahead = clock.now() + timedelta(seconds=30)  # the code of just now is spent: it turned two-step sign-in on
    page.get_by_label("Code", exact=True).fill(totp.at(ahead))
    page.get_by_role("button", name="Go on").click()
    expect(page).to_have_url(re.compile("^[^?]*(/account/security|/o/)"))

    sign_out(page, server)
    password(page, email)
    page.get_by_label("Code", exact=True).fill(codes[3].lower())
    page.get_by_role("button", name="Go on").click()
    expect(page).to_have_url(re.compile("^[^?]*(/account/security|/o/)"))
    page.goto(f"{server}/account/security")
    expect(page.get_by_text("9 of 10 left")).to_be_visible()

    page.get_by_role("button", name="Turn off").click()
    expect(page.get_by_role("button", name="Set up an app")).to_be_visible()
    assert complaints(maker) == []


@TWO_LOOKS
def test_a_passkey(maker: Maker, server: str, owner: Actor, app: Flask) -> None:
    page, email = maker.page, email_of(owner)
    phone = Phone(page)
    maker.go("/")
    maker.sign_in(email)
    page.goto(f"{server}/account/security")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("Ines’s phone")
    maker.picture("passkey-new")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_text("Keep these recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("Ines’s phone")).to_be_visible()
    maker.picture("security-passkey")

    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("The same again")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_text("This device has a passkey of yours already.")).to_be_visible()

    sign_out(page, server)
    maker.picture("sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile("^[^?]*/o/"))

    sign_out(page, server)
    password(page, email)
    expect(page).to_have_url(re.compile("/sign-in/second$"))
    maker.picture("second-step-passkey")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("^[^?]*/o/"))

    page.goto(f"{server}/account/confirm?next=/account/security")
    maker.picture("confirm")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile(r"^[^?]*/account/security$"))

    phone.refuse()
    sign_out(page, server)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("[data-passkey-target=said], .toast").first).to_be_visible()
    expect(page).to_have_url(re.compile("/sign-in"))
    phone.accept()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile("^[^?]*/o/"))

    page.goto(f"{server}/account/security")
    page.get_by_role("button", name="Remove Ines’s phone").click()
    expect(page.get_by_text("Ines’s phone")).to_be_hidden()
    sign_out(page, server)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("That passkey was not accepted")).to_be_visible()
    assert complaints(maker) == []


class Phone:
    """Chromium's virtual authenticator: a device that holds passkeys and knows its holder."""

    def __init__(self, page: Page) -> None:
        self._wire: CDPSession = page.context.new_cdp_session(page)
        self._wire.send("WebAuthn.enable")
        made = self._wire.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )
        self._id = made["authenticatorId"]

    def refuse(self) -> None:
        """Not her finger."""
        self._say(verified=False)

    def accept(self) -> None:
        """Her finger."""
        self._say(verified=True)

    def _say(self, *, verified: bool) -> None:
        self._wire.send("WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": verified})


def sign_out(page: Page, server: str) -> None:
    page.goto(f"{server}/account")
    page.get_by_role("button", name="Sign out").last.click()
    expect(page).to_have_url(re.compile("/sign-in"))


def password(page: Page, email: str) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def complaints(maker: Maker) -> list[str]:
    """What the browser complained of; that answers were refusals is no complaint."""
    return [said for said in maker.complaints if not re.search(r"status of (401|422)", said)]

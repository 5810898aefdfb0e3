"""How an owner pays: a larger plan through Stripe's pages, a smaller one, and a payment that fails and is made good.

Stripe is the tests' own, on an address of this machine: its pages, its clock, its webhooks.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from app.identity.services.organizations import OrganizationFacts
from app.identity.services.roles import Role
from tests import cast
from tests.fake_stripe import hooks
from tests.fake_stripe.api import SECRET_KEY
from tests.fake_stripe.books import Thing
from tests.fake_stripe.server import FakeStripe, serving
from tests.journeys.conftest import Serve
from tests.journeys.looks import TWO_LOOKS
from tests.journeys.maker import Maker
from tests.subscriptions.till import billing

pytestmark = [pytest.mark.browser, pytest.mark.heavy]


class Owner(Maker):
    """An owner at her browser, and Stripe behind it."""

    stripe: FakeStripe
    house: OrganizationFacts

    def press(self, name: str) -> None:
        """A button or a link."""
        self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name)).first.click()

    def choose(self, plan: str) -> None:
        """From the page of plans."""
        self.go("/plans")
        self.picture("plans-before")
        self.press(f"Choose {plan}")

    def subscription(self) -> Thing:
        """What Stripe has of her."""
        said = str(self.house.id)
        return next(
            each for each in self.stripe.books.all("subscription") if each["metadata"].get("organization_id") == said
        )

    def stripe_tells(self) -> None:
        """Wait until Stripe told all and was heard."""
        postman = self.stripe.postman
        assert postman
        postman.wait()
        assert {status for _, status in postman.answers} <= {200}

    def buy(self, plan: str) -> None:
        """All the way."""
        self.choose(plan)
        self.press("Go to payment")
        self.press("Pay")
        expect(self.page.get_by_text(f"Your plan is {plan}")).to_be_visible()


@pytest.fixture
def owner_at(
    app: Flask,
    serve: Serve,
    browser: Browser,
    screenshots: Path,
    monkeypatch: pytest.MonkeyPatch,
    width: int,
    theme: str,
) -> Iterator[Owner]:
    """A new organization on Free, its owner signed in."""
    stripe, house = FakeStripe(), cast.make_organization("Fern & Tallow", tier="free")
    with serving(stripe) as base, billing(app, monkeypatch, stripe, base):
        server = serve(STRIPE_API_BASE=base, STRIPE_SECRET_KEY=SECRET_KEY, STRIPE_WEBHOOK_SECRET=hooks.SECRET)
        stripe.posts_to(f"{server}/webhooks/stripe")
        owner = Owner(browser, server, house.slug, screenshots, width=width, theme=theme)
        owner.stripe, owner.house = stripe, house
        owner.go("/settings/billing")
        owner.sign_in(cast.email_of(cast.owner_of(house)))
        yield owner
        owner.close()


@TWO_LOOKS
def test_upgrade_through_stripe(owner_at: Owner) -> None:
    owner, page = owner_at, owner_at.page
    owner.choose("Team")
    expect(page.get_by_text("14 days").first).to_be_visible()
    owner.picture("billing-choose")
    owner.press("Go to payment")
    page.wait_for_url(re.compile(r"/c/pay/"))
    owner.press("Pay with a card that fails")
    expect(page.get_by_role("alert")).to_have_text("Your card was declined.")

    page.get_by_role("button", name="Pay", exact=True).click()
    page.wait_for_url(re.compile(r"/settings/billing$"))
    expect(page.get_by_text("Your plan is Team")).to_be_visible()
    expect(page.get_by_text("You are trying Team until")).to_be_visible()
    owner.picture("billing-trial")
    owner.stripe_tells()

    page.reload()
    expect(page.get_by_text("You are trying Team until")).to_be_visible()
    assert owner.complaints == []


@TWO_LOOKS
def test_what_a_full_plan_refused_is_done_once_it_is_paid_for_beside(owner_at: Owner) -> None:
    """Five products are Free's limit. The sixth is typed, paid for in another tab, and then made by itself."""
    owner, page = owner_at, owner_at.page
    five = cast.signed_in(cast.owner_of(owner.house))
    for number in range(5):
        made = {"name": f"Soap {number}", "type": "product", "unit": "each", "tracked": "y", "command_key": str(number)}
        assert five.post(f"/o/{owner.house.slug}/items/new", data=made).status_code == 303
    owner.go("/items/new")
    page.locator("[name=type]").select_option("product")
    page.get_by_label("Name", exact=True).fill("Rosemary bar")
    page.locator("[name=unit]").fill("each")
    owner._send("form [name=name]")
    drawer = page.locator("#drawer")
    expect(drawer.get_by_text("You have 5 of 5 products.")).to_be_visible()
    owner.picture("upgrade-drawer")

    with page.context.expect_page() as opened:
        drawer.get_by_role("link", name="Choose Team").click()
    paying = opened.value
    paying.get_by_role("button", name="Go to payment").click()
    paying.get_by_role("button", name="Pay", exact=True).click()
    expect(paying.get_by_text("Your plan is Team")).to_be_visible()
    page.evaluate("dispatchEvent(new Event('focus'))")  # coming back to the tab: one without a screen never left it

    expect(page.get_by_role("heading", level=1)).to_contain_text("Rosemary bar")
    owner.picture("upgrade-went-on")
    assert owner.complaints == ["Failed to load resource: the server responded with a status of 402 (PAYMENT REQUIRED)"]


@TWO_LOOKS
def test_downgrade_with_a_choice_of_what_stays_then_free(owner_at: Owner) -> None:
    owner, page = owner_at, owner_at.page
    owner.buy("Team")
    cast.actor_of(owner.house, Role.MAKER)
    owner.stripe.engine.renew(owner.subscription())
    owner.stripe_tells()

    owner.choose("Solo")
    expect(page.get_by_role("heading", level=1)).to_contain_text("What stays in Solo")
    owner.picture("billing-keep")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Change to Solo")
    expect(page.get_by_text("Unused time")).to_be_visible()
    owner.picture("billing-change")
    page.get_by_role("button", name="Change to Solo").click()
    expect(page.get_by_role("heading", name="Solo")).to_be_visible()

    owner.press("Cancel the plan")
    owner.picture("billing-cancel")
    page.get_by_text("Go on with Free").click()
    page.get_by_role("button", name="Cancel the plan").click()
    expect(page.get_by_text("After that the workshop goes on with Free")).to_be_visible()
    owner.picture("billing-cancelled")
    owner.stripe.engine.renew(owner.subscription())
    owner.stripe_tells()
    page.reload()
    expect(page.get_by_role("heading", name="Free")).to_be_visible()
    assert owner.complaints == []


@TWO_LOOKS
def test_lapse_and_pay(owner_at: Owner) -> None:
    owner, page = owner_at, owner_at.page
    owner.buy("Solo")
    subscription = owner.subscription()
    owner.stripe.books.declined.add(subscription["customer"])
    owner.stripe.engine.renew(subscription)
    owner.stripe_tells()
    owner.go("/settings/billing")
    expect(page.get_by_text("Payment due")).to_be_visible()
    owner.picture("billing-past-due")

    owner.stripe.engine.give_up(subscription, "unpaid")
    owner.stripe_tells()
    owner.go("/settings/billing")
    expect(page.get_by_text("Lapsed", exact=True)).to_be_visible()
    owner.picture("billing-lapsed")

    owner.press("Pay now")
    page.wait_for_url(re.compile(r"/p/session/"))
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        owner.press("Pay now")
    owner.stripe_tells()
    owner.press("Return")
    expect(page.get_by_text("Renews on")).to_be_visible()
    owner.picture("billing-active")
    assert owner.complaints == []

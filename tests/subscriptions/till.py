"""The till: an application that bills at a fake Stripe, and what a test does there with one organization."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from flask import Flask

from app.identity.models import Organization
from app.identity.services.organizations import OrganizationFacts
from app.kernel.actor import Actor
from app.platform import tenancy
from app.platform.database import db
from app.subscriptions.models import StripeEvent
from app.subscriptions.services import plans, stripe_api, stripe_events, stripe_prices, tiers
from tests import cast
from tests.fake_stripe import hooks
from tests.fake_stripe.api import SECRET_KEY
from tests.fake_stripe.books import Thing
from tests.fake_stripe.server import Carrier, FakeStripe, serving

PAGE = "/o/{slug}/settings/billing"


@dataclass(frozen=True, slots=True)
class Row:
    """The organization's subscription and plan as the database has them."""

    status: str | None
    tier: str | None
    period: str | None
    period_ends_at: int | None
    cancels_at: int | None
    trial_used: bool
    then_free: bool
    plan: str
    read_only: bool


class Till:
    """One organization, its owner's browser, and Stripe."""

    def __init__(self, app: Flask, stripe: FakeStripe) -> None:
        self.app, self.stripe = app, stripe
        self.house: OrganizationFacts = cast.make_organization("Fern & Tallow", tier="free")
        self.url = PAGE.format(slug=self.house.slug)

    @cached_property
    def owner(self) -> Actor:
        """Who pays."""
        return cast.owner_of(self.house)

    @cached_property
    def browser(self) -> cast.Browser:
        """The owner's."""
        return cast.signed_in(self.owner)

    def press(self, path: str, **typed: str) -> cast.Reply:
        """Send a form of billing's pages."""
        key = typed.pop("key", None) or stripe_api.digest(path, sorted(typed.items()), len(self.stripe.events))
        return self.browser.post(f"{self.url}{path}", data={"command_key": key, **typed})

    def begin(self, tier: str = "solo", period: str = "monthly") -> Thing:
        """Go to Stripe to buy; gives the session there."""
        answer = self.press("/choose", tier=tier, period=period)
        assert answer.status_code == 200, answer.text
        url = answer.headers["Refresh"].partition("url=")[2]
        return self.stripe.books.find("checkout.session", url.rpartition("/")[2])

    def buy(self, tier: str = "solo", period: str = "monthly") -> Thing:
        """Buy a plan; gives Stripe's subscription. Nothing is delivered."""
        session = self.begin(tier, period)
        self.stripe.pages.complete(session)
        return self.stripe.books.find("subscription", session["subscription"])

    def price(self, tier: str, period: str = "monthly") -> Thing:
        """Stripe's price of a plan."""
        key = tiers.load()[tier].prices[period].lookup_key
        return self.stripe.books.all("price", lookup_key=key)[0]

    def post(self, event: Thing, **how: Any) -> int:
        """Deliver an event; gives the answer's status."""
        return self.send(hooks.sign(event, **how))

    def hear(self, event: Thing) -> None:
        """What follows from an event, as when it is delivered: its signature is checked, but it is no request."""
        post = hooks.sign(event)
        with self.app.app_context():
            stripe_events.handle(stripe_events.read(post.body, post.signature, hooks.SECRET))

    def send(self, post: hooks.Post) -> int:
        """Deliver what may be signed or not."""
        answer = self.app.test_client().post(
            "/webhooks/stripe", data=post.body, headers={"Stripe-Signature": post.signature}
        )
        return answer.status_code

    def told(self, kind: str) -> Thing:
        """The last event of this type that Stripe told."""
        return next(event for event in reversed(self.stripe.events) if event["type"] == kind)

    def deliver(self) -> None:
        """Everything that Stripe told so far."""
        for event in list(self.stripe.events):
            assert self.post(event) == 200

    def row(self) -> Row:
        """What the database says."""
        with self.app.app_context():
            tenancy.bind(self.house.id)
            row = plans.begin(self.house.id)
            stands = Row(
                row.status,
                row.tier,
                row.period,
                _seconds(row.period_ends_at),
                _seconds(row.cancels_at),
                row.trial_used,
                row.then_free,
                *_plan(self.house),
            )
            db.session.rollback()
            return stands

    def handled(self) -> set[str]:
        """Ids of the events that were handled."""
        with self.app.app_context():
            return set(db.session.scalars(db.select(StripeEvent.id)))


def _seconds(moment: Any) -> int | None:
    return None if moment is None else int(moment.timestamp())


def _plan(house: OrganizationFacts) -> tuple[str, bool]:
    tier, since = db.session.execute(
        db.select(Organization.tier, Organization.read_only_since).where(Organization.id == house.id)
    ).one()
    return tier, since is not None


@contextmanager
def billing(app: Flask, patch: pytest.MonkeyPatch, stripe: FakeStripe, base: str | None = None) -> Iterator[Flask]:
    """`app` bills at `stripe` inside the block: at its address, or without sockets."""
    assert not app.config["STRIPE_SECRET_KEY"], "A test before left billing on."
    with patch.context() as here:
        here.setitem(app.config, "STRIPE_SECRET_KEY", SECRET_KEY)
        here.setitem(app.config, "STRIPE_WEBHOOK_SECRET", hooks.SECRET)
        here.setitem(app.config, "STRIPE_API_BASE", base or f"http://{id(stripe)}.invalid")
        here.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
        if base is None:
            here.setattr(stripe_api, "transport", lambda: Carrier(stripe))
        stripe_api._client.cache_clear()
        with app.app_context():
            list(stripe_prices.set_up())
        yield app
        stripe_api._client.cache_clear()


@contextmanager
def over_http(app: Flask, patch: pytest.MonkeyPatch) -> Iterator[FakeStripe]:
    """`app` bills at a fake that listens on an address."""
    stripe = FakeStripe()
    with serving(stripe) as base, billing(app, patch, stripe, base):
        yield stripe

"""The stage of billing: the application bills at a fake Stripe inside this process."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.fake_stripe.server import FakeStripe
from tests.subscriptions.till import Till, billing


@pytest.fixture
def stripe(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeStripe]:
    """Stripe, set up with our products and prices."""
    fake = FakeStripe()
    with billing(app, monkeypatch, fake):
        yield fake


@pytest.fixture
def till(app: Flask, stripe: FakeStripe) -> Till:
    """A workshop on Free, and Stripe."""
    return Till(app, stripe)

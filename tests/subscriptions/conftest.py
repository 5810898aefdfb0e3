"""The stage of billing: the application bills at a fake Stripe inside this process."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.platform.database import db
from tests.fake_stripe.server import FakeStripe
from tests.subscriptions.till import Till, billing


@pytest.fixture
def stripe(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeStripe]:
    """Stripe, set up with our products and prices."""
    fake = FakeStripe()
    with billing(app, monkeypatch, fake):
        yield fake


@pytest.fixture
def unhurried_disk(app: Flask) -> Iterator[None]:
    """SQLite does not wait for the disk, as the PostgreSQL of tests never does: for what is tried by the thousand."""
    with app.app_context():
        engine = db.engine
    if engine.dialect.name != "sqlite":
        yield
        return
    sa.event.listen(engine, "connect", _forgetful)
    engine.dispose()
    yield
    sa.event.remove(engine, "connect", _forgetful)
    engine.dispose()


def _forgetful(connection: Any, _: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture
def till(app: Flask, stripe: FakeStripe) -> Till:
    """A workshop on Free, and Stripe."""
    return Till(app, stripe)

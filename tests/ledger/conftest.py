"""The storeroom that ledger tests work in."""

import pytest
from flask import Flask

from app.kernel.actor import Actor
from tests.ledger.workshop import Workshop


@pytest.fixture
def shop(database: Flask, owner: Actor) -> Workshop:
    """A fresh organization's storeroom."""
    return Workshop(owner)


@pytest.fixture
def books(shop: Workshop) -> Workshop:
    """A storeroom with a row in every table of the ledger."""
    oats = shop.item()
    received = shop.receive(oats, "5", note="wet sacks")
    shop.hold(received)
    shop.release(received)
    shop.issue(oats, "2", reason="for porridge")
    return shop

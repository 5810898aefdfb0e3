"""The storeroom that ledger tests work in."""

import pytest
from flask import Flask

from app.kernel.actor import Actor
from tests.ledger.workshop import Workshop


@pytest.fixture
def shop(database: Flask, owner: Actor) -> Workshop:
    """A fresh organization's storeroom."""
    return Workshop(owner)

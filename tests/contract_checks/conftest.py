"""What the checks of the contract work in."""

import pytest
from flask import Flask

from app.kernel.actor import Actor
from tests import cast
from tests.inventory.storeroom import Storeroom


@pytest.fixture
def room(app: Flask, owner: Actor) -> Storeroom:
    """A fresh organization's storeroom, in its owner's hands."""
    return Storeroom(cast.api(owner))

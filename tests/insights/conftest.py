"""The workshop that tests of the overview look at."""

import pytest
from flask import Flask

from app.kernel.actor import Actor
from tests import cast
from tests.recipes.workshop import Workshop


@pytest.fixture
def shop(app: Flask, owner: Actor) -> Workshop:
    """A fresh organization's workshop, in its owner's hands."""
    return Workshop(cast.api(owner))


@pytest.fixture
def other_shop(app: Flask, stranger: Actor) -> Workshop:
    """Another organization's."""
    return Workshop(cast.api(stranger))

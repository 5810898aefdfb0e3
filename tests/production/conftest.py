"""The workshop that tests of production work in."""

import pytest
from flask import Flask

from app.kernel.actor import Actor
from tests import cast
from tests.inventory.storeroom import Body
from tests.recipes.workshop import Workshop, of


@pytest.fixture
def shop(app: Flask, owner: Actor) -> Workshop:
    """A fresh organization's workshop, in its owner's hands."""
    return Workshop(cast.api(owner))


@pytest.fixture
def other_shop(app: Flask, stranger: Actor) -> Workshop:
    """Another organization's."""
    return Workshop(cast.api(stranger))


@pytest.fixture
def oats(shop: Workshop) -> Body:
    return shop.item("Oats", "g")


@pytest.fixture
def honey(shop: Workshop) -> Body:
    return shop.item("Honey", "g")


@pytest.fixture
def granola(shop: Workshop, oats: Body, honey: Body) -> Body:
    """48 bags of 2 g oats and 1 g honey each."""
    return shop.recipe("Granola", ("Granola bag", "48", "each"), of(oats, "96"), of(honey, "48"))


@pytest.fixture
def bags(shop: Workshop, granola: Body) -> Body:
    return shop.see(granola["output"]["item"])


@pytest.fixture
def stocked(shop: Workshop, oats: Body, honey: Body) -> None:
    """1000 g of each, worth 100 and 200."""
    shop.receive(oats, "1000", "0.1")
    shop.receive(honey, "1000", "0.2")

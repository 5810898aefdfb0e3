"""A plan's limits: the free plan has room for ten recipes, and for ten batches a month."""

import pytest
from flask import Flask

from tests import cast
from tests.inventory.storeroom import refused
from tests.recipes.workshop import Workshop, of


@pytest.fixture
def small_shop(app: Flask) -> Workshop:
    return Workshop(cast.api(cast.owner_of(cast.make_organization(tier="free"))))


def test_the_eleventh_recipe_needs_a_larger_plan(small_shop: Workshop) -> None:
    for number in range(10):
        assert small_shop.api.post("/recipes", {"name": f"Idea {number}", "draft": True}).status_code == 201
    refusal = refused(small_shop.api.post("/recipes", {"name": "Idea 11", "draft": True}), 402, "upgrade_required")
    assert refusal["details"]["limit"] == "recipes"


def test_the_eleventh_batch_of_a_month_needs_a_larger_plan(small_shop: Workshop) -> None:
    recipe = small_shop.recipe("Bar", ("Bar", "1", "each"), of(small_shop.item("Oats", "g"), "1"))
    for _ in range(10):
        small_shop.plan(recipe)
    refusal = refused(small_shop.api.post("/batches", {"recipe": recipe["id"]}), 402, "upgrade_required")
    assert refusal["details"]["limit"] == "batches_a_month"

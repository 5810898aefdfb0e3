"""The list of recipes: cost of one, what the shelf gives, when it was made; the same statements however long."""

import pytest
from flask import Flask

from app.identity.services.organizations import OrganizationFacts
from app.kernel.actor import Actor
from tests.inventory.desk import Desk, at_desk, words
from tests.inventory.storeroom import Body
from tests.production.test_statements import counted
from tests.recipes.workshop import Workshop, of


@pytest.fixture
def desk(maker: Actor, organization: OrganizationFacts) -> Desk:
    """The maker's browser."""
    return at_desk(maker, organization.slug)


@pytest.fixture
def oil(shop: Workshop) -> Body:
    """1,000 g for 5.00."""
    item = shop.item("Olive oil", "g")
    shop.receive(item, "1000", total_cost="5")
    return item


@pytest.fixture
def soap(shop: Workshop, oil: Body) -> Body:
    """4 bars of 100 g oil each."""
    return shop.recipe("Soap", ("Soap bar", "4", "each"), of(oil, "400"))


class TestList:
    def test_says_what_one_costs_and_how_many_the_shelf_gives(self, desk: Desk, soap: Body) -> None:
        assert "Soap bar 4 each $0.50 10 each not yet" in words(desk.see("/recipes"))

    def test_each_recipe_is_costed_as_if_it_were_the_only_one(
        self, desk: Desk, shop: Workshop, soap: Body, oil: Body
    ) -> None:
        shop.receive(oil, "1000", total_cost="50")
        shop.recipe("Big soap", ("Big bar", "1", "each"), of(oil, "1000"))
        said = words(desk.see("/recipes"))
        assert "Big bar 1 each $5.00 2 each" in said
        assert "Soap bar 4 each $0.50 20 each" in said

    def test_a_recipe_in_a_recipe_takes_its_materials(self, desk: Desk, shop: Workshop, soap: Body) -> None:
        shop.recipe("Box", ("Gift box", "1", "each"), of(soap, "1", "batch"))
        assert "Gift box 1 each $2.00 2 each" in words(desk.see("/recipes"))

    def test_the_same_figures_as_on_the_page_of_the_recipe(self, desk: Desk, shop: Workshop, soap: Body) -> None:
        clay = shop.item("Clay", "g")
        recipe = shop.revise(soap, *_lines(soap), of(clay, "10")).get_json()
        page, said = words(desk.see(f"/recipes/{recipe['id']}")), words(desk.see("/recipes"))
        assert "$0.50 at 4 each" in page
        assert "because Clay is missing" in page
        assert "4 each $0.50 in part none Clay is missing" in said

    def test_what_cannot_be_compared_is_said_so(self, desk: Desk, shop: Workshop, oil: Body) -> None:
        shop.recipe("Serum", ("Serum", "1", "each"), of(oil, "30", "ml"))
        assert "Serum 1 each – Cannot compare" in words(desk.see("/recipes"))

    def test_when_it_was_made_last(self, desk: Desk, shop: Workshop, soap: Body) -> None:
        shop.make(soap)
        said = words(desk.see("/recipes"))
        assert "Soap bar 4 each $0.50 6 each" in said
        assert "not yet" not in said

    def test_a_batch_that_is_only_planned_was_not_made(self, desk: Desk, shop: Workshop, soap: Body) -> None:
        shop.plan(soap)
        assert "not yet" in words(desk.see("/recipes"))

    def test_a_draft_has_no_figures(self, desk: Desk, shop: Workshop, oil: Body) -> None:
        shop.recipe("Idea", ("Idea", "1", "each"), of(oil, "1"), draft=True)
        assert "Idea Draft – – – not yet" in words(desk.see("/recipes"))

    def test_costs_stay_hidden_from_who_may_not_see_them(
        self, viewer: Actor, organization: OrganizationFacts, soap: Body
    ) -> None:
        said = words(at_desk(viewer, organization.slug).see("/recipes"))
        assert "Soap bar 4 each 10 each" in said
        assert "$" not in said

    def test_takes_the_same_statements_however_long_it_is(
        self, app: Flask, desk: Desk, shop: Workshop, oil: Body, soap: Body
    ) -> None:
        lengths = []
        for more in ("Two", "Three"):
            clay = shop.item(f"Clay {more}", "g")
            shop.receive(clay, "100")
            shop.make(shop.recipe(more, (f"Thing {more}", "1", "each"), of(oil, "1"), of(clay, "1"), of(soap, "1")))
            desk.see("/recipes")
            with counted(app) as sent:
                desk.see("/recipes")
            lengths.append(len(sent))
        assert lengths[0] == lengths[1]


def _lines(recipe: Body) -> list[Body]:
    return [of(line["item"], line["quantity"], line["unit"]) for line in recipe["lines"]]

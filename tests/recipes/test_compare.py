"""Two versions side by side: what differs, what it costs, and each line's share of the weight."""

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
def stock(shop: Workshop) -> dict[str, Body]:
    """Oil at 0.005 a gram, clay and oats at 0.01."""
    items = {name: shop.item(name, "g") for name in ("Oil", "Clay", "Oats")}
    for name, cost in (("Oil", "5"), ("Clay", "10"), ("Oats", "10")):
        shop.receive(items[name], "1000", total_cost=cost)
    return items


@pytest.fixture
def soap(shop: Workshop, stock: dict[str, Body]) -> Body:
    """Four bars; the second version has more oil, oats, and no clay."""
    soap = shop.recipe("Soap", ("Soap bar", "4", "each"), of(stock["Oil"], "400"), of(stock["Clay"], "20"))
    shop.revise(soap, of(stock["Oil"], "480"), of(stock["Oats"], "20"), instructions="Stir.")
    return soap


class TestComparing:
    def test_the_page_says_what_the_newer_version_costs_more(self, desk: Desk, soap: Body) -> None:
        assert "Compare with v1: +$0.10 each" in words(desk.see(f"/recipes/{soap['id']}"))
        assert "Compare with v2: −$0.10 each" in words(desk.see(f"/recipes/{soap['id']}?version=1"))

    def test_what_differs_line_by_line(self, desk: Desk, soap: Body) -> None:
        said = words(desk.see(f"/recipes/{soap['id']}/compare?version=2&base=1"))
        assert "Oil 400 g 480 g +$0.40" in said
        assert "Oats added – 20 g +$0.20" in said
        assert "Clay taken out 20 g – −$0.20" in said
        assert "+$0.10 for each" in said
        assert "How it is made v1 Nothing was written. v2 Stir." in said, said[said.find("How it") :][:200]

    def test_what_is_the_same_is_only_counted(self, desk: Desk, shop: Workshop, soap: Body) -> None:
        fields = {"output": {"item": soap["output"]["item"]["id"], "quantity": "5", "unit": "each"}}
        shop.revise(soap, **fields)
        said = words(desk.see(f"/recipes/{soap['id']}/compare?version=3&base=2"))
        assert "2 lines are the same in both." in said
        assert "v2 gives 4 each v3 gives 5 each" in said
        assert "Nothing differs" not in said

    def test_a_cost_that_is_not_known_is_not_compared(
        self, desk: Desk, shop: Workshop, soap: Body, stock: dict[str, Body]
    ) -> None:
        shop.revise(soap, of(stock["Oil"], "2000"))
        said = words(desk.see(f"/recipes/{soap['id']}"))
        assert "Compare with v2" in said
        assert "Compare with v2:" not in said

    def test_a_recipe_with_one_version_is_compared_with_nothing(
        self, desk: Desk, shop: Workshop, stock: dict[str, Body]
    ) -> None:
        alone = shop.recipe("Balm", ("Balm", "1", "each"), of(stock["Oil"], "1"))
        assert "Compare" not in words(desk.see(f"/recipes/{alone['id']}"))
        assert "Nothing differs" in words(desk.see(f"/recipes/{alone['id']}/compare"))

    @pytest.mark.parametrize("number", ["9", "x", "-1", "9" * 30])
    def test_a_version_that_is_not_there(self, desk: Desk, soap: Body, number: str) -> None:
        for name in ("version", "base"):
            assert desk.get(f"/recipes/{soap['id']}/compare?{name}={number}").status_code == 404

    def test_costs_stay_hidden_from_who_may_not_see_them(
        self, viewer: Actor, organization: OrganizationFacts, soap: Body
    ) -> None:
        desk = at_desk(viewer, organization.slug)
        for path in ("", "/compare"):
            said = words(desk.see(f"/recipes/{soap['id']}{path}"))
            assert "480 g" in said
            assert "$" not in said

    def test_takes_the_same_statements_however_many_lines_and_versions(
        self, app: Flask, desk: Desk, shop: Workshop, soap: Body
    ) -> None:
        lengths = []
        for more in range(2):
            items = [shop.item(f"Herb {more}.{n}", "g") for n in range(3)]
            for item in items:
                shop.receive(item, "100")
            shop.revise(soap, *(of(item, "1") for item in items))
            with counted(app) as sent:
                desk.see(f"/recipes/{soap['id']}")
                desk.see(f"/recipes/{soap['id']}/compare")
            lengths.append(len(sent))
        assert lengths[0] == lengths[1]


class TestShares:
    def test_each_line_has_its_share_of_the_weight(self, desk: Desk, soap: Body) -> None:
        said = words(desk.see(f"/recipes/{soap['id']}"))
        assert "Oil 480 g 96% $2.40" in said
        assert "Oats 20 g 4% $0.20" in said

    def test_pieces_are_left_out_of_it(self, desk: Desk, shop: Workshop, stock: dict[str, Body]) -> None:
        label = shop.item("Label", "each")
        recipe = shop.recipe(
            "Tin", ("Tin", "1", "each"), of(stock["Oil"], "30"), of(stock["Clay"], "1"), of(label, "1")
        )
        said = words(desk.see(f"/recipes/{recipe['id']}"))
        assert "Oil 30 g 96.8%" in said
        assert "Label 1 each –" in said

    def test_nobody_knows_a_share_while_something_poured_has_no_density(
        self, desk: Desk, shop: Workshop, stock: dict[str, Body]
    ) -> None:
        milk = shop.item("Milk", "ml")
        recipe = shop.recipe("Bath", ("Bath", "1", "each"), of(stock["Oats"], "30"), of(milk, "100"))
        assert "Share" not in words(desk.see(f"/recipes/{recipe['id']}"))

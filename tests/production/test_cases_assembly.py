"""Worked cases: packing and assembly, which are batches of recipes that put finished things together."""

import pytest

from tests.inventory.storeroom import Body
from tests.recipes.workshop import Workshop, of


@pytest.fixture
def cookies(shop: Workshop) -> Body:
    item = shop.product("Cookie")
    shop.receive(item, "30", "0.20")
    shop.receive(item, "70", "0.25")
    return item


@pytest.fixture
def bag(shop: Workshop, cookies: Body) -> Body:
    """12 cookies and one bag."""
    bags = shop.item("Bag", "each", type="packaging")
    shop.receive(bags, "20", "0.50")
    lines = of(cookies, "12"), of(bags, "1")
    return shop.recipe("Cookie Bag", ("Cookie bag", "1", "each"), *lines, kind="assembly")


def test_c30_check_and_assemble(shop: Workshop, bag: Body, cookies: Body) -> None:
    check = shop.check_recipe(bag, "10")
    assert check["can_produce"] is False
    assert [(row["item"]["name"], row["needed"], row["available"]) for row in check["missing"]] == [
        ("Cookie", "120", "100")
    ]
    done = shop.make(bag, "5")
    assert [shop.see(line["item"])["on_hand"] for line in done["lines"]] == ["40", "15"]
    assert shop.see(done["outputs"][0]["item"])["on_hand"] == "5"


def test_c31_c32_costs_roll_up_through_two_levels(shop: Workshop, bag: Body) -> None:
    done = shop.make(bag, "5")
    assert [line["cost"] for line in done["lines"]] == ["13.5", "2.5"]
    assert (done["total_cost"], done["unit_cost"]) == ("16", "3.2")
    basket = shop.item("Basket", "each", type="packaging")
    shop.receive(basket, "5", "4")
    packed = done["outputs"][0]["item"]
    hamper = shop.recipe("Hamper", ("Hamper", "1", "each"), of(packed, "2"), of(basket, "1"), kind="assembly")
    done = shop.make(hamper, "2")
    assert [line["cost"] for line in done["lines"]] == ["12.8", "8"]
    assert (done["total_cost"], done["unit_cost"]) == ("20.8", "10.4")
    assert (shop.see(packed)["on_hand"], shop.see(basket)["on_hand"]) == ("1", "3")


def test_c34_packing_from_bulk(shop: Workshop) -> None:
    bulk, dried, carton = shop.item("Bulk", "lb"), shop.item("Dried fruit", "lb"), shop.item("Carton", "each")
    shop.receive(bulk, "2000", "1.20")
    shop.receive(dried, "100", "3.00")
    shop.receive(carton, "200", "0.45")
    case = shop.recipe(
        "Case", ("Case of ten", "1", "each"), of(bulk, "10"), of(dried, "0.5"), of(carton, "1"), kind="assembly"
    )
    done = shop.make(case, "140")
    assert [line["cost"] for line in done["lines"]] == ["1680", "210", "63"]
    assert (done["total_cost"], done["unit_cost"]) == ("1953", "13.95")

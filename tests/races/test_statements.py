"""How many statements a posting takes, however many lots lie there: counted from SET LOCAL to the stored answer."""

import pytest
from flask import Flask

from app.kernel.actor import Actor
from tests import cast
from tests.inventory.storeroom import taken
from tests.production.test_statements import counted, of_the_command
from tests.recipes.workshop import Workshop, of

OF_A_USE, OF_A_START = 10, 14


@pytest.fixture
def shop(app: Flask, owner: Actor) -> Workshop:
    return Workshop(cast.api(owner))


@pytest.mark.parametrize("lots", [3, 16])
def test_a_use_over_three_lots_takes_at_most_ten(app: Flask, shop: Workshop, lots: int) -> None:
    oats = shop.item("Oats", "g")
    for _ in range(lots):
        shop.receive(oats, "10")
    with counted(app) as sent:
        posting = shop.issue(oats, "25", reason="breakfast")
    assert len(taken(posting)) == 3
    assert len(of_the_command(sent)) <= OF_A_USE, sent


def test_a_start_of_eight_materials_with_sixteen_lots_each_takes_at_most_fourteen(app: Flask, shop: Workshop) -> None:
    items = [shop.item(f"Material {number}", "g") for number in range(8)]
    for item in items * 16:
        shop.receive(item, "1")
    recipe = shop.recipe("Cake", ("Cake", "1", "each"), *(of(item, "16") for item in items))
    batch = shop.plan(recipe)
    with counted(app) as sent:
        started = shop.do(batch, "start")
    assert [len(line["lots"]) for line in started["lines"]] == [16] * 8
    assert len(of_the_command(sent)) <= OF_A_START, sent

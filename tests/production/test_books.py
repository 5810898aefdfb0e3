"""Whatever becomes of batches, the proof over the whole ledger finds nothing."""

from flask import Flask

from app.inventory.services import proof
from app.kernel.actor import Actor
from app.platform import tenancy
from tests.inventory.storeroom import Body
from tests.recipes.workshop import Workshop, of


def test_the_books_are_right_after_every_way_a_batch_can_end(app: Flask, owner: Actor, shop: Workshop) -> None:
    oats, honey = shop.item("Oats", "g"), shop.item("Honey", "g")
    for cost in ("1", "0.333333", "7.000001"):
        shop.receive(oats, "33.333333", total_cost=cost)
        shop.receive(honey, "33.333333", total_cost=cost)
    recipe = shop.recipe("Bar", ("Bar", "7", "each"), of(oats, "11.111111"), of(honey, "3.7"))
    extra = {"lines": [{"item": honey["id"], "quantity": "0.1", "reason": "dry"}]}
    ways: list[list[tuple[str, Body]]] = [
        [("start", {}), ("extras", extra), ("finish", {"loss": {"quantity": "1", "category": "broken"}})],
        [("start", {}), ("extras", extra), ("cancel", {})],
        [("start", {}), ("fail", {"reason": "burnt"})],
        [("start", {}), ("finish", {}), ("reversal", {"reason": "wrong"})],
        [("start", {}), ("finish", {"outputs": [{"quantity": "0"}]})],
        [("start", {}), ("fail", {"reason": "burnt"}), ("reversal", {"reason": "it was fine"})],
    ]
    for way in ways:
        batch = shop.plan(recipe)
        for what, body in way:
            shop.do(batch, what, body)
    with app.app_context():
        tenancy.bind(owner.organization_id)
        found = proof.prove(owner.organization_id)
    assert found.findings == []
    assert found.totals.balanced

"""Who may do what with recipes and batches: the makers may, the helper gets 403, the stranger 404."""

import pytest
from flask import Flask

from app.kernel.actor import Actor
from tests import cast
from tests.inventory.storeroom import Body, refused
from tests.recipes.workshop import Workshop, of


@pytest.fixture
def oats(shop: Workshop) -> Body:
    item = shop.item("Oats", "g")
    shop.receive(item, "100", "0.5")
    return item


@pytest.fixture
def bar(shop: Workshop, oats: Body) -> Body:
    return shop.recipe("Bar", ("Bar", "1", "each"), of(oats, "10"))


def test_a_maker_makes_and_may_not_undo_what_is_done(app: Flask, maker: Actor, shop: Workshop, bar: Body) -> None:
    mine = Workshop(cast.api(maker))
    done = mine.make(bar)
    refused(mine.attempt(done, "reversal", {"reason": "no"}), 403, "forbidden")
    assert shop.batch(done)["status"] == "completed"


def test_a_viewer_reads_without_costs_and_changes_nothing(app: Flask, viewer: Actor, shop: Workshop, bar: Body) -> None:
    mine, done = Workshop(cast.api(viewer)), shop.make(bar)
    seen = mine.batch(done)
    assert not {"total_cost", "unit_cost"} & seen.keys()
    assert "cost" not in seen["lines"][0]
    assert "cost" not in seen["outputs"][0]
    assert set(mine.api.get(f"/recipes/{bar['id']}/cost").get_json()) == {"lines", "uncosted"}
    for path, body in (
        ("/recipes", {"name": "X", "draft": True}),
        (f"/recipes/{bar['id']}/versions", {}),
        ("/batches", {"recipe": bar["id"]}),
        *(
            (f"/batches/{done['id']}/{what}", {})
            for what in ("start", "extras", "finish", "fail", "cancel", "reversal")
        ),
    ):
        refused(mine.api.post(path, body), 403, "forbidden")


def test_the_store_does_not_read_recipes(app: Flask, helper: Actor, shop: Workshop, bar: Body, oats: Body) -> None:
    mine = Workshop(cast.api(helper))
    refused(mine.api.get(f"/recipes/{bar['id']}"), 403, "forbidden")
    refused(mine.api.post("/stock-checks", {"recipe": bar["id"]}), 403, "forbidden")
    assert mine.check((oats, "5"))["can_produce"] is True


def test_somebody_elses_batch_does_not_exist(shop: Workshop, other_shop: Workshop, bar: Body) -> None:
    done = shop.make(bar)
    for path in ("", "/label.pdf", "/qr.svg"):
        for reference in (done["id"], done["label"]):
            refused(other_shop.api.get(f"/batches/{reference}{path}"), 404, "not_found")
    bodies = {"extras": {"lines": [{"item": "x", "quantity": "1", "reason": "y"}]}}
    for what in ("start", "extras", "finish", "fail", "cancel", "reversal"):
        answer = other_shop.attempt(
            done, what, bodies.get(what, {"reason": "no"} if what in {"fail", "reversal"} else {})
        )
        refused(answer, 404, "not_found")
    assert other_shop.api.get("/batches").get_json()["data"] == []

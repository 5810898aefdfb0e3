"""Worked case C42: from a packed lot back through packing and batch to the materials and their suppliers."""

from tests.inventory.storeroom import Body, ok
from tests.recipes.workshop import Workshop, of


def test_c42_a_packed_lot_leads_back_to_every_suppliers_lot(shop: Workshop) -> None:
    oats, bag = shop.item("Oats", "g"), shop.item("Bag", "each", type="packaging")
    shop.receive(oats, "100", supplier="Mill", supplier_lot="A100")
    shop.receive(bag, "10", supplier="Paper & Co", supplier_lot="P7")
    bulk = shop.recipe("Cookie", ("Cookie", "12", "each"), of(oats, "60"))
    cookies = shop.make(bulk)
    packed = shop.recipe(
        "Cookie Bag",
        ("Cookie bag", "1", "each"),
        of(cookies["outputs"][0]["item"], "12"),
        of(bag, "1"),
        kind="assembly",
    )
    done = shop.make(packed)
    found = ok(shop.api.get(f"/lots/{done['label']}/trace", direction="back"), 200)
    assert {"A100", "P7"} <= {node.get("supplier_lot") for node in found["nodes"]}
    assert labels(found, "batch") == {cookies["label"], done["label"]}
    assert labels(found, "supplier") == {"Mill", "Paper & Co"}


def labels(found: Body, kind: str) -> set[str]:
    return {node["label"] for node in found["nodes"] if node["type"] == kind}

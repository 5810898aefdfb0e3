"""Worked cases: forward and backward traces over several levels, net of what was taken back."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app.kernel.actor import Actor
from tests import cast
from tests.inventory.storeroom import Body, Storeroom, ok, refused
from tests.ledger.workshop import Workshop, batch


@pytest.fixture
def shop(database: Flask, owner: Actor) -> Workshop:
    """The same organization, for what batches do to stock."""
    return Workshop(owner)


@pytest.fixture
def room(shop: Workshop, owner: Actor) -> Storeroom:
    return Storeroom(cast.api(owner))


def trace(room: Storeroom, lot: str, direction: str = "both") -> Body:
    return ok(room.api.get(f"/lots/{lot}/trace", direction=direction), 200)


def nodes(found: Body, kind: str) -> dict[str, Body]:
    return {node["label"]: node for node in found["nodes"] if node["type"] == kind}


def edges(found: Body) -> dict[tuple[str, str], str]:
    labels = {node["id"]: node["label"] for node in found["nodes"]}
    return {(labels[edge["from"]], labels[edge["to"]]): edge["quantity"] for edge in found["edges"]}


@pytest.fixture
def workshop(shop: Workshop, room: Storeroom) -> dict[str, Any]:
    """S 1,000 of Supplier: 300 each into B1 and B2, 150 to Z. B1 made 500: 400 packed, 200 to X, 180 to Y."""
    flour, dough, bags, packs = (room.item(name, unit="g") for name in ("Flour", "Dough", "Bags", "Packs"))
    room.receive(flour, "1000", "0.01", supplier="Mill", supplier_lot="M-77", fifo_code="S")
    room.receive(bags, "400", "0.01", supplier="Bagger", fifo_code="BAGS")
    make(shop, "B1", {"S": (flour, "300")}, dough, "500")
    make(shop, "B2", {"S": (flour, "300")}, dough, "480")
    room.issue(flour, "150", "sale", to="Z")
    make(shop, "P1", {"B1": (dough, "400"), "BAGS": (bags, "400")}, packs, "400")
    room.issue(packs, "200", "sale", to="X")
    room.issue(packs, "180", "sale", to="Y")
    return {"flour": flour, "dough": dough, "bags": bags, "packs": packs}


def make(shop: Workshop, label: str, needs: dict[str, tuple[Body, str]], output: Body, quantity: str) -> None:
    """A batch: materials in, one lot out whose code is the batch's label."""
    source = batch(label)
    shop.consume(source, needs=[(UUID(item["id"]), amount) for item, amount in needs.values()])
    shop.produce(source, UUID(output["id"]), quantity, "1", fifo_code=label)


class TestForward:
    def test_c41_everybody_who_got_some_of_it_is_named(self, room: Storeroom, workshop: dict[str, Any]) -> None:
        found = trace(room, "S", "forward")
        assert {label: node["quantity"] for label, node in nodes(found, "sale").items()} == {
            "X": "200",
            "Y": "180",
            "Z": "150",
        }

    def test_c41_what_came_in_adds_up(self, room: Storeroom, workshop: dict[str, Any]) -> None:
        assert trace(room, "S", "forward")["totals"] == {
            "received": "1000",
            "used_in_batches": "600",
            "sold": "150",
            "disposed": "0",
            "on_hand": "250",
            "unit": "g",
        }

    def test_c41_what_is_on_hand_at_every_level(self, room: Storeroom, workshop: dict[str, Any]) -> None:
        lots = nodes(trace(room, "S", "forward"), "lot")
        left = {label: (node["quantity"], node["remaining_quantity"]) for label, node in lots.items()}
        assert left == {"S": ("1000", "250"), "B1": ("500", "100"), "B2": ("480", "480"), "P1": ("400", "20")}

    def test_c41_the_way_of_each_gram(self, room: Storeroom, workshop: dict[str, Any]) -> None:
        found = trace(room, "S", "forward")
        ways = {
            (node_type(found, edge["from"]), label(found, edge["from"]), label(found, edge["to"])): edge["quantity"]
            for edge in found["edges"]
        }
        assert ways == {
            ("lot", "S", "B1"): "300",
            ("lot", "S", "B2"): "300",
            ("lot", "S", "Z"): "150",
            ("batch", "B1", "B1"): "500",
            ("batch", "B2", "B2"): "480",
            ("lot", "B1", "P1"): "400",
            ("batch", "P1", "P1"): "400",
            ("lot", "P1", "X"): "200",
            ("lot", "P1", "Y"): "180",
        }

    def test_what_was_taken_back_went_nowhere(self, room: Storeroom, workshop: dict[str, Any]) -> None:
        sale = room.postings(workshop["packs"])[0]
        ok(room.reverse(sale, (1, "80")), 201)
        assert nodes(trace(room, "S", "forward"), "sale")["Y"]["quantity"] == "100"
        ok(room.reverse(sale), 201)
        assert "Y" not in nodes(trace(room, "S", "forward"), "sale")

    def test_what_was_thrown_away_is_told_by_its_reason(self, room: Storeroom, workshop: dict[str, Any]) -> None:
        room.issue(workshop["dough"], "30", "spoil", reason="mould")
        disposal = nodes(trace(room, "S", "forward"), "disposal")["mould"]
        assert (disposal["quantity"], disposal["kind"], disposal["unit"]) == ("30", "spoil", "g")


class TestBackward:
    def test_c42_three_levels_back_to_suppliers_and_packaging(self, room: Storeroom, workshop: dict[str, Any]) -> None:
        found = trace(room, "P1", "back")
        assert set(nodes(found, "supplier")) == {"Mill", "Bagger"}
        assert set(nodes(found, "batch")) == {"P1", "B1"}
        lots = nodes(found, "lot")
        assert set(lots) == {"P1", "B1", "S", "BAGS"}
        assert (lots["S"]["supplier_lot"], lots["S"]["item"]["name"]) == ("M-77", "Flour")
        assert edges(found)["BAGS", "P1"] == "400"
        assert nodes(found, "sale") == {}

    @pytest.mark.parametrize("direction", ["back", "both"])
    def test_a_batch_says_all_that_it_made_and_not_this_lot_alone(
        self, shop: Workshop, room: Storeroom, direction: str
    ) -> None:
        milk, cheese, whey = (room.item(name, unit="g") for name in ("Milk", "Cheese", "Whey"))
        room.receive(milk, "1000", "0.01", fifo_code="MILK")
        dairy = batch("DAIRY")
        shop.consume(dairy, needs=[(UUID(milk["id"]), "1000")])
        shop.produce(dairy, UUID(cheese["id"]), "120", "8", fifo_code="CHEESE")
        shop.produce(dairy, UUID(whey["id"]), "850", "2", fifo_code="WHEY")
        found = trace(room, "CHEESE", direction)
        assert nodes(found, "batch")["DAIRY"]["quantity"] == "970"
        assert set(nodes(found, "lot")) == {"CHEESE", "MILK"}
        assert set(nodes(trace(room, "MILK", "forward"), "lot")) == {"CHEESE", "WHEY", "MILK"}

    def test_both_ways_at_once(self, room: Storeroom, workshop: dict[str, Any]) -> None:
        found = trace(room, "B1")
        assert set(nodes(found, "supplier")) == {"Mill"}
        assert set(nodes(found, "sale")) == {"X", "Y"}

    def test_a_lot_of_somebody_else_is_not_there(
        self, room: Storeroom, stranger: Actor, workshop: dict[str, Any]
    ) -> None:
        lot = room.lots(workshop["flour"])[0]
        theirs = cast.api(stranger)
        for reference in ("S", lot["id"], "no-such-lot"):
            body = refused(theirs.get(f"/lots/{reference}/trace"), 404, "not_found")
            assert body["detail"] == "That lot does not exist."


def label(found: Body, node_id: str) -> str:
    return next(str(node["label"]) for node in found["nodes"] if node["id"] == node_id)


def node_type(found: Body, node_id: str) -> str:
    return next(str(node["type"]) for node in found["nodes"] if node["id"] == node_id)

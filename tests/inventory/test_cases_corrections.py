"""Worked cases: reversals, counts, keys that are sent twice, codes that are taken, over HTTP."""

import pytest

from tests.inventory.storeroom import Body, Storeroom, ok, refused


@pytest.fixture
def sugar(room: Storeroom) -> Body:
    return room.item("Sugar")


class TestReversal:
    def test_c35_a_part_is_taken_back_and_no_more_than_is_left(self, room: Storeroom, sugar: Body) -> None:
        receipt = room.receive(sugar, "100")
        back = ok(room.reverse(receipt, (1, "50")), 201)
        assert room.see(sugar)["on_hand"] == "50"
        first = ok(room.api.get(f"/postings/{receipt['id']}"), 200)
        assert (first["reversed_by"], first["movements"][0]["left_to_reverse"]) == ([back["id"]], "50")
        assert {**first, "reversed_by": [], "movements": []} == {**receipt, "movements": []}
        assert (back["reverses"], back["movements"][0]["reverses"]) == (receipt["id"], receipt["movements"][0]["id"])
        refusal = refused(room.reverse(receipt, (1, "60")), 409, "nothing_left_to_reverse")
        assert refusal["details"]["left"] == "50"
        assert room.see(sugar)["on_hand"] == "50"

    def test_c37_it_is_taken_back_once(self, room: Storeroom, sugar: Body) -> None:
        receipt = room.receive(sugar, "100")
        back = ok(room.reverse(receipt), 201)
        assert room.stock(sugar) == ("0", "0")
        refused(room.reverse(receipt), 409, "already_reversed")
        refused(room.reverse(back), 409, "is_reversal")
        assert room.stock(sugar) == ("0", "0")

    def test_what_was_used_meanwhile_stands_in_the_way(self, room: Storeroom, sugar: Body) -> None:
        receipt = room.receive(sugar, "100")
        used = room.issue(sugar, "1", "sale", to="Zoe")
        refusal = refused(room.reverse(receipt), 409, "has_dependents")
        assert [dependent["number"] for dependent in refusal["details"]["dependents"]] == [used["number"]]

    def test_c40_a_correction_says_why(self, room: Storeroom, sugar: Body) -> None:
        receipt = room.receive(sugar, "100")
        for body in ({}, {"reason": ""}, {"reason": "  "}):
            refusal = refused(room.api.post(f"/postings/{receipt['id']}/reversal", body), 422, "invalid")
            assert "reason" in refusal["errors"]
        assert room.see(sugar)["on_hand"] == "100"

    def test_a_movement_of_another_posting_is_not_there(self, room: Storeroom, sugar: Body) -> None:
        receipt, other = room.receive(sugar, "1"), room.receive(sugar, "2")
        for movement in (other["movements"][0]["id"], "0", "x" * 40):
            lines = [{"movement": movement, "quantity": "1"}]
            answer = room.api.post(f"/postings/{receipt['id']}/reversal", {"reason": "no", "lines": lines})
            assert "lines.0.movement" in refused(answer, 404, "not_found")["errors"]


class TestCount:
    @pytest.fixture
    def oats(self, room: Storeroom) -> Body:
        item = room.item("Oats", unit="kg")
        room.receive(item, "87.5", "2")
        return item

    def test_c38_more_is_found(self, room: Storeroom, oats: Body) -> None:
        posting = ok(room.count(oats, "90"), 201)
        assert (posting["movements"][0]["quantity"], posting["reason"]) == ("2.5", "counted")
        assert room.stock(oats) == ("90", "180")

    def test_c38_the_same_is_no_posting(self, room: Storeroom, oats: Body) -> None:
        assert ok(room.count(oats, "87.5"), 200) == {"unchanged": True}
        assert len(room.postings(oats)) == 1

    def test_c38_less_than_nothing_is_refused(self, room: Storeroom, oats: Body) -> None:
        assert "counted" in refused(room.count(oats, "-1"), 422, "invalid")["errors"]

    def test_c38_a_count_of_before_is_stale(self, room: Storeroom, oats: Body) -> None:
        room.issue(oats, "10")
        refusal = refused(room.count(oats, "87.5", expected="87.5"), 409, "stale_count")
        assert refusal["details"]["on_hand"] == "77.5"
        assert room.see(oats)["on_hand"] == "77.5"

    def test_b09_found_at_a_chosen_cost_then_the_oldest_go_first(self, room: Storeroom) -> None:
        item = room.item(unit="each")
        for quantity in ("10", "10", "3"):
            room.receive(item, quantity)
        ok(room.count(item, "30", unit_cost="4"), 201)
        assert room.left(item)[3] == ("7", "28")
        ok(room.count(item, "5"), 201)
        assert room.left(item) == [("0", "0"), ("0", "0"), ("0", "0"), ("5", "20")]

    def test_what_was_never_bought_has_no_cost_to_take(self, room: Storeroom, sugar: Body) -> None:
        refused(room.count(sugar, "1"), 422, "cost_required")


class TestKeys:
    def test_c39_the_same_twice_is_one_receipt(self, room: Storeroom, sugar: Body) -> None:
        path, body = f"/items/{sugar['id']}/receipts", {"quantity": "5", "unit_cost": "1"}
        first, again = (room.api.post(path, body, key="truck-7") for _ in range(2))
        assert first.get_data() == again.get_data()
        assert (first.status_code, again.status_code) == (201, 201)
        assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")
        assert room.see(sugar)["on_hand"] == "5"

    def test_c39_another_quantity_under_the_key_is_refused(self, room: Storeroom, sugar: Body) -> None:
        path = f"/items/{sugar['id']}/receipts"
        room.api.post(path, {"quantity": "5", "unit_cost": "1"}, key="truck-7")
        refused(room.api.post(path, {"quantity": "6", "unit_cost": "1"}, key="truck-7"), 422, "idempotency_mismatch")
        assert len(room.postings(sugar)) == 1

    def test_a_shortage_is_remembered_and_a_mistake_is_not(self, room: Storeroom, sugar: Body) -> None:
        path = f"/items/{sugar['id']}/issues"
        short = [room.api.post(path, {"quantity": "5", "kind": "use"}, key="shelf")]
        room.receive(sugar, "10")
        short.append(room.api.post(path, {"quantity": "5", "kind": "use"}, key="shelf"))
        refusals = [refused(answer, 409, "insufficient_stock") for answer in short]
        assert refusals[0] == refusals[1]
        refused(room.api.post(path, {"quantity": "0", "kind": "use"}, key="typo"), 422, "invalid")
        assert room.api.post(path, {"quantity": "1", "kind": "use"}, key="typo").status_code == 201

    def test_a_dry_run_takes_no_key(self, room: Storeroom, sugar: Body) -> None:
        path, body = f"/items/{sugar['id']}/receipts", {"quantity": "5", "unit_cost": "1"}
        assert room.api.post(path, body, key="k", dry_run="true").status_code == 200
        assert room.api.post(path, body, key="k").status_code == 201


class TestCodes:
    def test_c43_one_supplier_lot_on_two_items(self, room: Storeroom, sugar: Body) -> None:
        oats = room.item("Oats")
        room.receive(sugar, "1", supplier_lot="A100")
        room.receive(oats, "1", supplier_lot="A100")
        found = ok(room.api.get("/lots", supplier_lot="a100"), 200)["data"]
        assert {lot["item"]["name"] for lot in found} == {"Sugar", "Oats"}

    def test_c43_a_lot_code_is_used_once_in_an_organization(
        self, room: Storeroom, other_room: Storeroom, sugar: Body
    ) -> None:
        room.receive(sugar, "1", fifo_code="Lot-1")
        path, body = f"/items/{sugar['id']}/receipts", {"quantity": "1", "unit_cost": "1", "fifo_code": "LOT-1"}
        assert refused(room.api.post(path, body), 409, "already_exists")["details"]["field"] == "fifo_code"
        theirs = other_room.item("Sugar")
        other_room.receive(theirs, "1", fifo_code="LOT-1")
        assert [lot["item"]["id"] for lot in ok(other_room.api.get("/lots", q="lot-1"), 200)["data"]] == [theirs["id"]]

"""Lots over HTTP: their order, their words, their search."""

from datetime import UTC, datetime

import pytest

from app.kernel import clock
from tests.inventory.storeroom import Body, Storeroom, ok, refused

JUNE_1 = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def oats(room: Storeroom) -> Body:
    return room.item("Oats", unit="kg")


def codes(room: Storeroom, **query: str) -> list[str]:
    return [lot["fifo_code"] for lot in ok(room.api.get("/lots", **query), 200)["data"]]


class TestReading:
    def test_a_lot_says_what_it_is(self, room: Storeroom, oats: Body) -> None:
        with clock.set_to(JUNE_1):
            posting = room.receive(
                oats,
                "4",
                "2.5",
                received_on="2026-05-23",
                expires_on="2026-06-10",
                supplier="Mill & Sons",
                supplier_lot="A-100",
                fifo_code="L1",
            )
            room.issue(oats, "1")
            lot = ok(room.api.get("/lots/l1"), 200)
        assert lot == {
            "id": posting["movements"][0]["lot"]["id"],
            "fifo_code": "L1",
            "item": {"id": oats["id"], "code": "oats", "name": "Oats"},
            "unit": "kg",
            "received_on": "2026-05-23",
            "expires_on": "2026-06-10",
            "status": "open",
            "expired": False,
            "initial_quantity": "4",
            "remaining_quantity": "3",
            "initial_cost": "10",
            "remaining_cost": "7.5",
            "unit_cost": "2.5",
            "supplier": "Mill & Sons",
            "supplier_lot": "A-100",
            "source": {"type": "posting", "id": posting["id"], "label": posting["number"]},
            "life_remaining_percent": "53",
        }

    def test_an_empty_lot_is_worth_nothing(self, room: Storeroom, oats: Body) -> None:
        room.receive(oats, "3", "0.333333", fifo_code="L1")
        room.issue(oats, "3")
        lot = ok(room.api.get("/lots/L1"), 200)
        assert (lot["status"], lot["remaining_cost"], lot["unit_cost"]) == ("empty", "0", None)

    def test_in_fifo_order_whatever_the_order_of_posting(self, room: Storeroom, oats: Body) -> None:
        for code, day in (("L1", "2026-03-01"), ("L2", "2026-01-01"), ("L3", "2026-03-01"), ("L4", "2026-02-01")):
            room.receive(oats, "1", received_on=day, fifo_code=code)
        assert codes(room) == ["L2", "L4", "L1", "L3"]
        assert [lot["fifo_code"] for lot in room.lots(oats)] == ["L2", "L4", "L1", "L3"]
        room.issue(oats, "1")
        assert [lot["fifo_code"] for lot in room.lots(oats, open="true")] == ["L4", "L1", "L3"]

    def test_pages_follow_the_order(self, room: Storeroom, oats: Body) -> None:
        for number in range(5):
            room.receive(oats, "1", received_on=f"2026-01-0{5 - number}", fifo_code=f"L{number}")
        first = ok(room.api.get(f"/items/{oats['id']}/lots", limit="2"), 200)
        room.receive(oats, "1", received_on="2026-01-01", fifo_code="early")
        rest = ok(room.api.get(f"/items/{oats['id']}/lots", cursor=first["next_cursor"]), 200)
        assert [lot["fifo_code"] for lot in first["data"]] == ["L4", "L3"]
        assert [lot["fifo_code"] for lot in rest["data"]] == ["L2", "L1", "L0"]

    def test_search(self, room: Storeroom, oats: Body) -> None:
        sugar = room.item("Sugar")
        room.receive(oats, "1", supplier_lot="Ä-100", fifo_code="L1")
        room.receive(sugar, "1", supplier_lot="B 200", fifo_code="L2")
        assert codes(room, q="l1") == codes(room, q="a-1") == codes(room, q="OATS") == ["L1"]
        assert codes(room, supplier_lot="b 200") == codes(room, item="sugar") == ["L2"]
        assert codes(room, supplier_lot="b") == []

    def test_by_status_and_expiry(self, room: Storeroom, oats: Body) -> None:
        with clock.set_to(JUNE_1):
            for code, day in (("past", "2026-05-31"), ("today", "2026-06-01"), ("soon", "2026-06-08"), ("far", None)):
                room.receive(oats, "1", fifo_code=code, **({"expires_on": day} if day else {}))
            assert codes(room, expiring_within="0") == ["today"]
            assert codes(room, expiring_within="7") == ["today", "soon"]
            ok(room.api.put("/lots/soon/hold", {"reason": "look"}), 200)
            room.issue(oats, "1", lot="far")
            assert codes(room, status="on_hold") == ["soon"]
            assert codes(room, status="empty") == ["far"]
            assert codes(room, status="open") == ["past", "today"]


class TestWords:
    @pytest.fixture
    def lot(self, room: Storeroom, oats: Body) -> str:
        room.receive(oats, "5", supplier_lot="A", expires_on="2030-01-01", fifo_code="L1")
        return "/lots/L1"

    def test_a_held_lot_is_not_used_until_it_is_released(self, room: Storeroom, oats: Body, lot: str) -> None:
        assert ok(room.api.put(f"{lot}/hold", {"reason": "smells odd"}), 200)["status"] == "on_hold"
        refused(room.try_issue(oats, "1"), 409, "insufficient_stock")
        room.issue(oats, "1", "trash", reason="sample of it")
        assert ok(room.api.delete(f"{lot}/hold", {"reason": "laboratory says good"}), 200)["status"] == "open"
        room.issue(oats, "1")

    def test_each_leaves_a_posting_without_movements(self, room: Storeroom, oats: Body, lot: str) -> None:
        ok(room.api.put(f"{lot}/hold", {"reason": "smells odd"}), 200)
        ok(room.api.delete(f"{lot}/hold", {"reason": "good"}), 200)
        ok(room.api.patch(lot, {"supplier_lot": "B", "reason": "typo"}), 200)
        log = ok(room.api.get("/postings", lot="L1"), 200)["data"]
        assert [(posting["kind"], posting["reason"], len(posting["movements"])) for posting in log] == [
            ("relabel", "typo", 0),
            ("release", "good", 0),
            ("hold", "smells odd", 0),
            ("receipt", None, 1),
        ]
        assert ok(room.api.get("/postings", item=oats["id"]), 200)["data"] == log
        refused(room.reverse(log[0]), 409, "nothing_left_to_reverse")

    def test_a_label_is_put_right_or_taken_away(self, room: Storeroom, lot: str) -> None:
        changed = ok(room.api.patch(lot, {"expires_on": "2031-01-01", "reason": "typo"}), 200)
        assert (changed["expires_on"], changed["supplier_lot"]) == ("2031-01-01", "A")
        changed = ok(room.api.patch(lot, {"supplier_lot": "B", "reason": "typo"}), 200)
        assert (changed["expires_on"], changed["supplier_lot"]) == ("2031-01-01", "B")
        changed = ok(room.api.patch(lot, {"expires_on": None, "supplier_lot": None, "reason": "unknown"}), 200)
        assert (changed["expires_on"], changed["supplier_lot"], changed["life_remaining_percent"]) == (None, None, None)

    def test_a_reason_is_needed(self, room: Storeroom, lot: str) -> None:
        for answer in (
            room.api.put(f"{lot}/hold", {}),
            room.api.delete(f"{lot}/hold"),
            room.api.patch(lot, {"supplier_lot": "B"}),
        ):
            assert "reason" in refused(answer, 422, "invalid")["errors"]

    def test_a_lot_that_is_not_held_is_not_released(self, room: Storeroom, lot: str) -> None:
        refused(room.api.delete(f"{lot}/hold", {"reason": "good"}), 409, "wrong_state")

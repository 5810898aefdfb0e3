"""Fine print of the contract: keys on calls that only answer, dry runs, costs in small units, why a lot is barred."""

import base64
from datetime import timedelta

import pytest

from app.kernel import clock
from tests.inventory.storeroom import Storeroom, ok, refused


class TestKeys:
    def test_a_conversion_under_a_key_is_answered_again(self, room: Storeroom) -> None:
        body = {"quantity": "3", "from": "lb", "to": "oz"}
        first, second = (room.api.post("/conversions", body, key="convert-1") for _ in range(2))

        assert first.get_data() == second.get_data()
        assert (second.status_code, second.headers["Idempotent-Replayed"]) == (200, "true")

    def test_and_refused_for_another_one(self, room: Storeroom) -> None:
        ok(room.api.post("/conversions", {"quantity": "3", "from": "lb", "to": "oz"}, key="convert-2"), 200)

        other = room.api.post("/conversions", {"quantity": "4", "from": "lb", "to": "oz"}, key="convert-2")
        refused(other, 422, "idempotency_mismatch")

    def test_a_stock_check_under_a_key_stays_what_it_was(self, room: Storeroom) -> None:
        oats = room.item()
        asked = {"lines": [{"item": oats["id"], "quantity": "7"}]}
        before = ok(room.api.post("/stock-checks", asked, key="check-1"), 200)
        room.receive(oats, "8")

        assert ok(room.api.post("/stock-checks", asked, key="check-1"), 200) == before
        assert ok(room.api.post("/stock-checks", asked), 200)["can_produce"]


class TestDryRun:
    def test_shows_a_code_that_was_said_and_none_that_would_be_made(self, room: Storeroom) -> None:
        path = f"/items/{room.item()['id']}/receipts"
        said = ok(room.api.post(path, {"quantity": "2", "unit_cost": "3", "fifo_code": "My-7"}, dry_run="true"), 200)
        made = ok(room.api.post(path, {"quantity": "2", "unit_cost": "3"}, dry_run="true"), 200)

        lots = [answer["movements"][0]["lot"] for answer in (said, made)]
        assert lots == [{"id": None, "fifo_code": "My-7"}, {"id": None, "fifo_code": None}]


class TestCounting:
    @pytest.mark.parametrize(("unit", "counted", "cost"), [("g", "100", "5"), ("oz", "3", "0.15"), ("mg", "70", "3.5")])
    def test_found_goods_cost_what_was_said_per_counted_unit(
        self, room: Storeroom, unit: str, counted: str, cost: str
    ) -> None:
        lead = room.item("Lead", unit="lb")

        posting = ok(room.count(lead, counted, unit=unit, unit_cost="0.05"), 201)
        assert posting["total_cost"] == cost

    def test_only_what_is_more_than_the_book_costs(self, room: Storeroom) -> None:
        lead = room.item("Lead", unit="lb")
        room.receive(lead, "2", "1")

        posting = ok(room.count(lead, "40", unit="oz", unit_cost="0.25"), 201)
        assert (posting["movements"][0]["quantity"], posting["total_cost"]) == ("0.5", "2")


class TestNamedLot:
    def test_a_refusal_says_that_the_named_lot_is_on_hold(self, room: Storeroom) -> None:
        oats = room.item()
        held = room.receive(oats, "6")["movements"][0]["lot"]["id"]
        room.receive(oats, "5")
        ok(room.api.put(f"/lots/{held}/hold", {"reason": "tested"}), 200)

        (short,) = refused(room.try_issue(oats, "2", lot=held), 409, "insufficient_stock")["details"]["shortages"]
        assert (short["available"], short["unusable"]) == ("0", {"expired": "0", "on_hold": "6", "reserved": "0"})

    def test_or_expired(self, room: Storeroom) -> None:
        milk = room.item("Milk")
        yesterday = str(clock.now().date() - timedelta(days=1))
        lot = room.receive(milk, "9", expires_on=yesterday)["movements"][0]["lot"]["id"]

        (short,) = refused(room.try_issue(milk, "2", lot=lot), 409, "insufficient_stock")["details"]["shortages"]
        assert short["unusable"] == {"expired": "9", "on_hold": "0", "reserved": "0"}

    def test_nothing_is_barred_from_what_takes_everything(self, room: Storeroom) -> None:
        milk = room.item("Milk")
        room.receive(milk, "9", expires_on=str(clock.now().date() - timedelta(days=1)))

        (short,) = refused(room.try_issue(milk, "10", "trash"), 409, "insufficient_stock")["details"]["shortages"]
        assert (short["available"], short["unusable"]["expired"]) == ("9", "0")


class TestForms:
    @pytest.mark.parametrize("said", ["1700000000", "1700000000.5", "-5", 1700000000, "20260101T100000Z"])
    def test_a_time_is_written_out(self, room: Storeroom, said: object) -> None:
        body = {"quantity": "1", "unit_cost": "1", "occurred_at": said}

        wrong = refused(room.api.post(f"/items/{room.item()['id']}/receipts", body), 422, "invalid")["errors"]
        assert list(wrong) == ["occurred_at"]

    @pytest.mark.parametrize("place", ["[1e400]", "[-1e400]", "[NaN]"])
    def test_a_forged_cursor_is_none(self, room: Storeroom, place: str) -> None:
        forged = base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")

        refused(room.api.get("/postings", cursor=forged), 422, "invalid")

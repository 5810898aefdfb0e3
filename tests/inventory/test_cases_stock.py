"""Worked cases: lots in FIFO order, shortages, pinned and unusable lots, late receipts, over HTTP."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.kernel import clock
from tests.inventory.storeroom import Body, Storeroom, refused, taken

MARCH_13 = datetime(2026, 3, 13, 12, tzinfo=UTC)


@pytest.fixture
def two_lots(room: Storeroom) -> Body:
    """A 3 at 0.50 of January, B 5 at 0.80 of February."""
    item = room.item()
    room.receive(item, "3.0", "0.50", received_on="2026-01-10", fifo_code="A")
    room.receive(item, "5.0", "0.80", received_on="2026-02-10", fifo_code="B")
    return item


class TestTwoLots:
    def test_c01_the_oldest_is_taken_first_at_its_own_cost(self, room: Storeroom, two_lots: Body) -> None:
        posting = room.issue(two_lots, "4")
        assert taken(posting) == [("A", "-3", "-1.5"), ("B", "-1", "-0.8")]
        assert posting["total_cost"] == "-2.3"
        assert room.left(two_lots) == [("0", "0"), ("4", "3.2")]
        assert room.stock(two_lots) == ("4", "3.2")

    def test_c02_a_dry_run_asked_twice_answers_the_same_and_writes_nothing(
        self, room: Storeroom, two_lots: Body
    ) -> None:
        first = room.try_issue(two_lots, "4", dry_run=True)
        again = room.try_issue(two_lots, "4", dry_run=True)
        assert first.status_code == 200
        assert first.get_data() == again.get_data()
        assert taken(first.get_json()) == [("A", "-3", "-1.5"), ("B", "-1", "-0.8")]
        assert (first.get_json()["id"], first.get_json()["dry_run"]) == (None, True)
        assert room.stock(two_lots) == ("8", "5.5")
        assert {posting["kind"] for posting in room.postings(two_lots)} == {"receipt"}

    def test_c02_a_dry_run_refuses_as_the_real_thing_does(self, room: Storeroom, two_lots: Body) -> None:
        dry, real = room.try_issue(two_lots, "10", dry_run=True), room.try_issue(two_lots, "10")
        assert refused(dry, 409, "insufficient_stock") == refused(real, 409, "insufficient_stock")

    def test_c03_a_stock_check_says_what_is_missing(self, room: Storeroom, two_lots: Body) -> None:
        check = room.check((two_lots, "10"))
        line = check["lines"][0]
        assert (line["consumed"], line["shortfall"], line["satisfied"], line["total_cost"]) == ("8", "2", False, "5.5")
        assert check["can_produce"] is False
        assert (check["missing"][0]["missing"], check["missing"][0]["available"]) == ("2", "8")

    def test_c03_more_than_there_is_is_refused_and_changes_nothing(self, room: Storeroom, two_lots: Body) -> None:
        shortage = refused(room.try_issue(two_lots, "10"), 409, "insufficient_stock")["details"]["shortages"][0]
        assert (shortage["needed"], shortage["available"], shortage["missing"]) == ("10", "8", "2")
        assert room.stock(two_lots) == ("8", "5.5")
        assert len(room.postings(two_lots)) == 2

    def test_c04_a_check_of_nothing_is_satisfied(self, room: Storeroom, two_lots: Body) -> None:
        line = room.check((two_lots, "0"))["lines"][0]
        assert (line["consumed"], line["breakdown"], line["satisfied"], line["total_cost"]) == ("0", [], True, "0")

    @pytest.mark.parametrize("quantity", ["0", "-1", "many", "NaN", "1e3", "", "1.0000001", "1234567890"])
    def test_c04_an_issue_of_none_or_less_or_of_no_number_is_refused(
        self, room: Storeroom, two_lots: Body, quantity: str
    ) -> None:
        assert "quantity" in refused(room.try_issue(two_lots, quantity), 422, "invalid")["errors"]
        assert room.stock(two_lots) == ("8", "5.5")


def test_c05_of_two_lots_of_one_day_the_one_posted_first_goes_first(room: Storeroom) -> None:
    item = room.item()
    room.receive(item, "2", "1.00", received_on="2026-01-10", fifo_code="A")
    room.receive(item, "2", "3.00", received_on="2026-01-10", fifo_code="B")
    posting = room.issue(item, "3")
    assert taken(posting) == [("A", "-2", "-2"), ("B", "-1", "-3")]
    assert posting["total_cost"] == "-5"


def test_c06_a_late_receipt_joins_the_queue_and_changes_no_cost_of_before(room: Storeroom) -> None:
    item = room.item()
    with clock.set_to(MARCH_13 - timedelta(days=3)):
        room.receive(item, "5", "2.00", received_on="2026-03-10", fifo_code="X")
    with clock.set_to(MARCH_13 - timedelta(days=1)):
        used = room.issue(item, "3")
    with clock.set_to(MARCH_13):
        late = room.receive(item, "4", "1.00", received_on="2026-03-05", fifo_code="Y")
        again = room.issue(item, "3")
    assert (late["late"], late["business_date"], used["late"]) == (True, "2026-03-05", False)
    assert taken(used) == [("X", "-3", "-6")]
    assert taken(again) == [("Y", "-3", "-3")]
    assert {lot["fifo_code"]: lot["remaining_quantity"] for lot in room.lots(item)} == {"Y": "1", "X": "2"}
    assert room.stock(item) == ("3", "5")


class TestPinnedLot:
    @pytest.fixture
    def item(self, room: Storeroom) -> Body:
        item = room.item()
        room.receive(item, "10", received_on="2026-01-10", fifo_code="A")
        room.receive(item, "2", received_on="2026-02-10", fifo_code="B")
        return item

    def test_c07_a_named_lot_never_spills_over(self, room: Storeroom, item: Body) -> None:
        shortage = refused(room.try_issue(item, "3", lot="B"), 409, "insufficient_stock")["details"]["shortages"][0]
        assert shortage["missing"] == "1"
        assert room.left(item) == [("10", "10"), ("2", "2")]

    def test_c07_out_of_order_is_marked(self, room: Storeroom, item: Body) -> None:
        posting = room.issue(item, "2", lot="b")
        assert posting["movements"][0]["pinned"] is True
        assert room.left(item) == [("10", "10"), ("0", "0")]

    def test_the_next_in_order_is_not_pinned(self, room: Storeroom, item: Body) -> None:
        assert room.issue(item, "2", lot="A")["movements"][0]["pinned"] is False

    def test_a_lot_of_another_item_is_not_there(self, room: Storeroom, item: Body) -> None:
        other = room.item("Sugar")
        assert "lot" in refused(room.try_issue(other, "1", lot="A"), 404, "not_found")["errors"]


def test_c08_what_cannot_be_used_is_named_and_not_taken(room: Storeroom) -> None:
    item = room.item()
    yesterday = clock.local_date(clock.now(), "UTC") - timedelta(days=1)
    room.receive(item, "5", received_on="2026-01-10", expires_on=yesterday.isoformat(), fifo_code="A")
    room.receive(item, "5", received_on="2026-01-11", fifo_code="B")
    room.receive(item, "5", received_on="2026-01-12", fifo_code="C")
    assert room.api.put("/lots/B/hold", {"reason": "smells odd"}).status_code == 200
    check = room.check((item, "6"))
    assert (check["lines"][0]["satisfied"], check["lines"][0]["shortfall"]) == (False, "1")
    assert check["missing"][0]["unusable"] == {"expired": "5", "on_hold": "5", "reserved": "0"}
    assert (room.see(item)["on_hand"], room.see(item)["available"]) == ("15", "5")


def test_b01_use_takes_the_first_lot_first(room: Storeroom) -> None:
    item = room.item()
    room.receive(item, "100")
    room.receive(item, "50")
    room.issue(item, "75")
    assert [quantity for quantity, _ in room.left(item)] == ["25", "50"]


def test_b02_a_reversal_puts_each_lot_back_at_its_own_cost(room: Storeroom) -> None:
    item = room.item()
    room.receive(item, "10", "1", fifo_code="A")
    room.receive(item, "10", "3", fifo_code="B")
    used = room.issue(item, "12")
    assert taken(used) == [("A", "-10", "-10"), ("B", "-2", "-6")]
    assert used["total_cost"] == "-16"
    assert room.left(item) == [("0", "0"), ("8", "24")]
    back = room.reverse(used).get_json()
    assert taken(back) == [("A", "10", "10"), ("B", "2", "6")]
    assert room.left(item) == [("10", "10"), ("10", "30")]


def test_b04_three_thirds_of_a_cent_are_a_cent(room: Storeroom) -> None:
    item = room.item()
    for _ in range(3):
        room.receive(item, "1", total_cost="0.01")
    costs = [room.issue(item, third)["total_cost"] for third in ("0.333333", "0.333333", "0.333334")]
    assert sum(Decimal(cost) for cost in costs) == Decimal("-0.01")
    assert room.left(item)[0] == ("0", "0")
    assert room.stock(item) == ("2", "0.02")


def test_b05_grams_in_an_item_of_kilograms(room: Storeroom) -> None:
    item = room.item(unit="kg")
    posting = room.receive(item, "500", "0.02", unit="g")
    assert (posting["movements"][0]["quantity"], posting["movements"][0]["unit"]) == ("0.5", "kg")
    assert posting["entered"] == {"quantity": "500", "unit": "g"}
    assert room.lots(item)[0]["unit_cost"] == "20"
    used = [room.issue(item, "0.4", unit="g")["movements"][0]["quantity"] for _ in range(3)]
    assert used == ["-0.0004"] * 3
    assert room.see(item)["on_hand"] == "0.4988"


class TestCosts:
    def test_b06_a_total_is_shared_by_the_units(self, room: Storeroom) -> None:
        item = room.item(unit="oz")
        room.receive(item, "32", total_cost="32")
        assert room.see(item)["average_unit_cost"] == "1"

    def test_b06_no_quantity_has_no_cost(self, room: Storeroom) -> None:
        item = room.item()
        answer = room.api.post(f"/items/{item['id']}/receipts", {"quantity": "0", "total_cost": "32"})
        assert "quantity" in refused(answer, 422, "invalid")["errors"]

    def test_b06_a_cost_is_asked_for(self, room: Storeroom) -> None:
        item = room.item()
        refused(room.api.post(f"/items/{item['id']}/receipts", {"quantity": "1"}), 422, "cost_required")
        assert room.postings(item) == []


class TestExpiry:
    def test_b07_expired_stock_is_not_used_but_thrown_away(self, room: Storeroom) -> None:
        item = room.item(perishable=True)
        room.receive(item, "10", received_on="2026-01-01", expires_on="2026-01-31")
        shortage = refused(room.try_issue(item, "1"), 409, "insufficient_stock")["details"]["shortages"][0]
        assert (shortage["needed"], shortage["available"], shortage["unusable"]["expired"]) == ("1", "0", "10")
        room.issue(item, "1", "spoil", reason="mould")
        assert room.see(item)["on_hand"] == "9"

    def test_b07_a_lot_is_good_through_its_day_in_the_workshops_zone(self, room: Storeroom) -> None:
        item = room.item()
        with clock.set_to(datetime(2026, 6, 10, 23, 59, tzinfo=UTC)):
            room.receive(item, "10", expires_on="2026-06-10")
            room.issue(item, "1")
            assert room.lots(item)[0]["expired"] is False
        with clock.set_to(datetime(2026, 6, 11, 0, 0, tzinfo=UTC)):
            assert room.lots(item)[0]["expired"] is True
            refused(room.try_issue(item, "1"), 409, "insufficient_stock")
            assert room.see(item)["available"] == "0"

    def test_b08_a_new_shelf_life_is_for_new_lots(self, room: Storeroom) -> None:
        item = room.item(perishable=True, shelf_life_days=30)
        room.receive(item, "1", received_on="2026-01-01")
        assert room.api.patch(f"/items/{item['id']}", {"shelf_life_days": 60}).status_code == 200
        room.receive(item, "1", received_on="2026-01-01")
        assert [lot["expires_on"] for lot in room.lots(item)] == ["2026-01-31", "2026-03-02"]


def test_b12_an_item_on_two_lines_needs_the_sum(room: Storeroom) -> None:
    item = room.item()
    room.receive(item, "5")
    check = room.check((item, "3"), (item, "3"))
    assert [(line["needed"], line["consumed"]) for line in check["lines"]] == [("6", "5")]
    assert (check["missing"][0]["needed"], check["missing"][0]["available"]) == ("6", "5")

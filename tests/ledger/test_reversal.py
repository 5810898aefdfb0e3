"""Corrections: a posting is mirrored line by line, same lots, same costs, never more than is left."""

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.catalog.services import items
from app.inventory.models import StockMovement, StockPosting
from app.inventory.services.adjustment.reversals import CannotReverse
from app.kernel.errors import Conflict, Invalid, NotFound
from app.platform.database import execute
from tests.ledger.workshop import Workshop, batch, cost_of, lot_of, taken

JANUARY, FEBRUARY = date(2026, 1, 5), date(2026, 2, 5)


def written(shop: Workshop) -> list[tuple[str, int, int]]:
    """(kind, quantity, cost) of every movement, in ledger order."""
    query = (
        sa.select(StockPosting.kind, StockMovement.quantity, StockMovement.cost)
        .join(StockMovement, sa.and_(
            StockMovement.organization_id == StockPosting.organization_id, StockMovement.posting_id == StockPosting.id
        ))
        .where(StockPosting.organization_id == shop.actor.organization_id)
        .order_by(StockPosting.sequence, StockMovement.line)
    )  # fmt: skip
    return [tuple(row) for row in shop.look(lambda: execute(query).all())]


class TestReceipts:
    """Taking back what came in."""

    def test_half_of_a_receipt(self, shop: Workshop) -> None:
        """C35."""
        sugar = shop.item("Sugar")
        came = shop.receive(sugar, "100", "0.02")

        back = shop.reverse(came, (1, "50"))
        with pytest.raises(CannotReverse) as refusal:
            shop.reverse(came, (1, "60"))

        assert shop.stock(sugar) == ("50", "1")
        assert (back.reverses, back.number, back.lines[0].reverses) == (came.id, "REV-000001", came.lines[0].id)
        assert (refusal.value.code, refusal.value.details["left"]) == ("nothing_left_to_reverse", "50")
        assert written(shop) == [("receipt", 100_000_000, 2_000_000), ("reversal", -50_000_000, -1_000_000)]

    def test_twice(self, shop: Workshop) -> None:
        """C37."""
        sugar = shop.item("Sugar")
        came = shop.receive(sugar, "100")
        back = shop.reverse(came)

        with pytest.raises(CannotReverse) as twice:
            shop.reverse(came)
        with pytest.raises(CannotReverse) as back_again:
            shop.reverse(back)

        assert (twice.value.code, back_again.value.code) == ("already_reversed", "is_reversal")
        assert shop.stock(sugar) == ("0", "0")

    def test_what_was_used_stands_in_the_way_and_is_named(self, shop: Workshop) -> None:
        sugar = shop.item("Sugar")
        came = shop.receive(sugar, "10")
        used = shop.issue(sugar, "4", "sale", to="Ana")

        with pytest.raises(CannotReverse) as refusal:
            shop.reverse(came)
        shop.reverse(came, (1, "6"))

        details = refusal.value.details
        assert (refusal.value.code, details["remaining"], details["needed"]) == ("has_dependents", "6", "10")
        assert [(user["number"], user["quantity"], user["to"]) for user in details["dependents"]] == [
            (used.number, "4", "Ana")
        ]
        assert shop.stock(sugar) == ("0", "0")

    def test_what_was_put_back_no_longer_stands_in_the_way(self, shop: Workshop) -> None:
        sugar = shop.item("Sugar")
        came = shop.receive(sugar, "10")
        shop.reverse(shop.issue(sugar, "4"))

        shop.reverse(came)

        assert shop.stock(sugar) == ("0", "0")

    def test_the_dependents_name_only_what_they_still_hold(self, shop: Workshop) -> None:
        sugar = shop.item("Sugar")
        came = shop.receive(sugar, "10")
        shop.reverse(shop.issue(sugar, "4"), (1, "3"))

        with pytest.raises(CannotReverse) as refusal:
            shop.reverse(came)

        assert [user["quantity"] for user in refusal.value.details["dependents"]] == ["1"]

    def test_a_lot_that_was_taken_back_in_part_never_costs_less_than_nothing(self, shop: Workshop) -> None:
        """3 for 10 millionths; one used for 4, one taken back for 4: what is left is worth 2, and its first crumb 0."""
        dust = shop.item("Gold dust")
        came = shop.receive(dust, "3", total="0.00001")
        first = shop.issue(dust, "1")
        shop.reverse(came, (1, "1"))

        crumb, rest = shop.issue(dust, "0.000001"), shop.issue(dust, "0.999999")

        assert [cost_of(each) for each in (first, crumb, rest)] == ["0.000004", "0", "0.000002"]
        assert shop.stock(dust) == ("0", "0")


class TestUses:
    """Putting back what left."""

    def test_each_lot_gets_its_own_back_at_its_own_cost(self, shop: Workshop) -> None:
        oats = shop.item()
        shop.receive(oats, "3", "0.50", on=JANUARY)
        shop.receive(oats, "5", "0.80", on=FEBRUARY)
        used = shop.issue(oats, "4")

        back = shop.reverse(used)

        assert taken(back) == [("3", "1.5"), ("1", "0.8")]
        assert shop.lots(oats) == [("3", "1.5"), ("5", "4")]

    def test_pieces_of_a_movement_cost_by_its_own_price_and_sum_to_it(self, shop: Workshop) -> None:
        oats = shop.item()
        shop.receive(oats, "3", total="0.00001", on=JANUARY)
        used = shop.issue(oats, "2")

        backs = [shop.reverse(used, (1, piece)) for piece in ("0.7", "0.7", "0.6")]

        assert cost_of(used) == "0.000007"
        assert [cost_of(back) for back in backs] == ["0.000003", "0.000002", "0.000002"]
        assert shop.lots(oats) == [("3", "0.00001")]

    def test_part_of_one_line_leaves_the_other_alone(self, shop: Workshop) -> None:
        oats = shop.item()
        shop.receive(oats, "3", "0.50", on=JANUARY)
        shop.receive(oats, "5", "0.80", on=FEBRUARY)
        used = shop.issue(oats, "4")

        shop.reverse(used, (2, "0.5"))
        shop.reverse(used)

        assert shop.lots(oats) == [("3", "1.5"), ("5", "4")]
        assert [cost for kind, _, cost in written(shop) if kind == "reversal"] == [400_000, 1_500_000, 400_000]

    def test_what_is_put_back_is_priced_afresh(self, shop: Workshop) -> None:
        """The basis is what the lot holds after something was added to it."""
        oats = shop.item()
        shop.receive(oats, "3", total="0.00001")
        used = shop.issue(oats, "2")
        shop.reverse(used, (1, "1"))

        assert cost_of(shop.issue(oats, "1")) == "0.000004"  # of 2 worth 0.000007: 7 - 7 // 2
        assert shop.lots(oats) == [("1", "0.000003")]

    def test_the_same_movement_named_twice_is_summed(self, shop: Workshop) -> None:
        oats = shop.item()
        shop.receive(oats, "5")
        used = shop.issue(oats, "4")

        with pytest.raises(CannotReverse):
            shop.reverse(used, (1, "3"), (1, "2"))

        assert taken(shop.reverse(used, (1, "3"), (1, "1"))) == [("4", "4")]

    @pytest.mark.parametrize("nonsense", ["0", "-1"])
    def test_nothing_and_less_cannot_be_put_back(self, shop: Workshop, nonsense: str) -> None:
        oats = shop.item()
        shop.receive(oats, "5")
        used = shop.issue(oats, "4")

        with pytest.raises(Invalid) as refusal:
            shop.reverse(used, (1, nonsense))

        assert list(refusal.value.errors) == ["lines.0.quantity"]

    def test_a_line_of_another_posting_is_not_there(self, shop: Workshop) -> None:
        oats = shop.item()
        shop.receive(oats, "5")
        one, other = shop.issue(oats, "1"), shop.issue(oats, "2")
        mixed = type(one)(**{**{name: getattr(one, name) for name in one.__slots__}, "lines": other.lines})

        with pytest.raises(NotFound) as refusal:
            shop.reverse(mixed, (1, "1"))

        assert list(refusal.value.errors) == ["lines.0.movement"]

    def test_untracked_water_is_put_back_without_a_lot(self, shop: Workshop) -> None:
        """B10."""
        water = shop.item("Water", "l", tracked=False)
        used = shop.issue(water, "5")

        back = shop.reverse(used)

        assert [(line.lot_id, line.quantity, line.cost) for line in back.lines] == [(None, 5_000_000, 0)]
        assert shop.stock(water) == ("0", "0")

    @pytest.mark.parametrize("tracked", [True, False])
    def test_what_was_posted_before_tracking_changed_is_not_reversed(self, shop: Workshop, tracked: bool) -> None:
        water = shop.item("Water", "l", tracked=tracked)
        if tracked:
            shop.receive(water, "5")
        used = shop.issue(water, "5")
        shop.do(lambda: items.change(shop.actor, items.find(shop.actor, str(water)), {"tracked": not tracked}))

        with pytest.raises(CannotReverse) as refusal:
            shop.reverse(used)

        assert (refusal.value.code, shop.stock(water)) == ("wrong_state", ("0", "0"))


class TestBatches:
    """C36."""

    def test_an_untouched_batch_goes_back_whole(self, shop: Workshop) -> None:
        a, b, soap = shop.item("A"), shop.item("B"), shop.item("Soap", "each")
        shop.receive(a, "3", "0.50")
        shop.receive(b, "5", "0.80")
        source = batch()
        used = shop.consume(source, needs=[(a, "3"), (b, "1")])
        shop.produce(source, soap, "10", cost_of(used))

        backs = shop.undo(source)

        assert [taken(back) for back in backs] == [[("10", "2.3")], [("3", "1.5"), ("1", "0.8")]]
        assert (shop.lots(a), shop.lots(b), shop.lots(soap)) == ([("3", "1.5")], [("5", "4")], [("0", "0")])

    def test_what_was_shipped_of_it_stands_in_the_way_and_nothing_moves(self, shop: Workshop) -> None:
        oats, soap = shop.item(), shop.item("Soap", "each")
        shop.receive(oats, "5")
        source = batch()
        shop.consume(source, needs=[(oats, "3")])
        shop.produce(source, soap, "10", "3")
        sold = shop.issue(soap, "4", "sale", to="Market")

        with pytest.raises(CannotReverse) as refusal:
            shop.undo(source)

        details = refusal.value.details
        assert (details["remaining"], details["needed"]) == ("6", "10")
        assert [user["number"] for user in details["dependents"]] == [sold.number]
        assert (shop.stock(oats)[0], shop.stock(soap)[0]) == ("2", "6")

    def test_an_undone_batch_has_nothing_left_to_undo(self, shop: Workshop) -> None:
        oats = shop.item()
        shop.receive(oats, "5")
        source = batch()
        shop.consume(source, needs=[(oats, "3")])

        assert (len(shop.undo(source)), shop.undo(source)) == (1, [])
        assert shop.stock(oats) == ("5", "5")

    def test_a_batchs_posting_is_not_reversed_behind_its_back(self, shop: Workshop) -> None:
        oats = shop.item()
        shop.receive(oats, "5")
        used = shop.consume(batch(), needs=[(oats, "3")])

        with pytest.raises(CannotReverse) as refusal:
            shop.reverse(used)

        assert refusal.value.code == "belongs_to_batch"

    def test_one_that_lacks_something_takes_nothing(self, shop: Workshop) -> None:
        """C26 and C17: all shortages at once, and no stock moved."""
        flour, sugar, salt = shop.item("Flour"), shop.item("Sugar"), shop.item("Salt")
        for item, quantity in ((flour, "3"), (sugar, "0.5"), (salt, "9")):
            shop.receive(item, quantity)

        with pytest.raises(Conflict) as refusal:
            shop.consume(batch(), needs=[(salt, "1"), (flour, "4"), (sugar, "2")])

        short = refusal.value.details["shortages"]
        assert [(each["item"]["name"], each["needed"], each["available"]) for each in short] == [
            ("Flour", "4", "3"),
            ("Sugar", "2", "0.5"),
        ]
        assert [shop.stock(item)[0] for item in (flour, sugar, salt)] == ["3", "0.5", "9"]

    def test_water_that_is_not_needed_leaves_no_line(self, shop: Workshop) -> None:
        oats, water = shop.item(), shop.item("Water", "l", tracked=False)
        shop.receive(oats, "5")

        used = shop.consume(batch(), needs=[(oats, "1"), (water, "0")])

        assert taken(used) == [("1", "1")]


class TestCounts:
    """Counting corrects the book, with a reason."""

    def test_more_less_and_the_same(self, shop: Workshop) -> None:
        """C38."""
        oats = shop.item()
        shop.receive(oats, "87.5", "2")

        more, same = shop.count(oats, "90"), shop.count(oats, "90")
        with pytest.raises(Invalid):
            shop.count(oats, "-1")

        assert more
        assert (taken(more), more.reason, same) == ([("2.5", "5")], "counted", None)

    def test_a_count_against_an_old_book_is_stale(self, shop: Workshop) -> None:
        """C38."""
        oats = shop.item()
        shop.receive(oats, "87.5")
        shop.issue(oats, "10", "sale")

        with pytest.raises(Conflict) as refusal:
            shop.count(oats, "87", expected=Decimal("87.5"))

        assert (refusal.value.code, refusal.value.details["on_hand"]) == ("stale_count", "77.5")
        assert shop.stock(oats)[0] == "77.5"

    def test_less_empties_the_oldest_lots_first(self, shop: Workshop) -> None:
        """B09."""
        oats = shop.item()
        for quantity, day in (("10", 1), ("10", 2), ("3", 3)):
            shop.receive(oats, quantity, on=date(2026, 1, day))
        shop.count(oats, "30", unit_cost="4")
        after_more = shop.lots(oats)

        shop.count(oats, "5")

        assert after_more[-1] == ("7", "28")
        assert [quantity for quantity, _ in shop.lots(oats)] == ["0", "0", "0", "5"]

    def test_what_is_found_costs_what_the_newest_lot_did(self, shop: Workshop) -> None:
        oats = shop.item()
        shop.receive(oats, "3", "5", on=JANUARY)
        shop.receive(oats, "1", "2", on=FEBRUARY)

        found = shop.count(oats, "5.5")

        assert found
        assert cost_of(found) == "3"

    def test_what_is_found_of_a_thing_never_bought_needs_a_cost(self, shop: Workshop) -> None:
        oats = shop.item()

        with pytest.raises(Invalid) as refusal:
            shop.count(oats, "5")

        assert refusal.value.code == "cost_required"

    def test_a_found_heap_beyond_all_value_is_refused(self, shop: Workshop) -> None:
        saffron = shop.item("Saffron")
        shop.receive(saffron, "0.000001", total="999999999")

        with pytest.raises(Invalid) as by_newest:
            shop.count(saffron, "999999999")
        with pytest.raises(Invalid) as by_price:
            shop.count(saffron, "999999999", unit_cost="2")

        assert (list(by_newest.value.errors), list(by_price.value.errors)) == (["unit_cost"], ["unit_cost"])

    def test_one_lot_can_be_counted_alone(self, shop: Workshop) -> None:
        oats = shop.item()
        shop.receive(oats, "10", on=JANUARY)
        newer = shop.receive(oats, "10", on=FEBRUARY)

        counted = shop.count(oats, "7", lot_id=lot_of(newer))

        assert counted
        assert [(line.quantity, line.pinned) for line in counted.lines] == [(-3_000_000, True)]
        assert [quantity for quantity, _ in shop.lots(oats)] == ["10", "7"]


def test_an_output_that_costs_more_than_a_lot_can_hold_is_refused(shop: Workshop) -> None:
    gold = shop.item("Gold")

    with pytest.raises(Invalid):
        shop.produce(batch(), gold, "1", "1000000001")

    assert shop.stock(gold) == ("0", "0")


def test_a_hold_is_released_not_reversed(shop: Workshop) -> None:
    held = shop.hold(shop.receive(shop.item(), "5"))

    with pytest.raises(CannotReverse) as refusal:
        shop.reverse(held)

    assert refusal.value.code == "nothing_left_to_reverse"

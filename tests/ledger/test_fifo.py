"""FIFO: which lots are taken, in which order, and what they cost. The planner alone, then the storeroom's cases."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.inventory.models.kinds import Takes
from app.inventory.services import fifo
from app.inventory.services.adjustment import InsufficientStock
from app.inventory.services.fifo import OpenLot
from app.kernel import ids
from app.kernel.numbers import ROW_LIMIT
from tests.ledger.workshop import Workshop, cost_of, lot_of, micro, taken

JANUARY, FEBRUARY, MARCH = date(2026, 1, 5), date(2026, 2, 5), date(2026, 3, 5)
quantities = st.one_of(st.integers(1, 100), st.integers(1, ROW_LIMIT))
worths = st.one_of(st.integers(0, 100), st.integers(0, ROW_LIMIT))


def lot(quantity: int, cost: int, *, came: date = JANUARY, sequence: int = 1, line: int = 1) -> OpenLot:
    """A lot that nobody has touched; amounts in millionths."""
    return OpenLot(
        ids.uuid7(), ids.uuid7(), "LOT-1", came, sequence, line, None, False, quantity, cost, quantity, cost, 1
    )


def took(lots: list[OpenLot], needed: int) -> list[tuple[int, int, int]]:
    """(which lot, quantity, cost) of each draw."""
    return [(lots.index(draw.lot), draw.quantity, draw.cost) for draw in fifo.plan(lots, needed).draws]


class TestPlan:
    """The pure planner."""

    def test_takes_the_lot_that_came_first_whatever_the_order_given(self) -> None:
        later, earlier = lot(5, 40, came=FEBRUARY), lot(3, 15, came=JANUARY, sequence=2)

        assert took([later, earlier], 4) == [(1, 3, 15), (0, 1, 8)]

    def test_of_the_same_day_the_earlier_posting_comes_first(self) -> None:
        second, first = lot(2, 6, sequence=8), lot(2, 2, sequence=7)

        assert took([second, first], 3) == [(1, 2, 2), (0, 1, 3)]

    def test_of_the_same_posting_the_earlier_line_comes_first(self) -> None:
        second, first = lot(2, 6, line=2), lot(2, 2, line=1)

        assert took([second, first], 1) == [(1, 1, 1)]

    def test_says_how_much_is_missing_and_what_the_rest_costs(self) -> None:
        plan = fifo.plan([lot(3, 15), lot(5, 40, came=FEBRUARY)], 10)

        assert (plan.quantity, plan.shortfall, plan.cost) == (8, 2, 55)

    def test_of_nothing_there_is_nothing_to_take(self) -> None:
        assert fifo.plan([lot(3, 15)], 0) == fifo.Plan((), 0)
        assert fifo.plan([], 4) == fifo.Plan((), 4)

    def test_a_limited_lot_gives_its_limit_and_an_overdrawn_one_nothing(self) -> None:
        half, none = replace(lot(6, 6), limit=3), replace(lot(6, 6, came=FEBRUARY), limit=-2)

        assert took([half, none], 9) == [(0, 3, 3)]

    @given(st.lists(st.tuples(quantities, worths), max_size=6), st.integers(0, 6 * ROW_LIMIT))
    def test_draws_and_shortfall_are_the_need_and_no_lot_gives_more_than_it_has(
        self, heaps: list[tuple[int, int]], needed: int
    ) -> None:
        lots = [lot(quantity, cost, sequence=place) for place, (quantity, cost) in enumerate(heaps, start=1)]

        plan = fifo.plan(reversed(lots), needed)

        assert plan.quantity + plan.shortfall == needed
        assert [draw.lot for draw in plan.draws] == lots[: len(plan.draws)]
        assert all(0 < draw.quantity <= draw.lot.remaining_quantity for draw in plan.draws)
        assert all(draw.quantity == draw.lot.remaining_quantity for draw in plan.draws[:-1])
        assert not plan.shortfall or len(plan.draws) == len(lots)


class TestCostOfAPiece:
    """The rule of pieces beside exact fractions."""

    @given(quantities, worths, st.data())
    def test_pieces_sum_to_the_whole_and_stay_within_a_millionth_of_their_share(
        self, whole: int, cost: int, data: st.DataObject
    ) -> None:
        quantity, left, price = whole, cost, Fraction(cost, whole)
        while quantity:
            piece = data.draw(st.integers(1, quantity) if data.draw(st.booleans()) else st.just(quantity))
            paid = fifo.cost_of_piece(basis_quantity=whole, basis_cost=cost, quantity=quantity, cost=left, taken=piece)
            quantity, left = quantity - piece, left - paid
            assert paid >= 0
            assert left == floor(price * quantity)  # what stays is its share, rounded down
        assert left == 0

    def test_the_last_piece_takes_the_rest(self) -> None:
        """B04: 0.01 for one, taken in thirds."""
        paid, quantity, cost = [], 1_000_000, 10_000
        for piece in (333_333, 333_333, 333_334):
            paid.append(
                fifo.cost_of_piece(
                    basis_quantity=1_000_000, basis_cost=10_000, quantity=quantity, cost=cost, taken=piece
                )
            )
            quantity, cost = quantity - piece, cost - paid[-1]

        assert (sum(paid), quantity, cost) == (10_000, 0, 0)
        assert paid == [3_334, 3_333, 3_333]

    def test_no_piece_costs_less_than_nothing(self) -> None:
        """Part of a receipt that was taken back may leave a lot below its basis: 3 for 10, then 1 worth 2."""
        paid = fifo.cost_of_piece(basis_quantity=3_000_000, basis_cost=10, quantity=1_000_000, cost=2, taken=1)

        assert paid == 0


class TestStoreroom:
    """The cases, through the services, on both databases."""

    def test_two_lots(self, shop: Workshop) -> None:
        """C01."""
        oats = shop.item()
        shop.receive(oats, "3", "0.50", on=JANUARY)
        shop.receive(oats, "5", "0.80", on=FEBRUARY)

        used = shop.issue(oats, "4")

        assert (taken(used), cost_of(used)) == ([("3", "1.5"), ("1", "0.8")], "2.3")
        assert (shop.lots(oats), shop.stock(oats)) == ([("0", "0"), ("4", "3.2")], ("4", "3.2"))

    def test_received_the_same_day_the_one_posted_first_goes_first(self, shop: Workshop) -> None:
        """C05, many times: an order without a tie-break would be right now and then."""
        for _ in range(6):
            oats = shop.item()
            shop.receive(oats, "2", "1.00", on=JANUARY)
            shop.receive(oats, "2", "3.00", on=JANUARY)

            used = shop.issue(oats, "3")

            assert (taken(used), cost_of(used)) == ([("2", "2"), ("1", "3")], "5")

    def test_a_named_lot_never_spills_over(self, shop: Workshop) -> None:
        """C07."""
        oats = shop.item()
        shop.receive(oats, "10", on=JANUARY)
        newer = shop.receive(oats, "2", on=FEBRUARY)

        with pytest.raises(InsufficientStock) as refusal:
            shop.issue(oats, "3", lot_id=lot_of(newer))
        used = shop.issue(oats, "2", lot_id=lot_of(newer))

        assert refusal.value.details["shortages"][0]["missing"] == "1"
        assert [line.pinned for line in used.lines] == [True]
        assert shop.lots(oats) == [("10", "10"), ("0", "0")]

    def test_naming_the_lot_that_is_next_anyway_is_no_exception(self, shop: Workshop) -> None:
        oats = shop.item()
        first = shop.receive(oats, "10", on=JANUARY)
        shop.receive(oats, "2", on=FEBRUARY)

        assert [line.pinned for line in shop.issue(oats, "3", lot_id=lot_of(first)).lines] == [False]

    def test_what_is_held_is_passed_over_and_named_in_the_refusal(self, shop: Workshop) -> None:
        oats = shop.item()
        held = shop.receive(oats, "5", on=JANUARY)
        shop.receive(oats, "5", "2", on=FEBRUARY)
        shop.hold(held)

        with pytest.raises(InsufficientStock) as refusal:
            shop.issue(oats, "6")

        (short,) = refusal.value.details["shortages"]
        assert (short["available"], short["missing"], short["unusable"]["on_hold"]) == ("5", "1", "5")
        assert cost_of(shop.issue(oats, "5")) == "10"

    def test_naming_a_held_lot_does_not_free_it(self, shop: Workshop) -> None:
        oats = shop.item()
        held = shop.receive(oats, "5")
        shop.hold(held)

        with pytest.raises(InsufficientStock):
            shop.issue(oats, "1", lot_id=lot_of(held))

        assert taken(shop.issue(oats, "1", "trash", lot_id=lot_of(held))) == [("1", "1")]

    def test_half_a_millionth_is_rounded_to_even(self, shop: Workshop) -> None:
        dust = shop.item("Gold dust")

        costs = [cost_of(shop.receive(dust, quantity, "0.000001")) for quantity in ("0.5", "1.5", "2.5", "2.500001")]

        assert costs == ["0", "0.000002", "0.000002", "0.000003"]

    def test_two_lots_of_one_item_never_mix_their_costs(self, shop: Workshop) -> None:
        """B02, and its reversal."""
        oats = shop.item()
        shop.receive(oats, "10", "1", on=JANUARY)
        shop.receive(oats, "10", "3", on=FEBRUARY)

        used = shop.issue(oats, "12")
        after = shop.lots(oats)
        shop.reverse(used)

        assert (taken(used), cost_of(used)) == ([("10", "10"), ("2", "6")], "16")
        assert (after, shop.lots(oats)) == ([("0", "0"), ("8", "24")], [("10", "10"), ("10", "30")])

    def test_the_second_lot_waits_for_the_first(self, shop: Workshop) -> None:
        """B01."""
        oats = shop.item()
        shop.receive(oats, "100", on=JANUARY)
        shop.receive(oats, "50", on=FEBRUARY)

        shop.issue(oats, "75")

        assert [quantity for quantity, _ in shop.lots(oats)] == ["25", "50"]

    def test_more_lots_than_one_page_are_all_found_in_order(self, shop: Workshop) -> None:
        oats = shop.item()
        for number in range(fifo.FIRST_PAGE + 4):
            shop.receive(oats, "1", str(number), on=JANUARY)

        used = shop.issue(oats, str(fifo.FIRST_PAGE + 3))

        assert [cost for _, cost in taken(used)] == [str(number) for number in range(fifo.FIRST_PAGE + 3)]

    def test_a_page_of_one_item_does_not_shorten_anothers(self, shop: Workshop) -> None:
        oats, flour = shop.item("Oats"), shop.item("Flour")
        for item in (oats, flour):
            for number in range(fifo.FIRST_PAGE + 1):
                shop.receive(item, "1", str(number + 1), on=JANUARY)

        check = shop.check((oats, "1"), (flour, str(fifo.FIRST_PAGE + 1)))

        assert check.can_produce
        assert [len(line.draws) for line in check.lines] == [1, fifo.FIRST_PAGE + 1]

    def test_ounces_come_and_go_without_a_crumb(self, shop: Workshop) -> None:
        """B19: what was typed in the stock unit is exact, down to nothing."""
        lye = shop.item("Lye", "oz")
        for _ in range(10):
            shop.receive(lye, "0.1", "0.07")

        shop.issue(lye, "1")

        assert shop.stock(lye) == ("0", "0")

    def test_other_organizations_lots_are_in_no_queue(self, shop: Workshop, stranger: object) -> None:
        theirs = Workshop(stranger)  # type: ignore[arg-type]
        oats = theirs.item()
        received = theirs.receive(oats, "10")

        plans = shop.look(lambda: fifo.choose(shop.actor, {oats: micro("1")}, takes=Takes.USABLE, on=date(2199, 1, 1)))
        found = shop.look(lambda: fifo.read_lots(shop.actor, [lot_of(received)]))

        assert (plans[oats].shortfall, found) == (micro("1"), {})

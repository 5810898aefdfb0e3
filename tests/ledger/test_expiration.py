"""Expiry: good through the date, expired the day after, everywhere alike."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.inventory.services import expiration
from app.inventory.services.adjustment import InsufficientStock
from app.kernel import clock
from tests.cast import make_organization, owner_of
from tests.ledger.workshop import Workshop, cost_of, lot_of, taken

TENTH = date(2026, 6, 10)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _june() -> Iterator[None]:
    with clock.set_to(noon(date(2026, 6, 1))):
        yield


class TestRules:
    """The rule itself."""

    @pytest.mark.parametrize(("on", "good"), [(-1, True), (0, True), (1, False)])
    def test_a_lot_is_good_through_its_day(self, on: int, good: bool) -> None:
        assert expiration.is_good(TENTH, TENTH + timedelta(days=on)) is good

    def test_what_has_no_date_is_always_good(self) -> None:
        assert expiration.is_good(None, date(9999, 12, 31))

    @pytest.mark.parametrize(
        ("perishable", "days", "said", "expected"),
        [
            (True, 30, None, date(2026, 7, 10)),
            (True, 30, date(2026, 6, 20), date(2026, 6, 20)),
            (True, None, None, None),
            (False, 30, None, None),
            (False, None, TENTH, TENTH),
        ],
    )
    def test_a_new_lot_gets_what_was_said_else_the_shelf_life(
        self, perishable: bool, days: int | None, said: date | None, expected: date | None
    ) -> None:
        made = expiration.expiry_for(perishable=perishable, shelf_life_days=days, received_on=TENTH, said=said)

        assert made == expected

    def test_a_long_shelf_life_ends_with_the_calendar(self) -> None:
        made = expiration.expiry_for(perishable=True, shelf_life_days=36_500, received_on=date(2190, 1, 1), said=None)

        assert made == expiration.LAST_DAY

    @pytest.mark.parametrize(("today", "left"), [(1, "100"), (6, "50"), (10, "10"), (11, "0"), (30, "0")])
    def test_life_remaining_counts_the_last_day(self, today: int, left: str) -> None:
        said = expiration.life_remaining_percent(
            received_on=date(2026, 6, 1), expires_on=TENTH, today=date(2026, 6, today)
        )

        assert said == left


class TestStoreroom:
    """The rule in use."""

    def test_a_lot_can_be_used_on_its_last_day_and_not_the_day_after(self, shop: Workshop) -> None:
        milk = shop.item("Milk", "l")
        shop.receive(milk, "10", expires_on=TENTH)

        with clock.set_to(noon(TENTH)):
            shop.issue(milk, "1")
            can_today = shop.check((milk, "1")).can_produce
        with clock.set_to(noon(TENTH + timedelta(days=1))):
            can_tomorrow = shop.check((milk, "1")).can_produce
            with pytest.raises(InsufficientStock):
                shop.issue(milk, "1")

        assert (can_today, can_tomorrow, shop.stock(milk)) == (True, False, ("9", "9"))

    def test_an_expired_lot_is_not_used_but_can_be_thrown_away(self, shop: Workshop) -> None:
        """B07."""
        milk = shop.item("Milk", "l")
        shop.receive(milk, "10", expires_on=date(2026, 5, 31))

        with pytest.raises(InsufficientStock) as refusal:
            shop.issue(milk, "1")
        shop.issue(milk, "1", "spoil")

        (short,) = refusal.value.details["shortages"]
        assert (short["needed"], short["available"], short["unusable"]["expired"]) == ("1", "0", "10")
        assert shop.stock(milk) == ("9", "9")

    def test_the_kind_expired_takes_only_what_has_expired(self, shop: Workshop) -> None:
        milk = shop.item("Milk", "l")
        shop.receive(milk, "5", "1", on=date(2026, 5, 1))
        shop.receive(milk, "5", "3", on=date(2026, 5, 2), expires_on=date(2026, 5, 31))

        thrown = shop.issue(milk, "2", "expired")

        assert taken(thrown) == [("2", "6")]
        with pytest.raises(InsufficientStock):
            shop.issue(milk, "4", "expired")

    def test_expired_and_held_lots_are_named_as_unusable(self, shop: Workshop) -> None:
        """C08."""
        oats = shop.item()
        shop.receive(oats, "5", expires_on=date(2026, 5, 31))
        shop.hold(shop.receive(oats, "5"))
        shop.receive(oats, "5", "2")

        check = shop.check((oats, "6"))

        (line,), (short,) = check.lines, check.shortages
        assert (line.consumed, line.shortfall, line.available) == (5_000_000, 1_000_000, 5_000_000)
        assert (short.expired, short.on_hold) == (5_000_000, 5_000_000)
        assert shop.stock(oats) == ("15", "20")

    def test_a_lot_that_is_both_expired_and_held_counts_once(self, shop: Workshop) -> None:
        oats = shop.item()
        shop.hold(shop.receive(oats, "5", expires_on=date(2026, 5, 31)))

        check = shop.check((oats, "1"))

        assert (check.shortages[0].expired, check.shortages[0].on_hold) == (5_000_000, 0)
        assert check.lines[0].available == 0

    def test_shelf_life_is_counted_from_the_day_it_came_in(self, shop: Workshop) -> None:
        milk = shop.item("Milk", "l", perishable=True, shelf_life_days=5)
        shop.receive(milk, "1", "7", on=date(2026, 5, 27))

        assert cost_of(shop.issue(milk, "0.5")) == "3.5"  # good through 1 June
        with clock.set_to(noon(date(2026, 6, 2))), pytest.raises(InsufficientStock):
            shop.issue(milk, "0.5")

    def test_the_day_is_the_workshops_own(self, database: Flask) -> None:
        """At noon UTC on the 10th it is the 11th in Kiritimati already."""
        shop = Workshop(owner_of(make_organization(zone="Pacific/Kiritimati")))
        milk = shop.item("Milk", "l")
        received = shop.receive(milk, "1", expires_on=TENTH)

        with clock.set_to(noon(TENTH)), pytest.raises(InsufficientStock):
            shop.issue(milk, "1", lot_id=lot_of(received))

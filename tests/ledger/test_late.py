"""Backdating is prospective: what is recorded late counts from now on, and takes only what was there all along."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from app.inventory.services.adjustment import InsufficientStock
from app.kernel import clock
from app.kernel.errors import Invalid
from tests.ledger.workshop import Workshop, at_noon, cost_of, lot_of, taken

MARCH = date(2026, 3, 1)


def march(day: int) -> date:
    return MARCH.replace(day=day)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.set_to(at_noon(march(13))):
        yield


def test_a_receipt_with_an_earlier_date_is_used_next_and_changes_no_cost(shop: Workshop) -> None:
    """C06."""
    oats = shop.item()
    with clock.set_to(at_noon(march(10))):
        x = shop.receive(oats, "5", "2.00")
    with clock.set_to(at_noon(march(12))):
        before = shop.issue(oats, "3")

    y = shop.receive(oats, "4", "1.00", on=march(5))
    after = shop.issue(oats, "3")

    assert (cost_of(before), cost_of(after)) == ("6", "3")
    assert (x.late, before.late, y.late, after.late) == (False, False, True, False)
    assert shop.lots(oats) == [("1", "1"), ("2", "4")]
    assert shop.stock(oats) == ("3", "5")


def test_what_is_dated_today_is_not_late(shop: Workshop) -> None:
    oats = shop.item()

    assert shop.receive(oats, "1", on=march(13)).late is False
    assert shop.receive(oats, "1", on=march(12)).late is True


def test_a_late_use_takes_no_lot_that_came_after_its_day(shop: Workshop) -> None:
    oats = shop.item()
    shop.receive(oats, "2", "1.00", on=march(5))
    shop.receive(oats, "9", "3.00", on=march(8))

    with pytest.raises(InsufficientStock) as refusal:
        shop.issue(oats, "3", on=march(7))
    used = shop.issue(oats, "2", on=march(7))

    assert refusal.value.details["shortages"][0]["available"] == "2"
    assert (used.late, used.business_date, taken(used)) == (True, march(7), [("2", "2")])


def test_a_late_use_leaves_what_was_needed_since(shop: Workshop) -> None:
    """10 came on the 1st, 8 went on the 5th and 6 came back on the 6th: on the 2nd no more than 2 could have gone."""
    oats = shop.item()
    shop.receive(oats, "10", on=march(1))
    with clock.set_to(at_noon(march(5))):
        used = shop.issue(oats, "8")
    with clock.set_to(at_noon(march(6))):
        shop.reverse(used, (1, "6"))

    with pytest.raises(InsufficientStock) as refusal:
        shop.issue(oats, "3", on=march(2))
    late = shop.issue(oats, "2", on=march(2))

    assert refusal.value.details["shortages"][0]["available"] == "2"
    assert (taken(late), shop.stock(oats)[0]) == ([("2", "2")], "6")


def test_one_late_use_counts_for_the_next(shop: Workshop) -> None:
    oats = shop.item()
    shop.receive(oats, "10", on=march(1))
    shop.issue(oats, "6", on=march(9))

    with pytest.raises(InsufficientStock):
        shop.issue(oats, "5", on=march(4))
    shop.issue(oats, "4", on=march(4))

    assert shop.stock(oats) == ("0", "0")


def test_a_late_use_of_the_next_lot_when_the_first_was_needed_later(shop: Workshop) -> None:
    oats = shop.item()
    shop.receive(oats, "4", "1.00", on=march(1))
    shop.receive(oats, "4", "3.00", on=march(2))
    with clock.set_to(at_noon(march(8))):
        used = shop.issue(oats, "4")
    with clock.set_to(at_noon(march(9))):
        shop.reverse(used)

    late = shop.issue(oats, "2", on=march(3))

    assert taken(late) == [("2", "6")]  # the first lot was empty on the 8th


def test_a_late_use_of_a_named_lot_is_limited_too(shop: Workshop) -> None:
    oats = shop.item()
    came = shop.receive(oats, "10", on=march(1))
    with clock.set_to(at_noon(march(5))):
        used = shop.issue(oats, "8")
    shop.reverse(used)

    with pytest.raises(InsufficientStock):
        shop.issue(oats, "3", lot_id=lot_of(came), on=march(2))

    assert taken(shop.issue(oats, "2", lot_id=lot_of(came), on=march(2))) == [("2", "2")]


def test_a_late_use_may_take_what_was_good_that_day(shop: Workshop) -> None:
    milk = shop.item("Milk", "l")
    shop.receive(milk, "5", on=march(1), expires_on=march(9))

    with pytest.raises(InsufficientStock):
        shop.issue(milk, "1")

    assert shop.issue(milk, "1", on=march(9)).late is True


def test_the_future_is_refused(shop: Workshop) -> None:
    oats = shop.item()
    shop.receive(oats, "5")

    with pytest.raises(Invalid) as day:
        shop.receive(oats, "1", on=march(14))
    with pytest.raises(Invalid) as instant:
        shop.issue(oats, "1", on=march(14))

    assert (list(day.value.errors), list(instant.value.errors)) == (["received_on"], ["occurred_at"])


def test_a_clock_that_is_a_little_ahead_is_today(shop: Workshop) -> None:
    oats, midnight = shop.item(), at_noon(march(13)) + timedelta(hours=12)
    with clock.set_to(midnight - timedelta(minutes=2)):
        posted = shop.receive(oats, "1", occurred_at=midnight + timedelta(minutes=1))

    assert (posted.business_date, posted.late) == (march(13), False)


def test_a_lot_of_tomorrow_waits_when_the_clock_is_put_back(shop: Workshop) -> None:
    oats = shop.item()
    shop.receive(oats, "5")

    with clock.set_to(at_noon(march(12))), pytest.raises(InsufficientStock):
        shop.issue(oats, "1")

    assert taken(shop.issue(oats, "1")) == [("1", "1")]


def test_recorded_times_never_run_backwards(shop: Workshop) -> None:
    oats = shop.item()
    first = shop.receive(oats, "1")
    with clock.set_to(at_noon(march(13)) - timedelta(hours=1)):
        second = shop.receive(oats, "1")

    assert second.recorded_at == first.recorded_at

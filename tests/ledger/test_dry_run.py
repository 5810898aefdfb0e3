"""Checks and dry runs: the same calculation as the real thing, and nothing written."""

from datetime import date

import pytest

from app.inventory.services import adjustment
from app.inventory.services.adjustment import InsufficientStock
from app.kernel.errors import Invalid
from tests.ledger.test_commands import postings
from tests.ledger.workshop import Workshop, amount


def test_a_dry_run_writes_nothing_and_says_the_same_twice(shop: Workshop) -> None:
    """C02."""
    oats = shop.item()
    shop.receive(oats, "3", "0.50", on=date(2026, 1, 5))
    shop.receive(oats, "5", "0.80", on=date(2026, 2, 5))
    issue = adjustment.Issue(oats, amount("4"), "use")

    first = shop.look(lambda: adjustment.issue(shop.actor, issue, dry_run=True))
    second = shop.look(lambda: adjustment.issue(shop.actor, issue, dry_run=True))

    assert first == second
    assert (first.id, first.number, first.total_cost) == (None, None, -2_300_000)
    assert (shop.stock(oats), postings(shop)) == (("8", "5.5"), 2)
    assert [(line.quantity, line.cost) for line in first.lines] == [
        (line.quantity, line.cost) for line in shop.issue(oats, "4").lines
    ]


def test_a_check_beyond_the_stock_counts_the_cost_of_what_is_there(shop: Workshop) -> None:
    """C03 and C04."""
    oats = shop.item()
    shop.receive(oats, "3", "0.50", on=date(2026, 1, 5))
    shop.receive(oats, "5", "0.80", on=date(2026, 2, 5))

    short, none = shop.check((oats, "10")), shop.check((oats, "0"))

    assert (short.can_produce, short.lines[0].consumed, short.lines[0].shortfall) == (False, 8_000_000, 2_000_000)
    assert short.total_cost == 5_500_000
    assert (none.can_produce, none.lines[0].draws, none.total_cost) == (True, (), 0)
    with pytest.raises(InsufficientStock):
        shop.issue(oats, "10")
    for nonsense in ("0", "-1"):
        with pytest.raises(Invalid):
            shop.issue(oats, nonsense)
    assert shop.stock(oats) == ("8", "5.5")


def test_one_item_on_two_lines_is_one_need(shop: Workshop) -> None:
    """B12."""
    oats = shop.item()
    shop.receive(oats, "5")

    check = shop.check((oats, "3"), (oats, "3"))

    assert [(line.needed, line.available) for line in check.lines] == [(6_000_000, 5_000_000)]
    assert not check.can_produce

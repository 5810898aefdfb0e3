"""Plans as data: what each includes, and what no plan may take away."""

import itertools
from pathlib import Path

import pytest
import yaml

from app.identity.services.permissions import Plan
from app.kernel.permissions import Permission
from app.subscriptions.services import tiers
from app.subscriptions.services.tiers import BadSeed, Limit

NEVER_BEHIND_A_TIER = {
    Permission.BATCHES_CANCEL,
    Permission.BATCHES_REVERSE,
    Permission.BATCHES_VIEW,
    Permission.CATALOG_VIEW,
    Permission.INVENTORY_REVERSE,
    Permission.INVENTORY_VIEW,
    Permission.LEDGER_PROVE,
    Permission.RECIPES_VIEW,
}


def test_the_plans_and_their_limits() -> None:
    shown = {
        name: tuple(
            tier.limits[limit]
            for limit in (
                Limit.USERS,
                Limit.RECIPES,
                Limit.PRODUCTS,
                Limit.BATCHES_A_MONTH,
                Limit.ASSISTANT_REQUESTS_A_MONTH,
            )
        )
        for name, tier in tiers.load().items()
    }
    assert shown == {
        "free": (1, 10, 5, 10, 0),
        "solo": (1, 50, 25, 200, 100),
        "team": (10, 200, 100, 1000, 500),
        "enterprise": (None,) * 5,
        "exempt": (None,) * 5,
    }


def test_a_larger_plan_includes_what_a_smaller_one_does() -> None:
    plans = list(tiers.load().values())
    for smaller, larger in itertools.pairwise(plans):
        assert smaller.permissions <= larger.permissions


@pytest.mark.parametrize("name", ["free", "solo", "team", "enterprise", "exempt", "a plan of tomorrow"])
def test_tracing_undoing_and_proving_are_in_every_plan(name: str) -> None:
    assert tiers.permitted(Plan(name)) >= NEVER_BEHIND_A_TIER


def test_every_permission_is_in_some_plan() -> None:
    assert frozenset.union(*(tier.permissions for tier in tiers.load().values())) == frozenset(Permission)


def test_a_plan_that_is_none_includes_the_least() -> None:
    assert Permission.TOKENS_MANAGE not in tiers.permitted(Plan("a plan of tomorrow"))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"permissions": ["inventory.fly"]}, "inventory.fly"),
        ({"limits": {"users": 1}}, "limits"),
        ({"limits": {**{str(limit): 1 for limit in Limit}, "users": -1}}, "users"),
        ({"limits": {**{str(limit): 1 for limit in Limit}, "users": True}}, "users"),
        ({"prices": {"monthly": 100}}, "monthly and yearly"),
        ({"prices": {"monthly": 100, "yearly": 1000, "weekly": 9}}, "monthly and yearly"),
        ({"prices": {"monthly": 0, "yearly": 1000}}, "monthly price"),
        ({"prices": {"monthly": 100, "yearly": 10.5}}, "yearly price"),
        ({"prices": {"monthly": 100, "yearly": "1000"}}, "yearly price"),
    ],
)
def test_a_seed_that_makes_no_sense_is_refused(tmp_path: Path, change: dict[str, object], named: str) -> None:
    seed = yaml.safe_load(tiers.SEED.read_text())
    seed["tiers"][0] |= change
    (tmp_path / "tiers.yaml").write_text(yaml.safe_dump(seed))
    with pytest.raises(BadSeed, match=named):
        tiers.load(tmp_path / "tiers.yaml")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"trial_days": -1}, "trial_days"),
        ({"trial_days": 731}, "trial_days"),
        ({"trial_days": None}, "trial_days"),
        ({"currency": "USD"}, "currency"),
        ({"currency": None}, "currency"),
        ({"currency": "euro"}, "currency"),
    ],
)
def test_what_holds_for_all_plans_is_checked_too(tmp_path: Path, change: dict[str, object], named: str) -> None:
    seed = yaml.safe_load(tiers.SEED.read_text()) | change
    (tmp_path / "tiers.yaml").write_text(yaml.safe_dump(seed))
    with pytest.raises(BadSeed, match=named):
        tiers.load(tmp_path / "tiers.yaml")


def test_what_can_be_bought_and_for_how_much() -> None:
    prices = {
        price.lookup_key: (price.amount, price.currency)
        for tier in tiers.load().values()
        for price in tier.prices.values()
    }
    assert prices == {
        "batchtrack_solo_monthly": (1900, "usd"),
        "batchtrack_solo_yearly": (19000, "usd"),
        "batchtrack_team_monthly": (4900, "usd"),
        "batchtrack_team_yearly": (49000, "usd"),
        "batchtrack_enterprise_monthly": (14900, "usd"),
        "batchtrack_enterprise_yearly": (149000, "usd"),
    }
    assert tiers.trial_days() == 14


def test_free_can_be_chosen_and_exempt_cannot() -> None:
    assert [tier.name for tier in tiers.public()] == ["free", "solo", "team", "enterprise"]


def test_a_larger_plan_costs_more_and_a_year_less_than_twelve_months() -> None:
    paid = [tier for tier in tiers.load().values() if tier.prices]
    for tier in paid:
        assert tier.prices["yearly"].amount < 12 * tier.prices["monthly"].amount
    for smaller, larger in itertools.pairwise(paid):
        for period in tiers.PERIODS:
            assert smaller.prices[period].amount < larger.prices[period].amount

"""The gate: a plan has room or has not; nothing is counted where nothing is limited."""

import pytest
from flask import Flask

from app.kernel.errors import LimitReached
from app.kernel.permissions import Permission
from app.subscriptions.services import gates
from app.subscriptions.services.tiers import Limit
from tests import cast


def never() -> int:
    raise AssertionError("counted without a limit")


def test_lets_the_last_one_in_and_stops_the_next(database: Flask) -> None:
    actor = cast.owner_of(cast.make_organization(tier="free"))
    gates.check(actor, Limit.RECIPES, used=lambda: 9)
    with pytest.raises(LimitReached) as refusal:
        gates.check(actor, Limit.RECIPES, used=lambda: 10)
    assert refusal.value.details == {"limit": "recipes", "allowed": 10, "used": 10, "tier": "free"}


def test_counts_what_is_to_be_added(database: Flask) -> None:
    actor = cast.owner_of(cast.make_organization(tier="free"))
    gates.check(actor, Limit.PRODUCTS, used=lambda: 2, adding=3)
    with pytest.raises(LimitReached):
        gates.check(actor, Limit.PRODUCTS, used=lambda: 2, adding=4)


def test_the_refusal_opens_the_plans(database: Flask) -> None:
    organization = cast.make_organization(tier="free")
    actor = cast.owner_of(organization)
    with pytest.raises(LimitReached) as refusal:
        gates.check(actor, Limit.ASSISTANT_REQUESTS_A_MONTH, used=lambda: 0)
    problem = refusal.value.problem()
    assert (problem["status"], problem["drawer_payload"]["error_code"]) == (402, "UPGRADE_REQUIRED")
    page = cast.signed_in(actor).get(f"/o/{organization.slug}/{problem['drawer_payload']['redirect_url']}")
    assert page.status_code == 200
    assert "your plan" in page.text


@pytest.mark.parametrize("tier", ["enterprise", "exempt"])
def test_counts_nothing_where_there_is_no_limit(database: Flask, tier: str) -> None:
    actor = cast.owner_of(cast.make_organization(tier=tier))
    for limit in Limit:
        gates.check(actor, limit, used=never, adding=10**9)


def test_a_plan_that_is_none_is_the_smallest(database: Flask) -> None:
    actor = cast.owner_of(cast.make_organization(tier="a plan of tomorrow"))
    with pytest.raises(LimitReached):
        gates.check(actor, Limit.USERS, used=lambda: 1)


def test_the_plan_narrows_what_even_the_owner_may(database: Flask) -> None:
    actor = cast.owner_of(cast.make_organization(tier="free"))
    assert Permission.TOKENS_MANAGE not in actor.permissions
    answer = cast.api(actor).post("/tokens", {"name": "Till"})
    assert answer.status_code == 402
    assert answer.json["drawer_payload"]["error_code"] == "UPGRADE_REQUIRED"

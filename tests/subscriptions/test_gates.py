"""The gate: a plan has room or has not; nothing is counted, and nothing locked, where nothing is limited."""

import contextvars
import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask

from app.catalog.models import Item
from app.catalog.services import items
from app.catalog.services.items import NewItem
from app.kernel.actor import Actor
from app.kernel.errors import LimitReached
from app.kernel.numbers import Quantity
from app.kernel.permissions import Permission
from app.platform import commands, tenancy
from app.recipes.services import versions
from app.recipes.services.saying import SaidOutput
from app.recipes.services.versions import Making
from app.subscriptions.services import counted, gates
from app.subscriptions.services.counted import NobodyCounts
from app.subscriptions.services.tiers import Limit
from tests import cast
from tests.production.test_statements import counted as statements


@pytest.fixture
def free(app: Flask) -> Actor:
    return cast.owner_of(cast.make_organization(tier="free"))


def make_product(actor: Actor, name: str, kind: str = "product") -> Item:
    with commands.transaction():
        tenancy.bind(actor.organization_id)
        return items.create(actor, NewItem(name=name, type=kind, unit="each"))


def draft_recipe(actor: Actor, name: str, output: SaidOutput | None = None) -> None:
    with commands.transaction():
        tenancy.bind(actor.organization_id)
        versions.create(actor, name=name, making=Making(output=output), draft=True)


def change(actor: Actor, code: str, **said: object) -> None:
    with commands.transaction():
        tenancy.bind(actor.organization_id)
        items.change(actor, items.find(actor, code), said)


class TestProducts:
    def test_the_last_one_gets_in_and_the_next_is_stopped(self, database: Flask, free: Actor) -> None:
        for number in range(5):
            make_product(free, f"Soap {number}")
        with pytest.raises(LimitReached) as refusal:
            make_product(free, "Soap 5")
        assert refusal.value.details == {"limit": "products", "allowed": 5, "used": 5, "tier": "free"}

    def test_materials_are_not_counted(self, database: Flask, free: Actor) -> None:
        for number in range(7):
            make_product(free, f"Oil {number}", "ingredient")

    def test_an_archived_one_leaves_room_and_comes_back_only_where_there_is_some(
        self, database: Flask, free: Actor
    ) -> None:
        for number in range(5):
            make_product(free, f"Soap {number}")
        change(free, "soap-0", archived=True)
        make_product(free, "Soap 5")
        with pytest.raises(LimitReached):
            change(free, "soap-0", archived=False)
        change(free, "soap-0", category="old")
        change(free, "soap-1", archived=True)
        change(free, "soap-0", archived=False)

    def test_a_material_becomes_a_product_only_where_there_is_room(self, database: Flask, free: Actor) -> None:
        for number in range(5):
            make_product(free, f"Soap {number}")
        make_product(free, "Base", "intermediate")
        with pytest.raises(LimitReached):
            change(free, "base", type="product")
        change(free, "soap-3", name="Soap three", type="product")

    def test_a_recipe_that_makes_a_new_product_is_stopped_too(self, database: Flask, free: Actor) -> None:
        for number in range(5):
            make_product(free, f"Soap {number}")
        with pytest.raises(LimitReached) as refusal:
            draft_recipe(free, "Cake", SaidOutput(name="Cake", quantity=Quantity(Decimal(1), "each")))
        assert refusal.value.details["limit"] == "products"
        draft_recipe(free, "Cake", SaidOutput(item="soap-1", quantity=Quantity(Decimal(1), "each")))


def test_what_nobody_counts_lets_nothing_in(database: Flask, free: Actor) -> None:
    with pytest.raises(NobodyCounts):
        gates.check(free, Limit.ASSISTANT_REQUESTS_A_MONTH)


def test_the_refusal_opens_the_plans(database: Flask, free: Actor) -> None:
    with pytest.raises(LimitReached) as refusal:
        gates.check(free, Limit.RECIPES, adding=11)
    payload = refusal.value.problem()["drawer_payload"]
    assert payload["error_code"] == "UPGRADE_REQUIRED"
    assert payload["modal_url"] == "plans/drawer?limit=recipes"
    assert payload["success_event"] == "plan.changed"


def test_the_place_of_the_owner_is_the_only_one_of_a_small_plan(database: Flask, free: Actor) -> None:
    with pytest.raises(LimitReached):
        gates.require_seat(free)


@pytest.mark.parametrize("tier", ["enterprise", "exempt"])
def test_counts_and_locks_nothing_where_there_is_no_limit(app: Flask, tier: str) -> None:
    actor = cast.owner_of(cast.make_organization(tier=tier))
    with statements(app) as sent, app.app_context():
        tenancy.bind(actor.organization_id)
        gates.check(actor, Limit.PRODUCTS, adding=10**9)
        assert gates.usage(actor, tier) == {}
    asked = [said for said in sent if said.startswith("SELECT")]
    assert len(asked) == 1
    assert "count(" not in asked[0]


def test_a_plan_that_is_none_is_the_smallest(database: Flask) -> None:
    actor = cast.owner_of(cast.make_organization(tier="a plan of tomorrow"))
    with pytest.raises(LimitReached):
        gates.check(actor, Limit.USERS)


def test_the_plan_narrows_what_even_the_owner_may(database: Flask) -> None:
    actor = cast.owner_of(cast.make_organization(tier="free"))
    assert Permission.TOKENS_MANAGE not in actor.permissions
    answer = cast.api(actor).post("/tokens", {"name": "Till"})
    assert answer.status_code == 402
    assert answer.json["drawer_payload"]["error_code"] == "UPGRADE_REQUIRED"


class TestUsage:
    def test_is_one_statement_for_all_limits(self, app: Flask, free: Actor) -> None:
        with statements(app) as sent, app.app_context():
            tenancy.bind(free.organization_id)
            used = gates.usage(free, "free")
        assert len([said for said in sent if said.startswith("SELECT")]) == 1
        assert {limit: (row.used, row.allowed) for limit, row in used.items()} == {
            Limit.BATCHES_A_MONTH: (0, 10),
            Limit.PRODUCTS: (0, 5),
            Limit.RECIPES: (0, 10),
            Limit.USERS: (1, 1),
        }

    @pytest.mark.parametrize(("used", "near", "full"), [(7, False, False), (8, True, False), (10, True, True)])
    def test_says_so_from_four_fifths_on(self, used: int, near: bool, full: bool) -> None:
        row = gates.Used(Limit.RECIPES, "recipes", used, 10)
        assert (row.is_near, row.is_full, row.percent) == (near, full, used * 10)


class TestTwoAtOnce:
    def test_no_more_products_than_the_plan_has_room_for(self, app: Flask, free: Actor) -> None:
        outcomes = at_once(app, 8, lambda number: make_product(free, f"Soap {number}"))
        assert outcomes.count("made") == 5
        assert outcomes.count("LimitReached") == 3
        with app.app_context():
            tenancy.bind(free.organization_id)
            assert counted.count(free, Limit.PRODUCTS) == 5

    def test_no_more_drafts_of_recipes_than_the_plan_has_room_for(self, app: Flask, free: Actor) -> None:
        outcomes = at_once(app, 14, lambda number: draft_recipe(free, f"Recipe {number}"))
        assert outcomes.count("made") == 10
        assert outcomes.count("LimitReached") == 4


def at_once(app: Flask, many: int, act: Callable[[int], object]) -> list[str]:
    """What became of each, all begun together."""
    outcomes: list[str] = []
    gate = threading.Barrier(many)

    def run(number: int) -> None:
        with app.app_context():
            gate.wait()
            try:
                act(number)
            except Exception as error:  # noqa: BLE001 - counted below
                outcomes.append(type(error).__name__)
            else:
                outcomes.append("made")

    threads = [threading.Thread(target=contextvars.Context().run, args=(run, number)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes

"""Role templates: who may what in a workshop, and that nobody may by accident."""

import pytest

from app.identity.services import permissions, roles
from app.identity.services.permissions import Plan
from app.identity.services.roles import Role
from app.kernel.permissions import Permission

READING = {Permission.BATCHES_VIEW, Permission.CATALOG_VIEW, Permission.INVENTORY_VIEW, Permission.RECIPES_VIEW}
SEES_COSTS = {Role.AUDITOR, Role.MAKER, Role.MANAGER, Role.OWNER, Role.STOREKEEPER}


def test_there_are_seven() -> None:
    assert set(roles.TEMPLATES) == set(Role)
    assert len(Role) == 7


def test_the_owner_may_everything() -> None:
    assert roles.permissions_of("owner") == frozenset(Permission)


def test_the_viewer_only_reads_and_sees_no_costs() -> None:
    assert roles.permissions_of("viewer") == READING


def test_the_auditor_reads_all_and_proves_the_books() -> None:
    assert roles.permissions_of("auditor") == READING | {
        Permission.AUDIT_VIEW,
        Permission.DATA_EXPORT,
        Permission.INVENTORY_VIEW_COSTS,
        Permission.LEDGER_PROVE,
    }


def test_a_maker_does_the_day_from_material_to_undo() -> None:
    day = {
        Permission.CATALOG_EDIT,
        Permission.INVENTORY_RECEIVE,
        Permission.RECIPES_EDIT,
        Permission.BATCHES_PLAN,
        Permission.BATCHES_MAKE,
        Permission.BATCHES_CANCEL,
        Permission.INVENTORY_COUNT,
        Permission.INVENTORY_REVERSE,
    }
    assert day <= roles.permissions_of("maker")


def test_the_storekeeper_keeps_stock_and_does_not_make() -> None:
    may = roles.permissions_of("storekeeper")
    assert Permission.INVENTORY_RECEIVE in may
    assert not may & {Permission.BATCHES_MAKE, Permission.RECIPES_VIEW, Permission.CATALOG_EDIT}


@pytest.mark.parametrize("role", Role)
def test_costs_are_for_those_who_price(role: Role) -> None:
    assert (Permission.INVENTORY_VIEW_COSTS in roles.permissions_of(role)) == (role in SEES_COSTS)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OWNER}))
def test_only_the_owner_hands_out_keys(role: Role) -> None:
    assert Permission.TOKENS_MANAGE not in roles.permissions_of(role)


@pytest.mark.parametrize("role", ["", "Owner", "admin", "OWNER", "root"])
def test_a_role_that_is_none_may_nothing(role: str) -> None:
    assert roles.permissions_of(role) == frozenset()


def test_what_somebody_may_is_what_tier_role_and_scopes_all_grant(monkeypatch: pytest.MonkeyPatch) -> None:
    tier = frozenset({Permission.INVENTORY_VIEW, Permission.INVENTORY_RECEIVE, Permission.TOKENS_MANAGE})
    monkeypatch.setattr(permissions, "_filters", {})
    permissions.register_filter(lambda _name: tier)
    assert permissions.effective(Plan("any"), roles.permissions_of("viewer")) == {Permission.INVENTORY_VIEW}
    assert permissions.effective(Plan("any"), roles.permissions_of("owner")) == tier
    assert permissions.effective(
        Plan("any"), roles.permissions_of("owner"), "inventory.receive batches.make nonsense"
    ) == {Permission.INVENTORY_RECEIVE}
    assert permissions.effective(Plan("any"), roles.permissions_of("owner"), "") == frozenset()


def test_without_a_tiers_word_nothing_is_granted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permissions, "_filters", {})
    with pytest.raises(permissions.NoPlanFilter):
        permissions.effective(Plan("exempt"), roles.permissions_of("owner"))

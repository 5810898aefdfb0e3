"""Every permission is a lock somewhere, a sign on some door or an entry's condition, and somebody can be given it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.identity.services import roles
from app.kernel.permissions import Permission
from app.subscriptions.services import tiers
from tests.databases import ROOT
from tests.sweeps.doors import doors


def locks() -> dict[Permission, list[str]]:
    """Where commands ask: `actor.require(Permission.X)` in the source, however the actor is called there."""
    found: dict[Permission, list[str]] = {}
    for file in sorted((ROOT / "app").rglob("*.py")):
        for line, permission in asked_in(file):
            found.setdefault(permission, []).append(f"{file.relative_to(ROOT)}:{line}")
    return found


def listed_in(tree: ast.Module) -> dict[str, set[Permission]]:
    """A module's own lists of permissions, by name: `NEEDED = (Permission.X, ...)`."""
    return {
        ast.unparse(node.targets[0]): named
        for node in tree.body
        if isinstance(node, ast.Assign)
        and (named := {found for part in ast.walk(node.value) if (found := permission_of(part))})
    }


def permission_of(node: ast.AST) -> Permission | None:
    """What `Permission.X` stands for."""
    named = isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith("Permission")
    return Permission[node.attr] if named and isinstance(node, ast.Attribute) else None


def asked_in(file: Path) -> Iterator[tuple[int, Permission]]:
    """Every `….require(Permission.X)` of a file, and every `for each in NEEDED: ….require(each)`."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    listed = listed_in(tree)
    loops = {
        ast.unparse(node.target): listed.get(ast.unparse(node.iter), set())
        for node in ast.walk(tree)
        if isinstance(node, ast.For)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "require":
            for argument in node.args:
                one = permission_of(argument)
                for each in {one} if one else loops.get(ast.unparse(argument), set()):
                    yield node.lineno, each


@pytest.mark.parametrize("permission", Permission)
def test_some_tier_and_some_role_grant_it(permission: Permission) -> None:
    assert any(permission in tier.permissions for tier in tiers.public())
    assert any(permission in granted for granted in roles.TEMPLATES.values())
    both = [
        (tier.name, role)
        for tier in tiers.public()
        for role, granted in roles.TEMPLATES.items()
        if permission in tier.permissions & granted
    ]
    assert both


def test_each_is_a_lock_in_a_command_or_a_sign_on_a_door(app: Flask) -> None:
    """What only a page shows needs a sign; what changes anything needs a lock: see the next tests."""
    signs = {door.permission for door in doors(app) if door.permission is not None}
    assert set(Permission) - signs - set(locks()) - {Permission.INVENTORY_VIEW_COSTS} == set()


def test_costs_are_checked_where_they_are_written() -> None:
    """No door asks for it: it takes figures out of answers. Tried on every answer in tests/sweeps/test_costs_hidden."""
    asking = [
        file
        for file in (ROOT / "app").rglob("*.py")
        if "INVENTORY_VIEW_COSTS" in file.read_text(encoding="utf-8") and "identity/services/roles" not in str(file)
    ]
    assert len(asking) > 5


def test_whatever_changes_something_is_asked_for_again_by_its_command(app: Flask) -> None:
    """A sign on a door that takes a form, and no lock behind it, would leave tests, tasks and programs outside."""
    known = set(locks())
    changing = {door.permission for door in doors(app) if door.permission is not None and door.method != "GET"}
    looking = {Permission.INVENTORY_VIEW, Permission.CATALOG_VIEW, Permission.RECIPES_VIEW, Permission.BATCHES_VIEW}
    assert changing - known - looking == set()


def test_a_permission_stands_once_and_in_order() -> None:
    assert [str(each) for each in Permission] == sorted({str(each) for each in Permission})

"""Hides costs from those who may not see them: one list of keys, applied where answers leave the API."""

from typing import Any

from app.kernel.actor import Actor
from app.kernel.permissions import Permission

COST_KEYS = frozenset(
    {
        "average_unit_cost",
        "cost",
        "initial_cost",
        "lot_remaining_cost",
        "per_portion",
        "per_unit",
        "remaining_cost",
        "total_cost",
        "unit_cost",
        "value",
    }
)


def shown_to(actor: Actor, body: Any) -> Any:
    """`body` as this actor may see it: without the cost keys, at any depth, when `inventory.view_costs` is missing."""
    return body if actor.may(Permission.INVENTORY_VIEW_COSTS) else _without(body)


def _without(body: Any) -> Any:
    if isinstance(body, dict):
        return {key: _without(value) for key, value in body.items() if key not in COST_KEYS}
    if isinstance(body, list):
        return [_without(value) for value in body]
    return body

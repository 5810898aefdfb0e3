"""Renders rows as the contract names them: plain decimals as text, ids and dates as text. Decides nothing."""

from fractions import Fraction
from typing import Any

from app.inventory.schemas import instant, item_ref
from app.kernel import numbers
from app.kernel.numbers import MICRO
from app.recipes.queries.recipes import RecipeRow
from app.recipes.services.costing import Costing
from app.recipes.services.explosion import Needed
from app.recipes.services.structure import Line


def recipe(row: RecipeRow, scale: Fraction = Fraction(1)) -> dict[str, Any]:
    """The contract's Recipe, its amounts times `scale`."""
    version = row.version
    made = version.output
    return {
        "id": str(version.recipe_id),
        "name": version.name,
        "prefix": version.prefix,
        "kind": version.kind,
        "status": row.status,
        "version": version.number,
        "current": version.is_current,
        "output": made
        and {
            "item": item_ref(row.materials[made.item_id]),
            "quantity": _scaled(made.quantity, scale),
            "unit": made.unit,
        },
        "lines": [_line(line, row, scale) for line in version.lines],
        "portions": None,
        "instructions": version.instructions,
        "warnings": list(row.warnings),
        "created_at": instant(version.created_at),
    }


def cost(found: Costing) -> dict[str, Any]:
    """The answer of `GET /recipes/{recipe}/cost`."""
    return {
        "total_cost": numbers.plain(found.total_cost),
        "per_unit": None if found.per_unit is None else numbers.plain(found.per_unit),
        "per_portion": None,
        "lines": [
            {**_needed(line.needed), "cost": None if line.cost is None else numbers.plain(line.cost)}
            for line in found.lines
        ],
        "uncosted": [{"item": item_ref(material), "reason": reason} for material, reason in found.uncosted],
    }


def explosion(needs: tuple[Needed, ...]) -> dict[str, Any]:
    """The answer of `GET /recipes/{recipe}/explosion`."""
    return {"lines": [{**_needed(needed), "paths": [list(path) for path in needed.paths]} for needed in needs]}


def _needed(needed: Needed) -> dict[str, Any]:
    return {
        "item": item_ref(needed.material),
        "needed": numbers.plain(needed.quantity),
        "unit": needed.material.unit,
    }


def _line(line: Line, row: RecipeRow, scale: Fraction) -> dict[str, Any]:
    if line.item_id:
        thing = {"item": item_ref(row.materials[line.item_id])}
    else:
        thing = {"recipe": {"id": str(line.used.recipe_id), "name": line.used.name} if line.used else {}}
    amount = {"quantity": _scaled(line.quantity, scale), "unit": line.unit, "note": line.note}
    return {"line": line.line, **thing, **amount}


def _scaled(micro: int, scale: Fraction) -> str:
    return numbers.plain_of(Fraction(micro, MICRO) * scale)

"""The authority on what a recipe costs as of now: what FIFO would take for it today, before anything is taken."""

from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from app.inventory.services import stock_check
from app.inventory.services.adjustment import Need
from app.inventory.services.stock_check import CheckLine
from app.kernel import numbers
from app.kernel.actor import Actor
from app.kernel.numbers import MICRO
from app.kernel.permissions import Permission
from app.recipes.services import explosion
from app.recipes.services.explosion import Explosion, Needed
from app.recipes.services.materials import Material


@dataclass(frozen=True, slots=True)
class CostLine:
    """What one material comes to; `cost` covers what is in stock of it, None when nothing is."""

    needed: Needed
    cost: int | None


@dataclass(frozen=True, slots=True)
class Costing:
    """Costs in millionths of the currency; `per_unit` of one unit of the output as the recipe says it.

    uncosted: materials whose cost is not known, or not all of it, each with the reason in words
    """

    total_cost: int
    per_unit: int | None
    lines: tuple[CostLine, ...]
    uncosted: tuple[tuple[Material, str], ...]


def cost(actor: Actor, version_id: UUID, scale: Fraction) -> Costing:
    """What `scale` makings would cost now. Refuses nothing that is missing: it is named in `uncosted`."""
    actor.require(Permission.RECIPES_VIEW)
    versions, known = explosion.read(actor, version_id)
    exploded = explosion.explode(versions, version_id, scale, known)
    checked = {line.item.id: line for line in stock_check.check(actor, needs(exploded.needs)).lines}
    total = sum(line.total_cost for line in checked.values())
    made = versions[version_id].output
    return Costing(
        total,
        round(Fraction(total * MICRO) / (made.quantity * scale)) if made else None,
        tuple(CostLine(needed, _cost(checked[needed.material.id])) for needed in exploded.needs),
        tuple(_uncosted(exploded, checked)),
    )


def needs(found: tuple[Needed, ...]) -> list[Need]:
    """What the stock check and the ledger are asked for."""
    return [Need(needed.material.id, needed.quantity, needed.paths) for needed in found]


def _cost(line: CheckLine) -> int | None:
    return line.total_cost if line.consumed else None


def _uncosted(exploded: Explosion, checked: dict[UUID, CheckLine]) -> list[tuple[Material, str]]:
    short = [
        (needed.material, _how_short(checked[needed.material.id]))
        for needed in exploded.needs
        if not checked[needed.material.id].satisfied
    ]
    return [*short, *((material, error.detail) for material, error in exploded.unknown)]


def _how_short(line: CheckLine) -> str:
    unit = line.item.unit
    if not line.consumed:
        return f"None in stock: {numbers.plain(line.needed)} {unit} are needed."
    return f"Only {numbers.plain(line.consumed)} of {numbers.plain(line.needed)} {unit} are in stock."

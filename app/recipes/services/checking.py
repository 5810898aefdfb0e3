"""Says whether there is enough, for a recipe at a scale or for a list of needs: what making it would find."""

from collections.abc import Mapping
from fractions import Fraction

from app.catalog.services import items, unit_conversion
from app.inventory.services import stock_check
from app.inventory.services.adjustment import Need
from app.inventory.services.stock_check import StockCheck
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.kernel.numbers import Quantity
from app.kernel.permissions import Permission
from app.recipes.services import costing, explosion, references


def of_recipe(actor: Actor, reference: str, scale: Fraction) -> StockCheck:
    """A recipe (id or name) at a scale, every level down to its materials.

    raises: NotFound on `recipe`, and what `explosion.of_version` raises
    """
    actor.require(Permission.RECIPES_VIEW)
    recipe = references.find(actor, reference, field="recipe")
    needs = explosion.of_version(actor, references.current(recipe, field="recipe"), scale)
    return stock_check.check(actor, costing.needs(needs))


def of_lines(actor: Actor, lines: list[tuple[str, Quantity]]) -> StockCheck:
    """So much of each item (id or code); zero may be asked.

    raises: NotFound on `lines.N.item`, Invalid on `lines.N.quantity`, UnknownUnit and the like on `lines.N.unit`
    """
    found = items.find_each(actor, {f"lines.{n}.item": said for n, (said, _) in enumerate(lines)})
    units = items.units_of_each(actor, {item.id: item for item in found.values()}.values())
    wanted: Mapping[str, Quantity] = {f"lines.{n}": quantity for n, (_, quantity) in enumerate(lines)}
    needs = [
        Need(item.id, _not_below_zero(wanted[line], units[item.id], f"{line}.quantity"))
        for line, item in ((field.removesuffix(".item"), item) for field, item in found.items())
    ]
    return stock_check.check(actor, needs)


def _not_below_zero(quantity: Quantity, units: unit_conversion.ItemUnits, field: str) -> int:
    micro = unit_conversion.to_stock_unit(quantity, units, field=field)
    if micro < 0:
        raise Invalid.field(field, "Must not be below zero.")
    return micro

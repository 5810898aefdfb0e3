"""What somebody says of a version, and what it comes to once every name is found and every unit is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from app.catalog.models import Item
from app.catalog.services import items, unit_conversion
from app.kernel import numbers
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.kernel.numbers import Quantity
from app.kernel.words import phrase
from app.recipes.services import materials, references, structure
from app.recipes.services.materials import Material
from app.recipes.services.references import Found
from app.recipes.services.structure import WHOLE_MAKINGS


@dataclass(frozen=True, slots=True)
class SaidLine:
    """One line: `item` (id or code) or `recipe` (id or name)."""

    quantity: Quantity
    item: str | None = None
    recipe: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class SaidOutput:
    """What one making gives: `item` (id or code), or `name` of a product to be made."""

    quantity: Quantity
    item: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A line, its thing found and its unit known. `quantity` in millionths of `unit`."""

    item_id: UUID | None
    recipe_id: UUID | None
    quantity: int
    unit: str
    note: str | None


@dataclass(frozen=True, slots=True)
class FoundOutput:
    """The output: `item_id`, or None and the `name` of an item yet to be made."""

    item_id: UUID | None
    name: str | None
    quantity: int
    unit: str


def find(
    actor: Actor, said: SaidOutput | None, lines: tuple[SaidLine, ...]
) -> tuple[FoundOutput | None, tuple[FoundLine, ...]]:
    """Look everything up, in a handful of statements.

    raises: NotFound on `lines.N.item`, `lines.N.recipe`, `output.item`; Invalid; UnknownUnit on the unit's field
    """
    named = {f"lines.{n}.item": line.item for n, line in enumerate(lines) if line.item}
    if said and said.item:
        named["output.item"] = said.item
    things = items.find_each(actor, named) if named else {}
    used = references.find_each(
        actor, {f"lines.{n}.recipe": line.recipe for n, line in enumerate(lines) if line.recipe}
    )
    known = _materials(actor, things, used)
    looked_up = _LookedUp(things, used, known)
    output = _output(said, looked_up) if said else None
    return output, tuple(_line(n, line, looked_up) for n, line in enumerate(lines))


@dataclass(frozen=True, slots=True)
class _LookedUp:
    things: Mapping[str, Item]
    used: Mapping[str, Found]
    outputs: Mapping[UUID, Material]  # of the used recipes, by recipe


def _materials(actor: Actor, things: Mapping[str, Item], used: Mapping[str, Found]) -> dict[UUID, Material]:
    """The materials of all things named, by item; what the used recipes make, by recipe."""
    in_force = [references.current(found, field=field) for field, found in used.items()]
    versions = structure.read(actor, in_force) if in_force else {}
    made = {version.recipe_id: version.output.item_id for version in versions.values() if version.output}
    known = materials.of_items(actor, {item.id: item for item in things.values()}.values())
    known |= materials.read(actor, set(made.values()) - known.keys()) if made else {}
    return known | {recipe_id: known[item_id] for recipe_id, item_id in made.items()}


def _line(n: int, said: SaidLine, found: _LookedUp) -> FoundLine:
    field = f"lines.{n}"
    quantity = _above_zero(said.quantity, f"{field}.quantity")
    if said.item:
        item = found.things[f"{field}.item"]
        unit = _unit(said.quantity.unit, found.outputs[item.id], f"{field}.unit")
        return FoundLine(item.id, None, quantity, unit, said.note)
    if not said.recipe:
        raise Invalid.field(field, "Name an item or a recipe.")
    recipe = found.used[f"{field}.recipe"]
    unit = said.quantity.unit or WHOLE_MAKINGS
    if unit.casefold().strip() in {WHOLE_MAKINGS, "batches"}:
        unit = WHOLE_MAKINGS
    else:
        unit = _unit(unit, found.outputs[recipe.id], f"{field}.unit")
    return FoundLine(None, recipe.id, quantity, unit, said.note)


def _output(said: SaidOutput, found: _LookedUp) -> FoundOutput:
    quantity = _above_zero(said.quantity, "output.quantity")
    if said.item:
        item = found.things["output.item"]
        material = found.outputs[item.id]
        unit = _unit(said.quantity.unit, material, "output.unit")
        in_stock_unit = material.convert(Fraction(said.quantity.amount), unit, field="output.unit")
        if not numbers.to_micro(in_stock_unit):
            raise Invalid.field(
                "output.quantity", phrase("That is less than a millionth of one %(unit)s.", unit=material.unit)
            )
        return FoundOutput(item.id, None, quantity, unit)
    if not said.name or not said.quantity.unit:
        missing = "unit" if said.name else "item"
        raise Invalid.field(f"output.{missing}", "A new product needs a name and the unit it is kept in.")
    return FoundOutput(None, said.name, quantity, unit_conversion.stock_unit(said.quantity.unit, field="output.unit"))


def _unit(said: str | None, material: Material, field: str) -> str:
    """The unit as it was said, once it is known; the item's own when nothing was said. raises: UnknownUnit"""
    if said is None:
        return material.unit
    unit_conversion.known(said, material.units, field=field)
    return said


def _above_zero(quantity: Quantity, field: str) -> int:
    micro = numbers.to_micro(quantity.amount)
    if not 0 < micro <= numbers.TYPED_LIMIT:
        raise Invalid.field(field, "Must be above zero and at most 999,999,999.")
    return micro

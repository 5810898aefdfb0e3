"""What a name and an amount mean as they are typed into a recipe or at the bench."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from app.catalog.services import unit_conversion
from app.catalog.services.unit_conversion import ItemUnits
from app.kernel import numbers, text
from app.kernel.errors import Invalid
from app.kernel.numbers import Quantity
from app.recipes.queries.pages import Thing


@dataclass(frozen=True, slots=True)
class Known:
    """What names may mean: live items and recipes, and the units of each item."""

    things: tuple[Thing, ...]
    units: Mapping[UUID, ItemUnits]

    def named(self, said: str, *, kinds: tuple[str, ...] = ("item", "recipe")) -> Thing | None:
        """The item of this name or code, or the recipe of this name. `Soap (recipe)` means the recipe."""
        key = text.search_key(said)
        things = [thing for thing in self.things if thing.kind in kinds]
        marked = [thing for thing in things if text.search_key(thing.said) == key]
        named = [thing for thing in things if text.search_key(thing.name) == key]
        coded = [thing for thing in things if thing.code and thing.code.lower() == said.lower()]
        return next(iter([*marked, *named, *coded]), None)

    def units_of(self, thing: Thing | None) -> ItemUnits | None:
        """The units of an item that was named."""
        return self.units.get(thing.id) if thing else None


def read(typed: str, units: ItemUnits | None, *, field: str = "amount") -> Quantity:
    """An amount as it was typed: `405 g`, `2 lb 3 oz`, `1/2 tsp`. One part keeps its unit, known or not yet.

    raises: Invalid on `field`
    """
    if not typed.strip():
        raise Invalid.field(field, "How much?")
    parts = unit_conversion.read_quantity(typed, field=field)
    exact = numbers.from_micro(numbers.to_micro(parts[0].amount))
    if len(parts) == 1 and Fraction(exact) == parts[0].amount:
        return Quantity(exact, parts[0].unit)
    if units is None:
        raise Invalid.field(field, "Write one number and its unit, like 1.5 kg.")
    return unit_conversion.typed(typed, units, field=field)


def said(micro: int, unit: str) -> str:
    """An amount as a field begins with it: `405 g`."""
    return f"{numbers.plain(micro)} {unit}"

"""Items as recipes see them: name, stock unit, and what turns other units into it."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from app.catalog.models import Item
from app.catalog.services import items, unit_conversion
from app.catalog.services.unit_conversion import ItemUnits
from app.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Material:
    """An item and its units."""

    id: UUID
    code: str
    name: str
    unit: str
    tracked: bool
    units: ItemUnits

    def convert(self, amount: Fraction, source: str, target: str | None = None, *, field: str = "unit") -> Fraction:
        """`amount` of the unit `source` in `target` (None: the stock unit), exact.

        raises: UnknownUnit, MissingDensity, MissingUnitMapping on `field`
        """
        return unit_conversion.convert(amount, source, target or self.unit, self.units, field=field)


def read(actor: Actor, item_ids: Iterable[UUID]) -> dict[UUID, Material]:
    """Materials by item id, in two statements."""
    return of_items(actor, items.get_each(actor, item_ids).values())


def of_items(actor: Actor, found: Iterable[Item]) -> dict[UUID, Material]:
    """Materials of items that were read already, in one statement."""
    known = {item.id: item for item in found}
    units = items.units_of_each(actor, known.values()) if known else {}
    return {
        item.id: Material(item.id, item.code, item.name, item.unit, item.tracked, units[item.id])
        for item in known.values()
    }

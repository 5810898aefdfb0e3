"""What an amount comes to once a density or a unit of one's own is known: asked before it is kept."""

from dataclasses import dataclass

from app.catalog.services import unit_conversion
from app.catalog.services.unit_conversion import ItemUnits
from app.inventory.queries.items import ItemRow


@dataclass(frozen=True, slots=True)
class Outlook:
    """What was `asked` for, as typed, against the shelf, in millionths of `unit`. `available` None: never short."""

    asked: str
    needed: int
    available: int | None
    unit: str

    @property
    def left(self) -> int | None:
        """What stays on the shelf; below zero: what is missing."""
        return None if self.available is None else self.available - self.needed


def outlook(item: ItemRow, units: ItemUnits, asked: str) -> Outlook:
    """`asked` (180 ml) in the item's unit, with `units` as they would be.

    raises: Invalid, MissingDensity, MissingUnitMapping, UnknownUnit on need
    """
    parts = unit_conversion.read_quantity(asked, field="need")
    needed = unit_conversion.in_unit(parts, item.unit, units, field="need", unit_field="need")
    return Outlook(asked, needed, item.available, item.unit)

"""What is known about the units of one item: stock unit, density, own units. Callers fill it from the item's row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from uuid import UUID

from app.catalog.services.unit_conversion.system_units import NAME_LIMIT, Unit, find
from app.kernel import text
from app.kernel.numbers import MICRO


@dataclass(frozen=True, slots=True)
class Density:
    """A density as it was said: so much weighs so much (120 g to 1 cup). Amounts in millionths of their units.

    Kept as typed, since a cup is 236.5882365 ml: no whole number of millionths of a millilitre.
    """

    mass_micro: int
    volume_micro: int
    mass_unit: str = "g"
    volume_unit: str = "ml"

    @property
    def g_per_ml(self) -> Fraction:
        """Grams in one millilitre, exact."""
        return Fraction(self.mass_micro, self.volume_micro) * _ratio(self.mass_unit) / _ratio(self.volume_unit)


@dataclass(frozen=True, slots=True)
class ItemUnits:
    """`own` maps the key of an own unit's name to how much one is: (millionths, unit), `{"bar": (113_000_000, "g")}`.

    The unit is a system unit or another own unit (case -> bag -> g); `each` may be a key too (1 each = 113 g).
    """

    stock_unit: str
    density: Density | None = None
    own: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    item_id: UUID | None = None
    item_name: str = ""

    def own_key(self, name: str) -> str | None:
        """The key under which this item knows `name` (`Bars` finds bar), else None."""
        key = name_key(name)
        singulars = (key, key.removesuffix("s"), key.removesuffix("es"))
        return next((word for word in singulars if word in self.own or word == self._stock_word()), None)

    def _stock_word(self) -> str | None:
        """The stock unit's key where it is a counting word (jar) and no system unit."""
        return None if find(self.stock_unit) else name_key(self.stock_unit)


def name_key(name: str) -> str:
    """What a unit's name is stored and looked up by: the code of a system unit, else the name in plain lower case."""
    unit = find(name)
    return unit.code if unit else text.search_key(name)


def of_item(name: str, item: ItemUnits | None) -> Unit | None:
    """The unit that `name` means for this item. An own unit is its own base, of kind `own`; None if nobody knows it."""
    unit = find(name)
    if unit or item is None or len(name) > NAME_LIMIT:
        return unit
    key = item.own_key(name)
    return Unit(key, key, "own", key, Fraction(1)) if key else None


def worth(micro: int, unit: Unit) -> Fraction:
    """`micro` millionths of `unit`, in its base unit."""
    return Fraction(micro, MICRO) * unit.ratio


def _ratio(code: str) -> Fraction:
    unit = find(code)
    if unit is None:
        raise LookupError(code)
    return unit.ratio

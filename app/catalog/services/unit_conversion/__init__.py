"""The authority on units: it alone turns one unit into another. Pure: it reads no database and writes nothing.

Exact throughout: ratios are fractions, and what goes into the books is rounded once, half-even, to a millionth of the
item's stock unit. A missing density or mapping is an error that says how to put it right, never an assumed number.
Worked examples: docs/domain/units.md.
"""

from app.catalog.services.unit_conversion.conversion import convert, in_unit, known, to_stock_unit, typed
from app.catalog.services.unit_conversion.definitions import density, density_g_per_ml, own_unit, stock_unit
from app.catalog.services.unit_conversion.errors import MissingDensity, MissingUnitMapping, UnknownUnit
from app.catalog.services.unit_conversion.item_units import Density, ItemUnits, name_key
from app.catalog.services.unit_conversion.reading import Part, read_quantity
from app.catalog.services.unit_conversion.system_units import Unit, counting_words, find, system_units

__all__ = [
    "Density",
    "ItemUnits",
    "MissingDensity",
    "MissingUnitMapping",
    "Part",
    "Unit",
    "UnknownUnit",
    "convert",
    "counting_words",
    "density",
    "density_g_per_ml",
    "find",
    "in_unit",
    "known",
    "name_key",
    "own_unit",
    "read_quantity",
    "stock_unit",
    "system_units",
    "to_stock_unit",
    "typed",
]

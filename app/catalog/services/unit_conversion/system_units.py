"""The units that everybody has: names and aliases from data/units.csv, ratios from Pint, or from the file where Pint
has none (dozen, metric cup). Built once in a process, on first use; after that, dictionaries."""

import csv
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

from app.catalog.services.unit_conversion import pint_ratios
from app.kernel import text

DATA = Path(__file__).parents[2] / "data"
NAME_LIMIT = 64  # characters of a unit's name that are looked at
_CASE_MATTERS = frozenset({"T", "M"})  # tablespoon or tonne, metre or thousand: nobody can tell

HINTS = {
    "gr": "It can mean gram or grain: write g or grain.",
    "t": "It can mean teaspoon, tablespoon or tonne: write tsp, tbsp or tonne.",
    "m": "It can mean metre or thousand: write m or thousand.",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit is exactly `ratio` of its kind's base unit (g, ml, each, cm, cm2, s)."""

    code: str
    name: str
    kind: str  # mass, volume, count, length, area, time
    base: str
    ratio: Fraction
    aliases: tuple[str, ...] = ()


@cache
def system_units() -> tuple[Unit, ...]:
    """All of them, in the order of the file."""
    exact = pint_ratios.ratios()
    return tuple(_unit(row, exact) for row in _rows("units.csv"))


@cache
def counting_words() -> frozenset[str]:
    """What things are counted in: a stock unit may be one (jar), but none says how much it is."""
    return frozenset(row["word"] for row in _rows("counting_words.csv"))


def find(name: str) -> Unit | None:
    """The unit with this code or alias, whatever its case (`KG`, `Lbs.`); None if there is none or it is unclear."""
    if name in _by_name():
        return _by_name()[name]
    if len(name) > NAME_LIMIT or name.strip() in _CASE_MATTERS:
        return None
    key = text.search_key(name)
    return _by_name().get(key) or _by_name().get(key.rstrip("."))


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _unit(row: dict[str, str], exact: dict[str, Fraction]) -> Unit:
    code = row["code"]
    stated = Fraction(int(row["numerator"]), int(row["denominator"]))
    aliases = tuple(alias for alias in row["aliases"].split("|") if alias)
    return Unit(code, row["name"], row["kind"], row["base_unit"], exact.get(code, stated), aliases)


@cache
def _by_name() -> dict[str, Unit]:
    names = {text.search_key(alias): unit for unit in system_units() for alias in unit.aliases}
    return names | {text.search_key(unit.code): unit for unit in system_units()}

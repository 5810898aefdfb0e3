"""The authority on what follows from a workshop's craft: units and categories that fit, words for beginners, starters.

source: app/catalog/data/crafts.yaml
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

import yaml

from app.catalog.services import unit_conversion
from app.catalog.services.items import NewItem

OTHER = "other"
"""What stands in for a craft that nobody named."""

_EACH = "each"


@dataclass(frozen=True, slots=True)
class Craft:
    """One craft. `says` and `starters`: see the file."""

    name: str
    units: tuple[str, ...]
    makes: str
    categories: tuple[str, ...]
    says: Mapping[str, str]
    starters: tuple[str, ...]

    def units_first(self, words: Iterable[str]) -> list[str]:
        """These words, the craft's own before the others."""
        return [*self.units, *(word for word in words if word not in self.units)]

    def categories_with(self, kept: Iterable[str]) -> list[str]:
        """The craft's own categories and those that are in use, by name."""
        return sorted({*self.categories, *kept}, key=str.casefold)


def of(name: str | None) -> Craft:
    """The craft of this name; the one for anything else where it is unknown or unsaid."""
    return known().get(name or OTHER) or known()[OTHER]


@cache
def known() -> dict[str, Craft]:
    """Every craft by name."""
    read: dict[str, dict[str, Any]] = yaml.safe_load(_text("crafts.yaml"))
    return {name: _craft(name, said) for name, said in read.items()}


@cache
def starters(name: str | None) -> dict[str, NewItem]:
    """Typical materials of the craft by their codes, with what is known of them."""
    rows = _materials()
    return {code: _item(rows[code]) for code in of(name).starters}


def _craft(name: str, said: dict[str, Any]) -> Craft:
    return Craft(
        name=name,
        units=tuple(said["units"]),
        makes=said["makes"],
        categories=tuple(said["categories"]),
        says=said["says"],
        starters=tuple(said["starters"]),
    )


def _item(row: dict[str, str]) -> NewItem:
    is_ingredient = "default_unit" in row
    days = int(row["shelf_life_days"]) if row.get("shelf_life_days") else None
    weight = row.get("density_g_per_ml")
    return NewItem(
        name=row["name"],
        type="ingredient" if is_ingredient else "packaging",
        unit=row.get("default_unit", _EACH),
        code=row["code"],
        category=(row["category"] if is_ingredient else "packaging").capitalize(),
        density=unit_conversion.density(mass=Decimal(weight), volume=Decimal(1)) if weight else None,
        perishable=days is not None,
        shelf_life_days=days,
    )


@cache
def _materials() -> dict[str, dict[str, str]]:
    rows = (row for name in ("ingredients.csv", "packaging.csv") for row in csv.DictReader(_text(name).splitlines()))
    return {row["code"]: row for row in rows}


def _text(name: str) -> str:
    return resources.files("app.catalog").joinpath(f"data/{name}").read_text(encoding="utf-8")

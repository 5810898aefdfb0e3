"""Reads the demo workshop's file and the facts about its materials. Decimal text stays text until it is a Fraction."""

import csv
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Any

import yaml

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Material:
    """A material: what it is, and how it is bought. Amounts in `pack_unit`s."""

    code: str
    name: str
    type: str
    unit: str
    category: str
    density: str | None
    shelf_life_days: int | None
    supplier: str
    pack_quantity: Fraction
    pack_unit: str
    pack_price: Fraction
    reorder_at: Fraction
    order_packs: int
    opening_packs: int
    tracked: bool


@cache
def facts() -> Facts:
    """The whole file."""
    text = resources.files("app.demo").joinpath("data/demo_workshop.yaml").read_text(encoding="utf-8")
    loaded: Facts = yaml.safe_load(text)
    return loaded


@cache
def materials() -> dict[str, Material]:
    """The materials by code, in the file's order."""
    known = {row["code"]: row for name in ("ingredients", "packaging") for row in _csv(name)}
    return {said["code"]: _material(said, known[said["code"]]) for said in facts()["materials"]}


def suppliers() -> dict[str, Facts]:
    """The suppliers by code."""
    return {said["code"]: said for said in facts()["suppliers"]}


def recipes() -> list[Facts]:
    """The recipes, each with `lines` and one `output`."""
    return [dict(said, lines=said["ingredients"]) for said in facts()["recipes"]]


def assemblies() -> list[Facts]:
    """Gift boxes, and the bottles that a lotion is filled into: the file's `portions`, packed one by one."""
    boxes = [dict(said, lines=said["components"], shelf_life_days=None) for said in facts()["assemblies"]]
    return boxes + [_bottle(recipe, portion) for recipe in facts()["recipes"] for portion in recipe.get("portions", ())]


def _bottle(recipe: Facts, portion: Facts) -> Facts:
    base = {"item": recipe["output"]["item"], "quantity": portion["fill_g"], "unit": "g"}
    return {
        "code": portion["item"],
        "name": f"{recipe['name']}, {portion['item'].rsplit('-', 1)[1].replace('oz', ' oz')}",
        "kind": "assembly",
        "lines": [base, *portion["packaging_per_unit"]],
        "output": {"item": portion["item"], "quantity": "1", "unit": "each"},
        "units": int(portion["quantity"]),
        "shelf_life_days": recipe["shelf_life_days"],
    }


def products() -> list[Facts]:
    """What is sold, with its rhythm."""
    found: list[Facts] = facts()["products"]
    return found


def made_names() -> dict[str, tuple[str, int | None]]:
    """Name and shelf life of everything the workshop makes, by item code."""
    named = {said["output"]["item"]: (said["name"], said.get("shelf_life_days")) for said in recipes() + assemblies()}
    return {code: (name, life if isinstance(life, int) else None) for code, (name, life) in named.items()}


def _material(said: Facts, known: dict[str, str]) -> Material:
    is_ingredient = "default_unit" in known
    return Material(
        code=said["code"],
        name=known["name"],
        type="ingredient" if is_ingredient else "packaging",
        unit=known.get("default_unit", "each"),
        category=(known["category"] if is_ingredient else known["type"]).capitalize(),
        density=known.get("density_g_per_ml") or None,
        shelf_life_days=int(known["shelf_life_days"]) if known.get("shelf_life_days") else None,
        supplier=said["supplier"],
        pack_quantity=Fraction(said["pack_quantity"]),
        pack_unit=said["pack_unit"],
        pack_price=Fraction(said["pack_price_usd"]),
        reorder_at=Fraction(said["reorder_at_packs"]),
        order_packs=int(said["order_packs"]),
        opening_packs=int(said["opening_packs"]),
        tracked=said.get("tracked", True),
    )


def _csv(name: str) -> list[dict[str, str]]:
    text = resources.files("app.catalog").joinpath(f"data/{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))

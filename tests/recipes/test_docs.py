"""Every worked example of docs/domain/recipes.md is true."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from uuid import UUID

import pytest

from app.catalog.services.unit_conversion import Density, ItemUnits
from app.kernel import numbers
from app.kernel.ids import uuid7
from app.recipes.services import explosion
from app.recipes.services.materials import Material
from app.recipes.services.prefixes import prefix
from app.recipes.services.structure import Line, Output, Used, Version

PAGE = Path(__file__).parents[2] / "docs" / "domain" / "recipes.md"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
KEPT_IN = {"flour": "kg", "sugar": "kg", "salt": "g"}


def table(first_row: str) -> list[list[str]]:
    """The rows of the table whose heading is `first_row`."""
    block = PAGE.read_text(encoding="utf-8").split(first_row + "\n")[1].split("\n\n")[0]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in block.splitlines()[1:]]


def material(name: str, unit: str) -> Material:
    density = Density(120_000_000, 1_000_000, "g", "cup") if name == "flour" else None
    item_id = uuid7()
    return Material(item_id, name, name, unit, True, ItemUnits(unit, density, {}, item_id, name))


def amount(text: str) -> tuple[int, str, str]:
    quantity, unit, name = text.split(maxsplit=2)
    return numbers.to_micro(Decimal(quantity)), unit, name


RECIPES = {
    name: (amount(gives), lines.split("; ")) for name, gives, lines in table("| Recipe | One making gives | Lines |")
}
ITEMS = {name: material(name, unit) for name, unit in KEPT_IN.items()}
ITEMS |= {gives[2]: material(gives[2], gives[1]) for gives, _ in RECIPES.values()}
IDS = {name: uuid7() for name in RECIPES}


def line(number: int, text: str) -> Line:
    quantity, unit, name = amount(text)
    used = Used(IDS[name], name, IDS[name], output_of(name)) if name in RECIPES else None
    return Line(number, None if used else ITEMS[name].id, used, quantity, unit, None)


def output_of(name: str) -> Output:
    quantity, unit, item = RECIPES[name][0]
    return Output(ITEMS[item].id, quantity, unit)


def version(name: str) -> Version:
    lines = tuple(line(number, text) for number, text in enumerate(RECIPES[name][1], start=1))
    return Version(
        id=IDS[name],
        recipe_id=IDS[name],
        name=name,
        prefix=name,
        kind="production",
        number=1,
        current_number=1,
        archived_at=None,
        published_at=LONG_AGO,
        created_at=LONG_AGO,
        instructions=None,
        output=output_of(name),
        lines=lines,
    )


VERSIONS: dict[UUID, Version] = {IDS[name]: version(name) for name in RECIPES}
COMES_TO = table("| Recipe | Scale | Comes to |")
PREFIXES = table("| Name | Prefix |")


@pytest.mark.parametrize(("name", "scale", "comes_to"), COMES_TO)
def test_a_recipe_comes_to_what_the_page_says(name: str, scale: str, comes_to: str) -> None:
    known = {item.id: item for item in ITEMS.values()}

    needs = explosion.strict(VERSIONS, IDS[name], Fraction(scale), known)

    said = [f"{numbers.plain(needed.quantity)} {needed.material.unit} {needed.material.name}" for needed in needs]
    assert "; ".join(said) == comes_to


@pytest.mark.parametrize(("name", "letters"), PREFIXES)
def test_a_prefix_is_what_the_page_says(name: str, letters: str) -> None:
    assert prefix(None, name) == letters


def test_the_page_has_not_lost_its_examples() -> None:
    assert (len(RECIPES), len(COMES_TO), len(PREFIXES)) >= (11, 7, 5)

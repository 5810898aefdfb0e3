"""Every worked example of docs/domain/units.md is true."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from app.catalog.services import unit_conversion
from app.catalog.services.unit_conversion import Density, ItemUnits
from app.kernel import numbers
from app.kernel.errors import Invalid

PAGE = Path(__file__).parents[2] / "docs" / "domain" / "units.md"


def table(first_row: str) -> list[list[str]]:
    """The rows of the table whose heading is `first_row`, cells without their backticks."""
    block = PAGE.read_text(encoding="utf-8").split(first_row + "\n")[1].split("\n\n")[0]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in block.splitlines()[1:]]


def amount_of(text: str) -> tuple[Decimal, str]:
    amount, _, unit = text.strip().partition(" ")
    return Decimal(amount), unit


def density_of(said: str) -> Density | None:
    if not said:
        return None
    (mass, mass_unit), (volume, volume_unit) = (amount_of(half) for half in said.split(" to "))
    return unit_conversion.density(mass=mass, mass_unit=mass_unit, volume=volume, volume_unit=volume_unit)


def item_of(name: str, kept_in: str, density: str, own: str) -> ItemUnits:
    item = ItemUnits(unit_conversion.stock_unit(kept_in), density_of(density), item_name=name)
    for said in filter(None, re.split(r";\s*", own)):
        word, _, worth = said.partition(" = ")
        quantity, unit = amount_of(worth)
        key, micro, code = unit_conversion.own_unit(word, quantity=quantity, unit=unit, item=item)
        item = ItemUnits(item.stock_unit, item.density, {**item.own, key: (micro, code)}, item_name=name)
    return item


ITEMS = {row[0]: item_of(*row) for row in table("| Item | Kept in | Density | Own units |")}
BECOMES = table("| Item | Typed | Becomes |")
REFUSED = table("| Item | Typed | Refused as |")


@pytest.mark.parametrize(("name", "text", "becomes"), BECOMES)
def test_what_is_typed_goes_into_the_books_as_the_page_says(name: str, text: str, becomes: str) -> None:
    item = ITEMS[name]

    micro = unit_conversion.to_stock_unit(unit_conversion.typed(text, item), item)

    assert f"{numbers.plain(micro)} {item.stock_unit}" == becomes


@pytest.mark.parametrize(("name", "text", "code"), REFUSED)
def test_what_cannot_be_known_is_refused_on_its_field(name: str, text: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        unit_conversion.typed(text, ITEMS[name], field="lines.2.quantity")

    assert refusal.value.code == code
    assert list(refusal.value.errors) == ["lines.2.quantity"]


def test_the_page_has_not_lost_its_examples() -> None:
    assert len(BECOMES) >= 20
    assert len(REFUSED) >= 11

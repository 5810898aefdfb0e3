"""Items and suppliers through their services: names, codes and units that only the services see."""

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

import pytest
from flask import Flask

from app.catalog.services import items, own_units, suppliers, unit_conversion
from app.catalog.services.items import AlreadyExists, NewItem
from app.catalog.services.own_units import UnitInUse
from app.kernel.actor import Actor
from app.kernel.errors import Forbidden, Invalid, NotFound
from app.platform import commands, tenancy

_T = TypeVar("_T")


@pytest.fixture
def do(database: Flask, owner: Actor) -> Callable[[Callable[[], _T]], _T]:
    """Work of one transaction in the owner's organization."""

    def run(work: Callable[[], _T]) -> _T:
        tenancy.bind(owner.organization_id)
        with commands.transaction():
            return work()

    return run


Do = Callable[[Callable[[], object]], object]


def test_several_items_are_found_at_once_and_every_wrong_field_is_named(do: Do, owner: Actor) -> None:
    def look() -> None:
        oats = items.create(owner, NewItem("Oats", "ingredient", "kg"))
        found = items.find_each(owner, {"lines.0.item": "OATS", "lines.1.item": str(oats.id)})
        assert {field: item.id for field, item in found.items()} == {"lines.0.item": oats.id, "lines.1.item": oats.id}
        with pytest.raises(NotFound) as refusal:
            items.find_each(owner, {"lines.0.item": "oats", "lines.1.item": "rye", "lines.2.item": "a b"})
        assert list(refusal.value.errors) == ["lines.1.item", "lines.2.item"]

    do(look)


def test_an_id_comes_before_a_code_that_looks_like_it(do: Do, owner: Actor) -> None:
    def look() -> None:
        oats = items.create(owner, NewItem("Oats", "ingredient", "kg"))
        items.create(owner, NewItem("Impostor", "ingredient", "kg", code=str(oats.id)))
        assert items.find(owner, str(oats.id)).id == oats.id

    do(look)


def test_the_units_of_an_item_are_what_conversion_needs(do: Do, owner: Actor) -> None:
    def look() -> None:
        density = unit_conversion.density_g_per_ml(Decimal("0.92"))
        soap = items.create(owner, NewItem("Soap", "product", "g", density=density))
        own_units.put(owner, soap, "Bar", quantity=Decimal(113), unit="g")
        units = items.units_of(owner, soap)
        assert (units.stock_unit, units.density, dict(units.own)) == ("g", density, {"bar": (113_000_000, "g")})
        assert (units.item_id, units.item_name) == (soap.id, "Soap")

    do(look)


def test_who_may_not_edit_makes_nothing(do: Do, viewer: Actor) -> None:
    with pytest.raises(Forbidden):
        do(lambda: items.create(viewer, NewItem("Oats", "ingredient", "kg")))


def test_a_type_that_is_none_is_refused(do: Do, owner: Actor) -> None:
    with pytest.raises(Invalid) as refusal:
        do(lambda: items.create(owner, NewItem("Oats", "thing", "kg")))
    assert list(refusal.value.errors) == ["type"]


def test_codes_count_on_past_gaps(do: Do, owner: Actor) -> None:
    def look() -> None:
        for code in (None, "oats-2", "oats-4"):
            items.create(owner, NewItem(f"Oats {code}" if code else "Oats", "ingredient", "kg", code=code))
        assert items.create(owner, NewItem("Oats!", "ingredient", "kg")).code == "oats-3"

    do(look)


def test_a_name_of_spaces_and_signs_still_has_a_code(do: Do, owner: Actor) -> None:
    def look() -> None:
        assert items.create(owner, NewItem("№ ☕", "ingredient", "kg")).code == "no"
        assert items.create(owner, NewItem("☕☕", "ingredient", "kg")).code == "item"

    do(look)


def test_one_supplier_whatever_the_case_and_accents(do: Do, owner: Actor) -> None:
    def look() -> None:
        first = suppliers.find_or_create(owner, "Müller & Söhne")
        assert suppliers.find_or_create(owner, "MULLER & SOHNE") == first
        assert suppliers.find(owner, "muller & sohne") == first
        assert suppliers.find(owner, "Mill") is None

    do(look)


def test_a_unit_that_another_area_uses_stays(do: Do, owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def used(_actor: Actor, _item: object, key: str) -> str | None:
        return "the recipe Gift box" if key == "bar" else None

    monkeypatch.setattr(own_units, "_uses", [used])

    def look() -> None:
        soap = items.create(owner, NewItem("Soap", "product", "g"))
        own_units.put(owner, soap, "bar", quantity=Decimal(113), unit="g")
        own_units.put(owner, soap, "case", quantity=Decimal(12), unit="each")
        own_units.remove(owner, soap, "case")
        own_units.remove(owner, soap, "bar")

    with pytest.raises(UnitInUse, match="the recipe Gift box"):
        do(look)


def test_two_that_take_one_name_are_told_so(do: Do, owner: Actor) -> None:
    def look() -> None:
        items.create(owner, NewItem("Oats", "ingredient", "kg"))
        items.create(owner, NewItem("OATS ", "ingredient", "kg"))

    with pytest.raises(AlreadyExists) as refusal:
        do(look)
    assert refusal.value.details == {"field": "name"}

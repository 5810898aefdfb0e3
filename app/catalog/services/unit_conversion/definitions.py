"""Checks what a maker says about units before it is kept: a stock unit, a density, an own unit."""

import re
from decimal import Decimal

from app.catalog.services.unit_conversion import errors
from app.catalog.services.unit_conversion.item_units import Density, ItemUnits, name_key, of_item
from app.catalog.services.unit_conversion.system_units import counting_words, find
from app.kernel import numbers
from app.kernel.errors import Invalid
from app.kernel.words import phrase

OWN_UNIT_LIMIT = 40
_NAME = re.compile(r"[^\W\d_][\w .'’-]*")


def stock_unit(text: str, *, field: str = "unit") -> str:
    """The code to keep an item in: a system unit's, or a word that counts (jar, bar).

    raises: UnknownUnit; Invalid for a unit of time
    """
    unit, key = find(text), name_key(text) if len(text) <= OWN_UNIT_LIMIT else ""
    if unit and unit.kind == "time":
        raise Invalid.field(field, phrase("Stock is not kept in %(name)ss.", name=unit.name))
    words = {unit.code} if unit else counting_words() & {key, key.removesuffix("s"), key.removesuffix("es")}
    if not words:
        raise errors.unknown_unit(text, None, field)
    return max(words, key=len)


def density(
    *, mass: Decimal, mass_unit: str = "g", volume: Decimal, volume_unit: str = "ml", field: str = "density"
) -> Density:
    """So much of it (`volume`) weighs so much (`mass`).

    raises: Invalid, UnknownUnit; on `field` with the part's name behind it (`density.mass_unit`)
    """
    return Density(
        _above_zero(mass, f"{field}.mass"),
        _above_zero(volume, f"{field}.volume"),
        _code_of(mass_unit, "mass", f"{field}.mass_unit"),
        _code_of(volume_unit, "volume", f"{field}.volume_unit"),
    )


def density_g_per_ml(amount: Decimal, *, field: str = "density_g_per_ml") -> Density:
    """`amount` grams to the millilitre. raises: Invalid on `field`"""
    return Density(_above_zero(amount, field), numbers.MICRO)


def own_unit(
    name: str, *, quantity: Decimal, unit: str, item: ItemUnits, field: str = "quantity"
) -> tuple[str, int, str]:
    """One `name` of this item is `quantity` of `unit`: (key, millionths, unit's code or key) to be kept.

    `item` is as it stands; a unit of that name is replaced. `each` may be said (1 each = 113 g), other system units
    are what they are. raises: Invalid on `name`, `field` or `unit`; UnknownUnit
    """
    key = _own_key(name)
    micro = _above_zero(quantity, field)
    target = of_item(unit, item)
    if target is None:
        raise errors.unknown_unit(unit, item, "unit")
    if key in _leads_through(target.base, item):
        raise Invalid.field(
            "unit",
            phrase("A %(key)s would be counted in %(key)ss: %(code)s is said through it.", key=key, code=target.code),
        )
    return key, micro, target.code


def _own_key(name: str) -> str:
    key = name_key(name) if len(name) <= OWN_UNIT_LIMIT else ""
    if not key or not (key == "each" or _NAME.fullmatch(name.strip())):
        raise Invalid.field(
            "name",
            phrase(
                "A unit's name is a word of at most %(own_unit_limit)s letters, like bar or case.",
                own_unit_limit=OWN_UNIT_LIMIT,
            ),
        )
    system = find(key)
    if system and system.code != "each":
        raise Invalid.field(
            "name", phrase("A %(name)s is the same for everything; give the density or another name.", name=system.name)
        )
    return key


def _leads_through(place: str, item: ItemUnits) -> list[str]:
    """The places that `place` is said through, itself first."""
    places: list[str] = []
    while place not in places:
        places.append(place)
        unit = of_item(item.own[place][1], item) if place in item.own else None
        place = unit.base if unit else place
    return places


def _above_zero(amount: Decimal, field: str) -> int:
    micro = numbers.to_micro(amount)
    if not 0 < micro <= numbers.TYPED_LIMIT:
        raise Invalid.field(field, "Must be above zero and at most 999,999,999.")
    return micro


def _code_of(name: str, kind: str, field: str) -> str:
    unit = find(name)
    if unit is None:
        raise errors.unknown_unit(name, None, field)
    if unit.kind != kind:
        raise Invalid.field(field, phrase("%(unit)s is not a unit of %(kind)s.", unit=errors.shown(name), kind=kind))
    return unit.code

"""Turns amounts from one unit into another, exactly.

A unit leads on to the next: an own unit to what one of it is, `each` to the item's weight of one if somebody said it,
g through the density to ml. Two units convert when their ways meet; each has one way, so there is one answer.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from app.catalog.services.unit_conversion import errors
from app.catalog.services.unit_conversion.item_units import ItemUnits, of_item, worth
from app.catalog.services.unit_conversion.reading import Part, read_quantity
from app.catalog.services.unit_conversion.system_units import Unit
from app.kernel import numbers
from app.kernel.errors import Invalid
from app.kernel.numbers import Quantity
from app.kernel.words import phrase

_MEASURES = frozenset({"g", "ml", "cm", "cm2", "s"})  # bases that are no things: nobody says what one g is


def known(name: str, item: ItemUnits | None = None, *, field: str = "unit") -> Unit:
    """The unit that `name` means, for this item or (None) for everything.

    raises: UnknownUnit on `field`
    """
    unit = of_item(name, item)
    if unit is None:
        raise errors.unknown_unit(name, item, field)
    return unit


def convert(
    amount: Fraction, source: str, target: str, item: ItemUnits | None = None, *, field: str = "unit"
) -> Fraction:
    """`amount` of `source` in `target`, exact.

    item:   whose density and own units count; None for what holds of everything (lb to oz)
    raises: UnknownUnit, MissingDensity, MissingUnitMapping, naming `field`
    """
    start, end = known(source, item, field=field), known(target, item, field=field)
    if start.base == end.base:
        return amount * start.ratio / end.ratio
    ends = dict(_way(end, item, field))
    for place, worth_there in _way(start, item, field):
        if place in ends:
            return amount * worth_there / ends[place]
    raise _gap(start, end, item, field)


def in_unit(
    parts: Iterable[Part],
    target: str,
    item: ItemUnits | None = None,
    *,
    field: str = "quantity",
    unit_field: str | None = None,
) -> int:
    """The sum of `parts` in millionths of `target`, rounded once, half-even. A part without unit is in `target`.

    raises: Invalid on `field` where a non-zero would become 0 or pass 999,999,999; as `convert` on `unit_field`
            (left out: the `unit` beside `field`)
    """
    beside = unit_field or field.rpartition(".")[0] + "." * ("." in field) + "unit"
    total = sum((convert(part.amount, part.unit or target, target, item, field=beside) for part in parts), Fraction())
    return _bounded(total, target, field)


def to_stock_unit(quantity: Quantity, item: ItemUnits, *, field: str = "quantity") -> int:
    """`quantity` in millionths of the item's stock unit: what the books hold. Zero and below are the caller's rule.

    raises: as `in_unit`
    """
    return in_unit([Part(Fraction(quantity.amount), quantity.unit)], item.stock_unit, item, field=field)


def typed(text: str, item: ItemUnits, *, field: str = "quantity") -> Quantity:
    """What somebody wrote in a page's field, as the quantity that the same command takes from the API.

    Parts are summed in the last unit, else the first, if six decimals hold the sum (`2 lb 3 oz` is 35 oz); what no
    typed unit holds exactly (`1/3 cup`) comes in the stock unit, rounded once.
    raises: as `read_quantity` and `to_stock_unit`, all on `field`
    """
    parts = read_quantity(text, field=field)
    in_stock = in_unit(parts, item.stock_unit, item, field=field, unit_field=field)
    for unit in (parts[-1].unit, parts[0].unit):
        total = sum((_same(part, unit, item) for part in parts), Fraction())
        if _fits(total):
            return Quantity(numbers.from_micro(numbers.to_micro(total)), unit)
    return Quantity(numbers.from_micro(in_stock), item.stock_unit)


def _same(part: Part, unit: str | None, item: ItemUnits) -> Fraction:
    return part.amount if part.unit == unit else convert(part.amount, part.unit or "", unit or "", item)


def _fits(amount: Fraction) -> bool:
    return (amount * numbers.MICRO).denominator == 1 and amount * numbers.MICRO <= numbers.TYPED_LIMIT


def _bounded(amount: Fraction, unit: str, field: str) -> int:
    micro = numbers.to_micro(amount)
    if amount and not micro:
        raise Invalid.field(field, phrase("That is less than a millionth of one %(unit)s.", unit=errors.shown(unit)))
    if abs(micro) > numbers.TYPED_LIMIT:
        raise Invalid.field(field, phrase("That is more than 999,999,999 %(unit)s.", unit=errors.shown(unit)))
    return micro


def _way(unit: Unit, item: ItemUnits | None, field: str) -> Iterator[tuple[str, Fraction]]:
    """Each place that `unit` leads to, with how much one of it is there; ends where nothing leads on, or in a ring."""
    place, amount = unit.base, unit.ratio
    seen: set[str] = set()
    while place not in seen:
        seen.add(place)
        yield place, amount
        step = _next(place, item, field)
        if step is None:
            return
        place, amount = step[0], amount * step[1]


def _next(place: str, item: ItemUnits | None, field: str) -> tuple[str, Fraction] | None:
    if item is None:
        return None
    if place in item.own:
        micro, name = item.own[place]
        unit = known(name, item, field=field)
        return unit.base, worth(micro, unit)
    if place == "g" and item.density:
        return "ml", 1 / item.density.g_per_ml
    return None


def _gap(start: Unit, end: Unit, item: ItemUnits | None, field: str) -> Invalid:
    """Which of the two things is missing: mass and volume lack a density, all else a mapping."""
    ends = [list(_way(unit, item, field))[-1][0] for unit in (start, end)]
    if set(ends) == {"g", "ml"}:
        return errors.missing_density(start, end, item, field)
    asked, other = (ends[1], start) if ends[0] in _MEASURES and ends[1] not in _MEASURES else (ends[0], end)
    return errors.missing_unit_mapping(asked, other, item, field)

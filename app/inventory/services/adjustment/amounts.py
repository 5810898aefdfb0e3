"""Turns what was said into millionths of the stock unit and of the currency; the rules are unit conversion's."""

from fractions import Fraction

from app.catalog.services import items, unit_conversion
from app.catalog.services.unit_conversion import ItemUnits
from app.inventory.services.adjustment.posted import ItemFacts
from app.kernel import numbers
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.kernel.numbers import Money, Quantity


def stock_quantity(actor: Actor, item: ItemFacts, said: Quantity, *, field: str = "quantity") -> int:
    """Millionths of the item's stock unit. What was said in that unit is exact and asks the database nothing.

    raises: Invalid, MissingDensity, MissingUnitMapping, UnknownUnit
    """
    return unit_conversion.to_stock_unit(said, _units(actor, item, said.unit), field=field)


def stock_units_in_one(actor: Actor, item: ItemFacts, unit: str | None) -> Fraction:
    """How many stock units one `unit` is, exact; 1 for None.

    raises: as `stock_quantity`
    """
    return unit_conversion.convert(Fraction(1), unit or item.unit, item.unit, _units(actor, item, unit))


def _units(actor: Actor, item: ItemFacts, unit: str | None) -> ItemUnits:
    if unit is None or unit == item.unit:
        return ItemUnits(stock_unit=item.unit, item_id=item.id, item_name=item.name)
    return items.units_of(actor, items.find(actor, str(item.id)))


def positive(actor: Actor, item: ItemFacts, said: Quantity, *, field: str = "quantity") -> int:
    """`stock_quantity`, refusing zero and less."""
    if said.amount <= 0:
        raise Invalid.field(field, "Must be more than zero.")
    return stock_quantity(actor, item, said, field=field)


def entered(item: ItemFacts, said: Quantity) -> Quantity:
    """What was typed, with its unit written out."""
    return Quantity(said.amount, said.unit or item.unit)


def total_cost(said: Quantity, *, unit_cost: Money | None, total: Money | None) -> int | None:
    """The whole cost in millionths: as given, or `unit_cost` per unit as typed, rounded once. None: nothing was said.

    raises: Invalid when both are given, one is negative, or it is more than a row holds
    """
    if unit_cost is not None and total is not None:
        raise Invalid.field("total_cost", "Give the cost per unit or the total, not both.")
    field, given = ("unit_cost", unit_cost) if unit_cost is not None else ("total_cost", total)
    if given is None:
        return None
    if given.amount < 0:
        raise Invalid.field(field, "Must not be less than zero.")
    exact = Fraction(given.amount) * (Fraction(said.amount) if unit_cost is not None else 1)
    cost = numbers.to_micro(exact)
    if cost > numbers.TYPED_LIMIT:
        raise Invalid.field(field, "The total must not be more than 999,999,999.")
    return cost


def required(cost: int | None) -> int:
    """The cost, which may not be left out.

    raises: Invalid with code `cost_required`
    """
    if cost is None:
        raise Invalid.field("unit_cost", "Say what it cost: per unit or in total.", code="cost_required")
    return cost

"""Sets the stage: items, recipes, gift boxes, and what stood on the shelves on the first morning."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from app.catalog.services import items, unit_conversion
from app.catalog.services.items import NewItem
from app.catalog.services.unit_conversion import ItemUnits
from app.demo.services import workshop
from app.demo.services.staff import Staff
from app.demo.services.workshop import Facts, Material
from app.inventory.services import adjustment
from app.inventory.services.adjustment import Receipt
from app.kernel import numbers
from app.kernel.actor import Actor
from app.kernel.numbers import Money, Quantity
from app.recipes.services import versions
from app.recipes.services.saying import SaidLine, SaidOutput
from app.recipes.services.versions import Making

_INTERMEDIATE = {"blend-juniper-forest", "lotion-lavender-base"}
_LOW_WEEKS = 2


@dataclass(frozen=True, slots=True)
class Stage:
    """Ids by code."""

    items: dict[str, UUID]
    versions: dict[str, UUID]


def set_stage(staff: Staff, first_day: date) -> Stage:
    """Everything that was there before the first day."""
    evening = staff.at(first_day - timedelta(days=1), 18)
    made = {code: staff.do(staff.owner, evening, items.create, said).id for code, said in _new_items()}
    known = {
        said["code"]: staff.do(staff.owner, evening, _write_recipe, said)
        for said in workshop.recipes() + workshop.assemblies()
    }
    _open_shelves(staff, first_day, made)
    return Stage(made, known)


def _new_items() -> list[tuple[str, NewItem]]:
    bought = [(material.code, _bought(material)) for material in workshop.materials().values()]
    return bought + [(code, _made(code, name, life)) for code, (name, life) in workshop.made_names().items()]


def _bought(material: Material) -> NewItem:
    low = material.reorder_at * material.pack_quantity * in_stock_unit(material)
    return NewItem(
        code=material.code,
        name=material.name,
        type=material.type,
        unit=material.unit,
        category=material.category,
        density=unit_conversion.density(mass=Decimal(material.density), volume=Decimal(1))
        if material.density
        else None,
        tracked=material.tracked,
        perishable=material.shelf_life_days is not None and material.tracked,
        shelf_life_days=material.shelf_life_days,
        low_stock_level=numbers.to_micro(round(low)) if material.tracked else None,
    )


def _made(code: str, name: str, shelf_life_days: int | None) -> NewItem:
    weekly = sum(
        (Fraction(product["weekly_online"]) + Fraction(product["per_market"])) * int(product["item_quantity"])
        for product in workshop.products()
        if product["item"] == code
    )
    return NewItem(
        code=code,
        name=name,
        type="intermediate" if code in _INTERMEDIATE else "product",
        unit="g" if code in _INTERMEDIATE else "each",
        category="Blends and bases" if code in _INTERMEDIATE else code.split("-", maxsplit=1)[0].capitalize(),
        perishable=shelf_life_days is not None,
        shelf_life_days=shelf_life_days,
        low_stock_level=numbers.to_micro(round(weekly * _LOW_WEEKS)) if weekly else None,
    )


def _write_recipe(actor: Actor, said: Facts) -> UUID:
    output = said["output"]
    return versions.create(
        actor,
        name=said["name"],
        prefix="".join(part[0] for part in said["code"].split("-")).upper(),
        kind="assembly" if said["kind"] == "assembly" else "production",
        making=Making(
            output=SaidOutput(Quantity(Decimal(output["quantity"]), output["unit"]), item=output["item"]),
            lines=tuple(
                SaidLine(Quantity(Decimal(line["quantity"]), line["unit"]), item=line["item"]) for line in said["lines"]
            ),
            instructions=_instructions(said),
        ),
    )


def _instructions(said: Facts) -> str | None:
    parts = [str(said[name]).strip() for name in ("method", "notes", "label_net_weight") if said.get(name)]
    return ". ".join(part[:1].upper() + part[1:] for part in parts) or None


def _open_shelves(staff: Staff, first_day: date, made: dict[str, UUID]) -> None:
    morning = staff.at(first_day, 6)
    for material in workshop.materials().values():
        if material.opening_packs:
            said = Receipt(
                item_id=made[material.code],
                quantity=Quantity(
                    Decimal(material.opening_packs) * decimal(material.pack_quantity), material.pack_unit
                ),
                total_cost=Money(decimal(material.opening_packs * material.pack_price)),
                kind="opening",
                received_on=first_day - timedelta(days=21),
                supplier=workshop.suppliers()[material.supplier]["name"],
                supplier_lot=supplier_lot(material, first_day - timedelta(days=21), 0),
            )
            staff.do(staff.owner, morning, adjustment.receive, said)
    for product in workshop.products():
        _open_product(staff, first_day, made, product)


def _open_product(staff: Staff, first_day: date, made: dict[str, UUID], product: Facts) -> None:
    ages = product["opening_made_days_ago"]
    for age in ages:
        units = int(product["opening_units"]) // len(ages)
        said = Receipt(
            item_id=made[product["item"]],
            quantity=Quantity(Decimal(units)),
            total_cost=Money(numbers.from_micro(numbers.to_micro(cost_of(product["item"]) * units))),
            kind="opening",
            received_on=first_day - timedelta(days=age),
        )
        staff.do(staff.owner, staff.at(first_day, 6), adjustment.receive, said)


def cost_of(code: str) -> Fraction:
    """What one stock unit costs in materials at the file's prices."""
    material = workshop.materials().get(code)
    if material is not None:
        return (
            material.pack_price / (material.pack_quantity * in_stock_unit(material))
            if material.tracked
            else Fraction(0)
        )
    recipe = next(said for said in workshop.recipes() + workshop.assemblies() if said["output"]["item"] == code)
    whole = sum(cost_of(line["item"]) * Fraction(line["quantity"]) for line in recipe["lines"])
    packing = sum(cost_of(line["item"]) * Fraction(line["quantity"]) for line in recipe.get("packaging_per_unit", ()))
    return Fraction(whole) / Fraction(recipe["output"]["quantity"]) + packing


def in_stock_unit(material: Material) -> Fraction:
    """How many stock units one pack unit is."""
    if not material.tracked:
        return Fraction(1)
    return unit_conversion.convert(Fraction(1), material.pack_unit, material.unit, ItemUnits(stock_unit=material.unit))


def supplier_lot(material: Material, day: date, number: int) -> str:
    """`NORTHFOLD-2608-014`."""
    return f"{material.supplier.upper()}-{day:%y%m}-{number:03d}"


def decimal(amount: Fraction | int) -> Decimal:
    """The Decimal nearest to `amount`, six digits."""
    return numbers.from_micro(numbers.to_micro(Fraction(amount)))

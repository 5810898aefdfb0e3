"""The authority on items: what is kept in stock, by which name, code and unit. Knows no quantity of any."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.catalog.models import ITEM_TYPES, Item, ItemUnit
from app.catalog.services import unit_conversion
from app.catalog.services.unit_conversion import Density, ItemUnits, Part
from app.identity.models import Organization
from app.kernel import clock, ids, numbers, text
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.permissions import Permission
from app.kernel.words import phrase
from app.platform.database import db
from app.platform.tenancy import select_for
from app.subscriptions.services import gates
from app.subscriptions.services.tiers import Limit

REFERENCE = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
"""An id or a code. Nothing else is asked of the database."""

PRODUCT = "product"
"""The type that plans count."""

LONGEST_SHELF_LIFE = 36_500
_NAMELESS = "item"  # the code of a name without a letter that a code may hold


class AlreadyExists(Conflict):
    """A code or a live name that is taken; `details.field` says which."""

    code = "already_exists"


@dataclass(frozen=True, slots=True)
class NewItem:
    """What is said of a new item. `low_stock_level` in millionths of the unit; `code` None: made from the name."""

    name: str
    type: str
    unit: str
    code: str | None = None
    category: str | None = None
    density: Density | None = None
    tracked: bool = True
    perishable: bool = False
    shelf_life_days: int | None = None
    fefo: bool = False
    low_stock_level: int | None = None
    barcode: str | None = None


def find(actor: Actor, reference: str, *, field: str | None = None) -> Item:
    """The item with this id or code.

    field:  of the body or query that names it; None when it stands in a path
    raises: NotFound, the same for what never was and for somebody else's
    """
    return find_each(actor, {field or "": reference})[field or ""]


def find_each(actor: Actor, references: Mapping[str, str]) -> dict[str, Item]:
    """Items by the fields that name them, by id or code, in one statement: `{"lines.0.item": "flour"}`.

    raises: NotFound, naming every field that points nowhere
    """
    found = find_known(actor, references.values())
    missing = [field for field, said in references.items() if said not in found]
    if missing:
        message = "That item does not exist."
        raise NotFound(message, errors={field: [message] for field in missing if field})
    return {field: found[said] for field, said in references.items()}


def find_known(actor: Actor, references: Iterable[str]) -> dict[str, Item]:
    """Those of the items with these ids or codes that are there, in one statement."""
    asked = [said for said in references if REFERENCE.fullmatch(said)]
    found = _by_reference(_named(actor, asked)) if asked else {}
    return {said: found[said.lower()] for said in asked if said.lower() in found}


def get_each(actor: Actor, item_ids: Iterable[UUID]) -> dict[UUID, Item]:
    """Items by id, in one statement. Those that are not there are left out."""
    rows = db.session.scalars(select_for(actor, Item).where(Item.id.in_(sorted(set(item_ids)))))
    return {item.id: item for item in rows}


def wait_for_others(actor: Actor) -> None:
    """One hand at a time on the names of an organization's items: two would give the same code or barcode twice."""
    row = sa.select(Organization.id).where(Organization.id == actor.organization_id)
    db.session.execute(row.with_for_update(key_share=True))


def create(actor: Actor, said: NewItem) -> Item:
    """Make an item.

    raises: Invalid, UnknownUnit; AlreadyExists for a taken code or live name; LimitReached
    """
    actor.require(Permission.CATALOG_EDIT)
    if said.type == PRODUCT:
        gates.check(actor, Limit.PRODUCTS)
    wait_for_others(actor)
    name_key = text.search_key(said.name)
    _check(said.type, said.shelf_life_days)
    _refuse_taken_name(actor, name_key)
    code = _free_code(actor, said.code, said.name)
    item = Item(
        organization_id=actor.organization_id,
        id=ids.uuid7(),
        code=code,
        code_key=code.lower(),
        name=said.name,
        name_key=name_key,
        type=said.type,
        unit=unit_conversion.stock_unit(said.unit),
        category=said.category,
        tracked=said.tracked,
        perishable=said.perishable,
        shelf_life_days=said.shelf_life_days,
        fefo=said.fefo,
        low_stock_level=said.low_stock_level,
        barcode=said.barcode,
        created_at=clock.now(),
        **_density_columns(said.density),
    )
    db.session.add(item)
    db.session.flush()
    return item


def change(actor: Actor, item: Item, said: Mapping[str, Any]) -> Item:
    """Change the fields that `said` names; None empties one that may be empty.

    said:   name, code, type, unit, category, density (a Density), tracked, perishable, shelf_life_days, fefo,
            low_stock_level (millionths), barcode, archived
    raises: Invalid, AlreadyExists, LimitReached. What stock forbids is inventory's to say: it comes first
    """
    actor.require(Permission.CATALOG_EDIT)
    require_room(actor, item, said)
    values = dict(said)
    _check(values.get("type", item.type), values.get("shelf_life_days"))
    if "unit" in values:
        values |= _in_new_unit(actor, item, values)
    if "density" in values:
        values |= _density_columns(values.pop("density"))
    if "code" in values:
        values |= _new_code(actor, item, values["code"])
    values |= _new_name(actor, item, values.get("name", item.name), archived=values.pop("archived", None))
    for name, value in values.items():
        setattr(item, name, value)
    db.session.flush()
    return item


def require_room(actor: Actor, item: Item, said: Mapping[str, Any]) -> None:
    """Pass when the plan has room for what the change makes of the item: a product, or a live one again.

    Asked before anything else is locked: with a limit it locks the organization's row.
    raises: LimitReached
    """
    archived = item.archived_at is not None
    stays_away = archived if said.get("archived") is None else said["archived"]
    counts = said.get("type", item.type) == PRODUCT and not stays_away
    if counts and (item.type != PRODUCT or archived):
        gates.check(actor, Limit.PRODUCTS)


def units_of(actor: Actor, item: Item) -> ItemUnits:
    """What is known about the units of `item`, for unit conversion."""
    return units_of_each(actor, [item])[item.id]


def units_of_each(actor: Actor, items: Iterable[Item]) -> dict[UUID, ItemUnits]:
    """The units of several items by item id, in one statement."""
    by_id = {item.id: item for item in items}
    own: dict[UUID, dict[str, tuple[int, str]]] = {item_id: {} for item_id in by_id}
    for row in db.session.scalars(select_for(actor, ItemUnit).where(ItemUnit.item_id.in_(sorted(by_id)))):
        own[row.item_id][row.name_key] = (row.quantity, row.unit)
    return {item_id: _units(item, own[item_id]) for item_id, item in by_id.items()}


def density_of(item: Item) -> Density | None:
    """The item's density as it was said, or None."""
    if item.density_mass is None or item.density_volume is None:
        return None
    return Density(item.density_mass, item.density_volume, item.density_mass_unit or "", item.density_volume_unit or "")


def _units(item: Item, own: Mapping[str, tuple[int, str]]) -> ItemUnits:
    return ItemUnits(item.unit, density_of(item), own, item.id, item.name)


def _named(actor: Actor, references: Iterable[str]) -> Iterable[Item]:
    keys = {said.lower() for said in references}
    known = [found for said in references if (found := ids.parse(said))]
    return db.session.scalars(
        select_for(actor, Item).where(sa.or_(Item.id.in_(known), Item.code_key.in_(keys))).order_by(Item.id)
    )


def _by_reference(items: Iterable[Item]) -> dict[str, Item]:
    """By code and by id; where a code looks like another item's id, the id counts."""
    rows = list(items)
    return {item.code_key: item for item in rows} | {str(item.id): item for item in rows}


def _check(item_type: str, shelf_life_days: int | None) -> None:
    if item_type not in ITEM_TYPES:
        raise Invalid.field("type", phrase("Must be one of %(choices)s.", choices=", ".join(ITEM_TYPES)))
    if shelf_life_days is not None and not 1 <= shelf_life_days <= LONGEST_SHELF_LIFE:
        raise Invalid.field(
            "shelf_life_days",
            phrase("Must be from 1 to %(most)s days.", most=LONGEST_SHELF_LIFE),
        )


def _density_columns(density: Density | None) -> dict[str, Any]:
    return {
        "density_mass": density and density.mass_micro,
        "density_mass_unit": density and density.mass_unit,
        "density_volume": density and density.volume_micro,
        "density_volume_unit": density and density.volume_unit,
    }


def _in_new_unit(actor: Actor, item: Item, values: Mapping[str, Any]) -> dict[str, Any]:
    """The unit's code; a low stock level that was not said anew goes along, converted."""
    unit = unit_conversion.stock_unit(values["unit"])
    if unit == item.unit or item.low_stock_level is None or "low_stock_level" in values:
        return {"unit": unit}
    units = units_of(actor, item)
    if "density" in values:
        units = replace(units, density=values["density"])
    level = Part(Fraction(item.low_stock_level, numbers.MICRO), item.unit)
    return {"unit": unit, "low_stock_level": unit_conversion.in_unit([level], unit, units, field="low_stock_level")}


def _new_code(actor: Actor, item: Item, code: str) -> dict[str, Any]:
    if code.lower() != item.code_key:
        code = _free_code(actor, code, item.name)
    return {"code": code, "code_key": code.lower()}


def _new_name(actor: Actor, item: Item, name: str, *, archived: bool | None) -> dict[str, Any]:
    """Name and archiving together: only live names are unique, so both leaving and coming back ask."""
    key = text.search_key(name)
    was_live = item.archived_at is None
    stays_live = was_live if archived is None else not archived
    if stays_live and (key != item.name_key or not was_live):
        _refuse_taken_name(actor, key)
    values: dict[str, Any] = {"name": name, "name_key": key}
    if stays_live != was_live:
        values["archived_at"] = None if stays_live else clock.now()
    return values


def _refuse_taken_name(actor: Actor, key: str) -> None:
    taken = select_for(actor, Item).where(Item.name_key == key, Item.archived_at.is_(None)).limit(1)
    if db.session.scalar(taken) is not None:
        raise AlreadyExists("There is an item of that name already.", field="name")


def _free_code(actor: Actor, said: str | None, name: str) -> str:
    """The code that was said, if it is free; else the first free one of `name`, `name-2`, `name-3` ..."""
    base = said or text.slug(name) or _NAMELESS
    taken = _codes_like(actor, base.lower())
    if base.lower() not in taken:
        return base
    if said:
        raise AlreadyExists(phrase("The code %(said)s is taken.", said=said), field="code")
    return next(code for number in range(2, len(taken) + 3) if (code := f"{base}-{number}") not in taken)


def _codes_like(actor: Actor, base: str) -> set[str]:
    alike = Item.code_key.startswith(f"{base}-", autoescape=True)
    columns = sa.select(Item.code_key).where(Item.organization_id == actor.organization_id)
    return set(db.session.scalars(columns.where(sa.or_(Item.code_key == base, alike))))

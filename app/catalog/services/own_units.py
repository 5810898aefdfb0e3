"""The authority on an organization's own units of an item: one bar of this soap is 113 g."""

from collections.abc import Callable
from decimal import Decimal

import sqlalchemy as sa

from app.catalog.models import Item, ItemUnit
from app.catalog.services import items, unit_conversion
from app.kernel import ids
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, NotFound
from app.kernel.permissions import Permission
from app.kernel.words import phrase
from app.platform.database import db
from app.platform.tenancy import select_for

Use = Callable[[Actor, Item, str], str | None]
"""Asked before a unit goes: (actor, item, the unit's key) to a text like `the recipe Soap`, or None: not used."""

_uses: list[Use] = []
_LONGEST = 60


class UnitInUse(Conflict):
    """Something is said in this unit, or the item's stock is kept in it."""

    code = "unit_in_use"


def asks_before_removal(use: Use) -> Use:
    """Register a question that a higher area answers: who else says amounts in this unit?"""
    if use not in _uses:
        _uses.append(use)
    return use


def put(actor: Actor, item: Item, name: str, *, quantity: Decimal, unit: str | None) -> ItemUnit:
    """Say that one `name` of this item is `quantity` of `unit` (None: the item's own); replaces what was said before.

    raises: Invalid, UnknownUnit
    """
    actor.require(Permission.CATALOG_EDIT)
    known = items.units_of(actor, item)
    key, micro, target = unit_conversion.own_unit(name, quantity=quantity, unit=unit or item.unit, item=known)
    row = _row(actor, item, key)
    if row is None:
        row = ItemUnit(organization_id=actor.organization_id, id=ids.uuid7(), item_id=item.id, name_key=key)
        db.session.add(row)
    row.name, row.quantity, row.unit = name, micro, target
    db.session.flush()
    return row


def of(actor: Actor, item: Item) -> list[ItemUnit]:
    """The own units of `item`, by name."""
    return list(
        db.session.scalars(select_for(actor, ItemUnit).where(ItemUnit.item_id == item.id).order_by(ItemUnit.name_key))
    )


def find(actor: Actor, item: Item, name: str) -> ItemUnit:
    """The own unit of this name. raises: NotFound"""
    row = _row(actor, item, unit_conversion.name_key(name)) if len(name) <= _LONGEST and name.isprintable() else None
    if row is None:
        raise NotFound("This item has no such unit.")
    return row


def remove(actor: Actor, item: Item, name: str) -> ItemUnit:
    """Forget an own unit. raises: NotFound; UnitInUse, saying what uses it"""
    actor.require(Permission.CATALOG_EDIT)
    row = find(actor, item, name)
    used_by = _dependent(actor, row) or next((said for use in _uses if (said := use(actor, item, row.name_key))), None)
    if used_by:
        raise UnitInUse(phrase("%(name)s is used by %(used_by)s.", name=row.name, used_by=used_by), used_by=used_by)
    db.session.delete(row)
    db.session.flush()
    return row


def _row(actor: Actor, item: Item, key: str) -> ItemUnit | None:
    wanted = select_for(actor, ItemUnit).where(ItemUnit.item_id == item.id, ItemUnit.name_key == key)
    found: ItemUnit | None = db.session.scalar(wanted)
    return found


def _dependent(actor: Actor, row: ItemUnit) -> str | None:
    """The own unit of the same item that is said through this one."""
    others = (
        sa.select(ItemUnit.name)
        .where(ItemUnit.organization_id == actor.organization_id, ItemUnit.item_id == row.item_id)
        .where(ItemUnit.unit == row.name_key, ItemUnit.id != row.id)
        .limit(1)
    )
    name = db.session.scalar(others)
    return f"the unit {name}" if name else None

"""Changes of items that depend on their stock: the unit, and whether it is tracked. The rest is the catalog's."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from app.catalog.models import Item, ItemUnit
from app.catalog.services import items, own_units, unit_conversion
from app.catalog.services.own_units import UnitInUse
from app.inventory.models import StockBalance, StockMovement, StockPosting
from app.kernel.actor import Actor
from app.kernel.errors import Conflict
from app.kernel.permissions import Permission
from app.kernel.words import phrase
from app.platform.database import execute


class HasStock(Conflict):
    """Something is on hand, so the item stays tracked."""

    code = "has_stock"


def change(actor: Actor, item: Item, said: Mapping[str, Any]) -> Item:
    """`catalog.services.items.change`, unless stock forbids it. The balance is locked first, like a movement does.

    raises: UnitInUse once there is history; HasStock; and what the catalog raises
    """
    actor.require(Permission.CATALOG_EDIT)
    new_unit = "unit" in said and unit_conversion.stock_unit(said["unit"]) != item.unit
    new_tracking = said.get("tracked", item.tracked) != item.tracked
    if new_unit or new_tracking:
        items.require_room(actor, item, said)  # its lock, the organization's, comes before the balance's
        balance = execute(_LOCK, {"o": actor.organization_id, "i": item.id}).one()
        if new_unit and balance.version:
            raise UnitInUse(
                phrase("%(name)s has stock history in %(unit)s, so its unit stays.", name=item.name, unit=item.unit),
                unit=item.unit,
            )
        if new_tracking and balance.on_hand:
            raise HasStock(
                phrase("There is %(name)s on hand: count it to zero first.", name=item.name), field="tracked"
            )
    return items.change(actor, item, said)


def remove_unit(actor: Actor, item: Item, name: str) -> ItemUnit:
    """Forget an own unit in which nothing was ever said.

    raises: NotFound, UnitInUse
    """
    actor.require(Permission.CATALOG_EDIT)
    row = own_units.find(actor, item, name)
    known = items.units_of(actor, item)
    typed = execute(_TYPED_UNITS, {"o": actor.organization_id, "i": item.id})
    if any(known.own_key(said.entered_unit) == row.name_key for said in typed):
        raise UnitInUse(
            phrase("Stock of %(item)s was entered in %(unit)s.", item=item.name, unit=row.name),
            used_by="stock history",
        )
    return own_units.remove(actor, item, name)


_LOCK = (
    sa.select(StockBalance.version, StockBalance.on_hand)
    .where(StockBalance.organization_id == sa.bindparam("o"), StockBalance.item_id == sa.bindparam("i"))
    .with_for_update(key_share=True)
)
_TYPED_UNITS = (
    sa.select(StockPosting.entered_unit)
    .join(
        StockMovement,
        sa.and_(
            StockMovement.organization_id == StockPosting.organization_id, StockMovement.posting_id == StockPosting.id
        ),
    )
    .where(
        StockMovement.organization_id == sa.bindparam("o"),
        StockMovement.item_id == sa.bindparam("i"),
        StockPosting.entered_unit.is_not(None),
    )
    .distinct()
)

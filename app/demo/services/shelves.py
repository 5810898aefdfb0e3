"""What the demo's people see when they look at the shelves: on hand and usable, read as any page would."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from app.demo.services.staff import Staff
from app.inventory.models import Lot, StockBalance
from app.inventory.services import stock_check
from app.inventory.services.adjustment import Need
from app.kernel.actor import Actor
from app.platform import tenancy
from app.platform.database import db
from app.platform.tenancy import select_for


def on_hand(staff: Staff) -> dict[UUID, int]:
    """Millionths of the stock unit, by item."""
    tenancy.bind(staff.organization.id)
    statement = sa.select(StockBalance.item_id, StockBalance.on_hand).where(
        StockBalance.organization_id == staff.organization.id
    )
    return {row.item_id: row.on_hand for row in db.session.execute(statement)}


def usable(actor: Actor, item_id: UUID) -> int:
    """How much of an item can be used or sold now."""
    return stock_check.check(actor, [Need(item_id, 0)]).lines[0].available or 0


def open_lots(actor: Actor, item_id: UUID) -> list[Lot]:
    """The lots of an item that hold something, oldest first."""
    wanted = select_for(actor, Lot).where(Lot.item_id == item_id, Lot.remaining_quantity > 0)
    return list(db.session.scalars(wanted.order_by(Lot.received_on, Lot.sequence, Lot.line)))


def lots_of_batch(actor: Actor, batch_id: UUID) -> list[Lot]:
    """What a batch made."""
    return list(db.session.scalars(select_for(actor, Lot).where(Lot.source_id == batch_id)))


def expired_quantity(actor: Actor, item_id: UUID, today: date) -> int:
    """How much of an item is past its date."""
    return sum(lot.remaining_quantity for lot in open_lots(actor, item_id) if lot.expires_on and lot.expires_on < today)

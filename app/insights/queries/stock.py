"""Stock at a glance: what goes off soon, and what lies on the shelf by type. What is low, `inventory` lists."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.catalog.models import Item
from app.inventory.models import Lot, StockBalance
from app.inventory.services import expiration
from app.kernel.actor import Actor
from app.platform.database import execute
from app.platform.types import Day, Micro

SOON_DAYS = 30
_SHOWN = 6
_ALMOST_GONE_DAYS = 14


@dataclass(frozen=True, slots=True)
class ExpiringLot:
    """A lot with something left in it that goes off soon, or has. `remaining` in millionths of `unit`."""

    code: str
    item_id: UUID
    item: str
    unit: str
    remaining: int
    expires_on: date
    life_percent: str | None
    urgent: bool


@dataclass(frozen=True, slots=True)
class TypeValue:
    """What the stock of one type of item is worth, in millionths of the currency."""

    type: str
    value: int


def expiring(actor: Actor, today: date) -> tuple[ExpiringLot, ...]:
    """The lots that go off within 30 days, the first to go first; what went off already leads."""
    asked = {"o": actor.organization_id, "after": today + timedelta(days=SOON_DAYS + 1)}
    return tuple(
        ExpiringLot(
            row.fifo_code,
            row.item_id,
            row.name,
            row.unit,
            row.remaining_quantity,
            row.expires_on,
            expiration.life_remaining_percent(received_on=row.received_on, expires_on=row.expires_on, today=today),
            urgent=row.expires_on <= today + timedelta(days=_ALMOST_GONE_DAYS),
        )
        for row in execute(_EXPIRING, asked)
    )


def value_by_type(actor: Actor) -> tuple[TypeValue, ...]:
    """What the shelf is worth, the largest part first. Types without value are left out."""
    return tuple(TypeValue(row.type, int(row.worth)) for row in execute(_VALUES, {"o": actor.organization_id}))


_SAME_ITEM = sa.and_(Item.organization_id == Lot.organization_id, Item.id == Lot.item_id)
_AFTER: sa.BindParameter[date] = sa.bindparam("after", type_=Day())
_EXPIRING = (
    sa.select(
        Lot.fifo_code,
        Lot.item_id,
        Lot.received_on,
        Lot.expires_on,
        Lot.remaining_quantity,
        Item.name,
        Item.unit,
    )
    .join(Item, _SAME_ITEM)
    .where(Lot.organization_id == sa.bindparam("o"), Lot.remaining_quantity > 0)
    .where(sa.not_(expiration.good_on(_AFTER)))
    .order_by(Lot.expires_on, Lot.received_on, Lot.sequence, Lot.line)
    .limit(_SHOWN)
)
_WORTH = sa.cast(sa.func.sum(StockBalance.value), Micro)
_VALUES = (
    sa.select(Item.type, _WORTH.label("worth"))
    .join(Item, sa.and_(Item.organization_id == StockBalance.organization_id, Item.id == StockBalance.item_id))
    .where(StockBalance.organization_id == sa.bindparam("o"), StockBalance.value > 0)
    .group_by(Item.type)
    .order_by(_WORTH.desc(), Item.type)
)

"""Stock at a glance: what goes off soon, what runs out when, and what lies on the shelf by type."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.catalog.models import Item
from app.inventory.models import Lot, StockBalance
from app.inventory.queries import pace
from app.inventory.services import expiration
from app.kernel.actor import Actor
from app.platform.prepared import Prepared
from app.platform.types import Day, Micro

SOON_DAYS = 30
_SHOWN = 6
_ALMOST_GONE_DAYS = 14
_RUNS_OUT_DAYS = 14
_LOOKED_AT = 40
_FAR = 10_000


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
class RunningOut:
    """An item that will be short. Quantities in millionths of `unit`.

    days_left: how long what is usable lasts at the recent pace; None where nothing was used
    low:       it is below its low-stock level
    """

    code: str
    name: str
    type: str
    unit: str
    usable: int
    low_stock_level: int | None
    days_left: int | None
    low: bool


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
        for row in _EXPIRING.rows(asked)
    )


def running_out(actor: Actor, today: date) -> tuple[RunningOut, ...]:
    """What is below its level, or lasts two weeks at the pace of the last ones; what is gone leads."""
    asked = pace.asked(actor, today) | {"today": today}
    found = [_running_out(row, today) for row in _RUNNING_OUT.rows(asked)]
    wanted = [row for row in found if row.low or (row.days_left is not None and row.days_left <= _RUNS_OUT_DAYS)]
    return tuple(sorted(wanted, key=_urgency)[:_SHOWN])


def _running_out(row: Any, today: date) -> RunningOut:
    usable, used = int(row.usable), int(row.used)
    since = min(row.first_use, row.created_at.date()) if row.first_use else None
    days = pace.days_left(available=usable, used=used, known_since=since, today=today)
    low = row.low_stock_level is not None and usable < row.low_stock_level
    return RunningOut(row.code, row.name, row.type, row.unit, usable, row.low_stock_level, days, low)


def _urgency(row: RunningOut) -> tuple[bool, int, str]:
    return (row.usable > 0, _FAR if row.days_left is None else row.days_left, row.name)


def value_by_type(actor: Actor) -> tuple[TypeValue, ...]:
    """What the shelf is worth, the largest part first. Types without value are left out."""
    return tuple(TypeValue(row.type, int(row.worth)) for row in _VALUES.rows({"o": actor.organization_id}))


_SAME_ITEM = sa.and_(Item.organization_id == Lot.organization_id, Item.id == Lot.item_id)
_AFTER: sa.BindParameter[date] = sa.bindparam("after", type_=Day())
_EXPIRING = Prepared(
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
    .where(Lot.organization_id == sa.bindparam("o"), Lot.remaining_quantity > sa.literal_column("0"))
    .where(sa.not_(expiration.good_on(_AFTER)))
    .order_by(Lot.expires_on, Lot.received_on, Lot.sequence, Lot.line)
    .limit(_SHOWN)
)
_WORTH = sa.cast(sa.func.sum(StockBalance.value), Micro)
_VALUES = Prepared(
    sa.select(Item.type, _WORTH.label("worth"))
    .join(Item, sa.and_(Item.organization_id == StockBalance.organization_id, Item.id == StockBalance.item_id))
    .where(StockBalance.organization_id == sa.bindparam("o"), StockBalance.value > 0)
    .group_by(Item.type)
    .order_by(_WORTH.desc(), Item.type)
)

_TODAY: sa.BindParameter[date] = sa.bindparam("today", type_=Day())
_OPEN = (
    sa.select(Lot.item_id, sa.func.sum(Lot.remaining_quantity).label("usable"))
    .where(Lot.organization_id == sa.bindparam("o"), Lot.remaining_quantity > sa.literal_column("0"))
    .where(Lot.on_hold == sa.false(), expiration.good_on(_TODAY))
    .group_by(Lot.item_id)
    .subquery("open_lots")
)
_USABLE = sa.cast(sa.func.coalesce(_OPEN.c.usable, 0), Micro)
_USED = sa.cast(sa.func.coalesce(pace.USED.c.used, 0), Micro)
_RUNNING_OUT = Prepared(
    sa.select(
        Item.code,
        Item.name,
        Item.type,
        Item.unit,
        Item.low_stock_level,
        Item.created_at,
        _USABLE.label("usable"),
        _USED.label("used"),
        pace.USED.c.first_use,
    )
    .outerjoin(_OPEN, _OPEN.c.item_id == Item.id)
    .outerjoin(pace.USED, pace.USED.c.item_id == Item.id)
    .where(Item.organization_id == sa.bindparam("o"), Item.tracked == sa.true(), Item.archived_at.is_(None))
    .where(sa.or_(Item.low_stock_level > _USABLE, _USED > _USABLE))
    .order_by(_USABLE > 0, _USABLE // sa.case((_USED >= 1000, _USED // 1000), else_=1), Item.name)
    .limit(_LOOKED_AT)
)

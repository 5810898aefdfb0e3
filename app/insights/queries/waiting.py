"""What waits for somebody's word: facts that only a person can settle. One statement each, the oldest first."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.catalog.models import Item
from app.inventory.models import Lot, LotChange, PostingNote, StockMovement, StockPosting
from app.kernel.actor import Actor
from app.platform.prepared import Prepared
from app.platform.types import Day, Micro

_SHOWN = 3
_COUNTED_DAYS = 7


@dataclass(frozen=True, slots=True)
class Undated:
    """A lot of something perishable that came without a date. Quantity in millionths of `unit`."""

    code: str
    item: str
    unit: str
    remaining: int
    received_on: date


@dataclass(frozen=True, slots=True)
class Differing:
    """A count that differed from the book. `quantity` signed; `cost` in millionths of the currency."""

    posting_id: UUID
    item: str
    unit: str
    quantity: int
    cost: int
    counted_on: date


@dataclass(frozen=True, slots=True)
class Held:
    """A lot on hold since a day, and how many there are in all."""

    code: str
    item: str
    unit: str
    remaining: int
    since: date
    reason: str | None
    of: int


def undated(actor: Actor) -> tuple[Undated, ...]:
    """Lots without a use-by date, though their item goes off."""
    return tuple(Undated(*tuple(row)) for row in _UNDATED.rows({"o": actor.organization_id}))


def differing(actor: Actor, today: date) -> tuple[Differing, ...]:
    """Counts of the last week that differed and still stand, the dearest first."""
    asked = {"o": actor.organization_id, "since": today - timedelta(days=_COUNTED_DAYS)}
    return tuple(
        Differing(row.id, row.name, row.unit, int(row.quantity), int(row.cost), row.business_date)
        for row in _DIFFERING.rows(asked)
    )


def held(actor: Actor) -> tuple[Held, ...]:
    """Lots that nothing may use until somebody releases them, the longest held first."""
    return tuple(Held(*tuple(row)) for row in _HELD.rows({"o": actor.organization_id}))


def _same(one: Any, other: Any) -> sa.ColumnElement[bool]:
    return sa.and_(one.organization_id == other.organization_id, one.organization_id == sa.bindparam("o"))


def _beside(table: Any, known: Any) -> sa.ColumnElement[bool]:
    """Rows of the same organization, looked for after `known`: of a bare column SQLite may begin with every item."""
    return table.organization_id == sa.func.coalesce(known.organization_id, known.organization_id)  # type: ignore[no-any-return]


_ITEM_OF_LOT = sa.and_(_same(Item, Lot), Item.id == Lot.item_id)
_UNDATED = Prepared(
    sa.select(Lot.fifo_code, Item.name, Item.unit, Lot.remaining_quantity, Lot.received_on)
    .join(Item, _ITEM_OF_LOT)
    .where(Lot.organization_id == sa.bindparam("o"), Lot.remaining_quantity > sa.literal_column("0"))
    .where(Lot.expires_on.is_(None), Lot.on_hold == sa.false(), Item.perishable == sa.true())
    .order_by(Lot.received_on, Lot.sequence, Lot.line)
    .limit(_SHOWN)
)
_DIFFERENCE = sa.cast(sa.func.sum(StockMovement.cost), Micro)
_Undo = aliased(StockPosting, name="undo")
_DIFFERING = Prepared(
    sa.select(
        StockPosting.id,
        Item.name,
        Item.unit,
        sa.cast(sa.func.sum(StockMovement.quantity), Micro).label("quantity"),
        _DIFFERENCE.label("cost"),
        StockPosting.business_date,
    )
    .join(StockMovement, sa.and_(_beside(StockMovement, StockPosting), StockMovement.posting_id == StockPosting.id))
    .join(Item, sa.and_(_beside(Item, StockMovement), Item.id == StockMovement.item_id))
    .where(StockPosting.organization_id == sa.bindparam("o"), StockPosting.kind == "count")
    .where(StockPosting.business_date >= sa.bindparam("since", type_=Day()))
    .where(~sa.exists().where(_same(_Undo, StockPosting), _Undo.reverses == StockPosting.id))
    .group_by(StockPosting.id, Item.name, Item.unit, StockPosting.business_date)
    .order_by(sa.func.abs(_DIFFERENCE).desc(), StockPosting.id)
    .limit(_SHOWN)
)
_HELD = Prepared(
    sa.select(
        Lot.fifo_code,
        Item.name,
        Item.unit,
        Lot.remaining_quantity,
        StockPosting.business_date,
        PostingNote.reason,
        sa.func.count().over().label("held"),
    )
    .join(Item, _ITEM_OF_LOT)
    .join(LotChange, sa.and_(_same(LotChange, Lot), LotChange.lot_id == Lot.id, LotChange.number == Lot.changes))
    .join(StockPosting, sa.and_(_same(StockPosting, LotChange), StockPosting.id == LotChange.posting_id))
    .outerjoin(PostingNote, sa.and_(_same(PostingNote, StockPosting), PostingNote.posting_id == StockPosting.id))
    .where(
        Lot.organization_id == sa.bindparam("o"),
        Lot.on_hold == sa.true(),
        Lot.remaining_quantity > sa.literal_column("0"),
    )
    .order_by(StockPosting.business_date, Lot.sequence, Lot.line)
    .limit(_SHOWN)
)

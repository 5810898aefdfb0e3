"""What went into and out of lots, net of what was taken back: the rows that a trace is made of.

The database walks from lot to lot itself, both ways in one statement; very long lists of ids go in slices.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.catalog.models import Item, Supplier
from app.inventory.models import Lot, PostingNote, StockMovement, StockPosting
from app.kernel.actor import Actor
from app.platform.database import execute
from app.platform.types import Micro

BATCH = "batch"
_SLICE = 5_000
_Back = aliased(StockMovement, name="back")
_Birth = aliased(StockMovement, name="birth")


@dataclass(frozen=True, slots=True)
class LotFacts:
    """A lot of a trace. `received`: what came in and was not taken back."""

    id: UUID
    fifo_code: str
    item_id: UUID
    item_code: str
    item_name: str
    unit: str
    supplier_lot: str | None
    supplier_id: UUID | None
    supplier: str | None
    source_type: str
    source_id: UUID
    source_label: str
    received: int
    remaining: int
    on_hold: bool


@dataclass(frozen=True, slots=True)
class Outflow:
    """So much left a lot by one posting; above zero."""

    lot_id: UUID
    unit: str
    quantity: int
    posting_id: UUID
    kind: str
    number: int
    business_date: date
    source_type: str
    source_id: UUID | None
    source_label: str | None
    recipient: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Inflow:
    """So much of a lot went into a batch; above zero."""

    lot_id: UUID
    unit: str
    quantity: int
    batch_id: UUID
    batch_label: str


@dataclass(frozen=True, slots=True)
class Reached:
    """A lot with every lot that went into it, and with every lot of the batches that took some of it.

    beside: what else the batches made whose lots are in `before`
    """

    before: set[UUID]
    after: set[UUID]
    beside: set[UUID]


def lots(actor: Actor, lot_ids: Iterable[UUID]) -> list[LotFacts]:
    """The lots with these ids."""
    return [LotFacts(*row) for row in _sliced(lambda some: _run(_LOTS_BY_ID, actor, some), lot_ids)]


def out_of(actor: Actor, lot_ids: Iterable[UUID]) -> list[Outflow]:
    """All that left these lots, in ledger order."""
    return [Outflow(*row) for row in _sliced(lambda some: _run(_OUTFLOWS, actor, some), lot_ids)]


def into(actor: Actor, batch_ids: Iterable[UUID]) -> list[Inflow]:
    """All that these batches consumed."""
    return [Inflow(*row) for row in _sliced(lambda some: _run(_INPUTS, actor, some), batch_ids)]


def reached(actor: Actor, lot_id: UUID) -> Reached:
    """Every lot on the way of this one. One statement however deep that is."""
    found = Reached({lot_id}, {lot_id}, set())
    for row in execute(_REACHED, {"o": actor.organization_id, "lot": lot_id}):
        getattr(found, row.way).add(row.lot_id)
    return found


def _run(statement: sa.Executable, actor: Actor, some: Sequence[UUID]) -> Iterable[Any]:
    return execute(statement, {"o": actor.organization_id, "ids": some})


def _sliced(read: Callable[[Sequence[UUID]], Iterable[Any]], wanted: Iterable[UUID]) -> Iterator[Any]:
    left = iter(sorted(wanted))
    while some := list(islice(left, _SLICE)):
        yield from read(some)


_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_BACK_OF = sa.and_(_Back.organization_id == StockMovement.organization_id, _Back.reverses == StockMovement.id)
_TAKEN_BACK = sa.select(sa.func.coalesce(sa.func.sum(_Back.quantity), 0)).where(_BACK_OF).scalar_subquery()
_LEFT_OUT = sa.cast(-StockMovement.quantity - _TAKEN_BACK, Micro)
_BIRTH_TAKEN_BACK = (
    sa.select(sa.func.coalesce(sa.func.sum(_Back.quantity), 0))
    .where(_Back.organization_id == _Birth.organization_id, _Back.reverses == _Birth.id)
    .correlate(_Birth)
    .scalar_subquery()
)
_LOTS = (
    sa.select(
        Lot.id,
        Lot.fifo_code,
        Lot.item_id,
        Item.code,
        Item.name,
        Item.unit,
        Lot.supplier_lot,
        Lot.supplier_id,
        Supplier.name,
        Lot.source_type,
        Lot.source_id,
        Lot.source_label,
        sa.cast(Lot.initial_quantity + _BIRTH_TAKEN_BACK, Micro),
        Lot.remaining_quantity,
        Lot.on_hold,
    )
    .join(Item, sa.and_(Item.organization_id == Lot.organization_id, Item.id == Lot.item_id))
    .join(
        _Birth,
        sa.and_(_Birth.organization_id == Lot.organization_id, _Birth.lot_id == Lot.id, _Birth.lot_version == 1),
    )
    .outerjoin(Supplier, sa.and_(Supplier.organization_id == Lot.organization_id, Supplier.id == Lot.supplier_id))
    .where(Lot.organization_id == sa.bindparam("o"))
)
_LOTS_BY_ID = _LOTS.where(Lot.id.in_(_IDS))
_OF_POSTING = sa.and_(
    StockPosting.organization_id == StockMovement.organization_id, StockPosting.id == StockMovement.posting_id
)
_OUTFLOWS = (
    sa.select(
        StockMovement.lot_id,
        Item.unit,
        _LEFT_OUT.label("quantity"),
        StockPosting.id,
        StockPosting.kind,
        StockPosting.number,
        StockPosting.business_date,
        StockPosting.source_type,
        StockPosting.source_id,
        StockPosting.source_label,
        PostingNote.recipient,
        PostingNote.reason,
    )
    .join(StockPosting, _OF_POSTING)
    .join(Item, sa.and_(Item.organization_id == StockMovement.organization_id, Item.id == StockMovement.item_id))
    .outerjoin(
        PostingNote,
        sa.and_(
            PostingNote.organization_id == StockMovement.organization_id,
            PostingNote.posting_id == StockMovement.posting_id,
        ),
    )
    .where(
        StockMovement.organization_id == sa.bindparam("o"),
        StockMovement.lot_id.in_(_IDS),
        StockMovement.quantity < 0,
        StockMovement.reverses.is_(None),
        _LEFT_OUT > 0,
    )
    .order_by(StockPosting.sequence, StockMovement.line)
)
_INPUTS = (
    sa.select(
        StockMovement.lot_id,
        Item.unit,
        _LEFT_OUT.label("quantity"),
        StockPosting.source_id,
        StockPosting.source_label,
    )
    .join(StockPosting, _OF_POSTING)
    .join(Item, sa.and_(Item.organization_id == StockMovement.organization_id, Item.id == StockMovement.item_id))
    .where(
        StockPosting.organization_id == sa.bindparam("o"),
        StockPosting.source_type == BATCH,
        StockPosting.source_id.in_(_IDS),
        StockPosting.kind == "production_use",
        StockMovement.lot_id.is_not(None),
        _LEFT_OUT > 0,
    )
    .order_by(StockPosting.sequence, StockMovement.line)
)

_Used = aliased(StockMovement, name="used")
_Using = aliased(StockPosting, name="using_posting")
_Making = aliased(StockPosting, name="making_posting")
_Made = aliased(StockMovement, name="made")
_Grown = aliased(Lot, name="grown")


def _kept(movement: Any) -> sa.ColumnElement[Any]:
    """What of a movement was not taken back; out negative."""
    taken_back = (
        sa.select(sa.func.coalesce(sa.func.sum(_Back.quantity), 0))
        .where(_Back.organization_id == movement.organization_id, _Back.reverses == movement.id)
        .correlate(movement)
        .scalar_subquery()
    )
    kept: sa.ColumnElement[Any] = movement.quantity + taken_back
    return kept


def _beside(table: Any, known: Any) -> sa.ColumnElement[bool]:
    """Rows of the same organization, looked for after `known`: of a bare column a database may begin at the wrong end,
    with all that the ledger holds.
    """
    found: sa.ColumnElement[bool] = table.organization_id == _later(known.organization_id)
    return found


def _same_source(posting: Any, known: Any) -> sa.ColumnElement[bool]:
    """Postings of the batch that `known` is of."""
    return sa.and_(
        _beside(posting, known),
        posting.source_type == _later(known.source_type),
        posting.source_id == known.source_id,
    )


def _of_kind(posting: Any, kind: str) -> sa.ColumnElement[bool]:
    """Only batches have these kinds."""
    found: sa.ColumnElement[bool] = _later(posting.kind) == kind
    return found


def _later(column: Any) -> sa.ColumnElement[Any]:
    """The column, in words that no index knows."""
    found: sa.ColumnElement[Any] = sa.func.coalesce(column, column)
    return found


def _reached(name: str) -> sa.CTE:
    """The organization goes along from lot to lot."""
    first = sa.select(Lot.id.label("lot_id"), Lot.organization_id.label("organization_id")).where(
        Lot.organization_id == sa.bindparam("o"), Lot.id == sa.bindparam("lot", type_=Lot.id.type)
    )
    return first.cte(name, recursive=True)


def _ways_after() -> sa.CTE:
    """With what was taken back as a whole: nothing goes on from it."""
    reached = _reached("after_lots")
    step = (
        sa.select(_Made.lot_id, _Made.organization_id)
        .select_from(reached)
        .join(_Used, sa.and_(_beside(_Used, reached.c), _Used.lot_id == reached.c.lot_id))
        .join(_Using, sa.and_(_beside(_Using, _Used), _Using.id == _Used.posting_id))
        .join(_Making, _same_source(_Making, _Using))
        .join(_Made, sa.and_(_beside(_Made, _Making), _Made.posting_id == _Making.id))
        .where(_of_kind(_Using, "production_use"), _kept(_Used) < 0, _of_kind(_Making, "production"))
    )
    return reached.union(step)


def _ways_before() -> sa.CTE:
    reached = _reached("before_lots")
    step = (
        sa.select(_Used.lot_id, _Used.organization_id)
        .select_from(reached)
        .join(_Grown, sa.and_(_beside(_Grown, reached.c), _Grown.id == reached.c.lot_id))
        .join(_Using, _same_source(_Using, _Grown))
        .join(_Used, sa.and_(_beside(_Used, _Using), _Used.posting_id == _Using.id))
        .where(_of_kind(_Using, "production_use"), _kept(_Used) < 0)
    )
    return reached.union(step)


def _made_beside(before: sa.CTE) -> Any:
    return (
        sa.select(_Made.lot_id, sa.literal_column("'beside'").label("way"))
        .select_from(before)
        .join(_Grown, sa.and_(_beside(_Grown, before.c), _Grown.id == before.c.lot_id))
        .join(_Making, _same_source(_Making, _Grown))
        .join(_Made, sa.and_(_beside(_Made, _Making), _Made.posting_id == _Making.id))
        .where(_of_kind(_Making, "production"), _Made.lot_id.is_not(None))
    )


def _lots_of(reached: sa.CTE, way: str) -> sa.Select[Any]:
    """All but the nothing that untracked items have."""
    return sa.select(reached.c.lot_id, sa.literal_column(f"'{way}'").label("way")).where(reached.c.lot_id.is_not(None))


_BEFORE = _ways_before()
_REACHED = sa.union_all(_lots_of(_BEFORE, "before"), _lots_of(_ways_after(), "after"), _made_beside(_BEFORE))

"""What was posted on one lot: its own movements, and what only changed the words on it. One statement a page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Person
from app.inventory.models import LotChange, PostingNote, StockMovement, StockPosting
from app.inventory.models.kinds import number as short_number
from app.kernel.actor import Actor
from app.platform import paging
from app.platform.database import execute
from app.platform.paging import Page
from app.platform.types import Micro


@dataclass(frozen=True, slots=True)
class Entry:
    """One posting as far as it touches the lot; quantity and cost, signed, are None where it moved nothing of it."""

    posting_id: UUID
    number: str
    kind: str
    sequence: int
    occurred_at: datetime
    source_type: str
    source_label: str | None
    recipient: str | None
    reason: str | None
    actor_name: str
    quantity: int | None
    cost: int | None


def page(actor: Actor, lot_id: UUID, *, limit: int, cursor: str | None = None) -> Page[Entry]:
    """What happened to a lot, latest first.

    raises: Invalid for a cursor of another list
    """
    before = paging.place(cursor, int)
    statement = _LOG if before is None else _LOG.where(StockPosting.sequence < before[0])
    asked = {"o": actor.organization_id, "lot": lot_id}
    rows = [_entry(row) for row in execute(statement.limit(limit + 1), asked)]
    return paging.page(rows, limit, lambda row: (row.sequence,))


def _entry(row: Any) -> Entry:
    return Entry(
        posting_id=row.id,
        number=short_number(row.kind, row.number),
        kind=row.kind,
        sequence=row.sequence,
        occurred_at=row.occurred_at,
        source_type=row.source_type,
        source_label=row.source_label,
        recipient=row.recipient,
        reason=row.reason,
        actor_name=row.actor_name or "",
        quantity=row.quantity,
        cost=row.cost,
    )


def _beside_posting(table: Any) -> sa.ColumnElement[bool]:
    return sa.and_(table.organization_id == StockPosting.organization_id, table.posting_id == StockPosting.id)


def _postings_in(table: Any) -> sa.ColumnElement[bool]:
    touched = sa.select(table.posting_id).where(table.organization_id == sa.bindparam("o"), _of_lot(table))
    return StockPosting.id.in_(touched)


def _of_lot(table: Any) -> sa.ColumnElement[bool]:
    return table.lot_id == sa.bindparam("lot", type_=table.lot_id.type)  # type: ignore[no-any-return]


def _moved(column: Any) -> Any:
    mine = sa.select(sa.cast(sa.func.sum(column), Micro)).where(_beside_posting(StockMovement), _of_lot(StockMovement))
    return mine.correlate(StockPosting).scalar_subquery()


_LOG = (
    sa.select(
        StockPosting.id,
        StockPosting.number,
        StockPosting.kind,
        StockPosting.sequence,
        StockPosting.occurred_at,
        StockPosting.source_type,
        StockPosting.source_label,
        PostingNote.recipient,
        PostingNote.reason,
        Person.name.label("actor_name"),
        _moved(StockMovement.quantity).label("quantity"),
        _moved(StockMovement.cost).label("cost"),
    )
    .outerjoin(PostingNote, _beside_posting(PostingNote))
    .outerjoin(Person, Person.id == StockPosting.actor_id)
    .where(StockPosting.organization_id == sa.bindparam("o"))
    .where(sa.or_(_postings_in(StockMovement), _postings_in(LotChange)))
    .order_by(StockPosting.sequence.desc())
)

"""What happened to one item, and what a form about it suggests. One statement each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.catalog.models import Item, Supplier
from app.identity.models import Person
from app.inventory.models import Lot, PostingNote, StockMovement, StockPosting
from app.inventory.models.kinds import number as short_number
from app.kernel.actor import Actor
from app.platform import paging
from app.platform.database import execute
from app.platform.paging import Page


@dataclass(frozen=True, slots=True)
class Event:
    """One movement of an item, with what it left on hand."""

    posting_id: UUID
    number: str
    kind: str
    quantity: int
    cost: int
    on_hand_after: int
    fifo_code: str | None
    source_type: str
    source_label: str | None
    recipient: str | None
    reason: str | None
    occurred_at: datetime
    actor_name: str
    reverses: UUID | None
    version: int


def history(actor: Actor, item_id: UUID, *, limit: int, cursor: str | None = None) -> Page[Event]:
    """What happened to an item, latest first.

    raises: Invalid for a cursor of another list
    """
    before = paging.place(cursor, int)
    statement = _HISTORY if before is None else _HISTORY.where(StockMovement.item_version < before[0])
    asked = {"o": actor.organization_id, "i": item_id}
    rows = [_event(row) for row in execute(statement.limit(limit + 1), asked)]
    return paging.page(rows, limit, lambda row: (row.version,))


@dataclass(frozen=True, slots=True)
class Seal:
    """A posting's place in the chain, and its hash in hexadecimal."""

    sequence: int
    hash: str
    previous_hash: str


def seal(actor: Actor, posting_id: UUID) -> Seal:
    """The seal of a posting that is there."""
    row = execute(_SEAL, {"o": actor.organization_id, "i": posting_id}).one()
    return Seal(row.sequence, bytes(row.hash).hex(), bytes(row.previous_hash).hex())


def together(actor: Actor, posting_id: UUID, sequence: int) -> dict[UUID, str]:
    """What else was written in one go with a posting: short codes by id, in ledger order."""
    asked = {"o": actor.organization_id, "i": posting_id, "from": sequence - _TOGETHER, "to": sequence + _TOGETHER}
    return {row.id: short_number(row.kind, row.number) for row in execute(_WITH, asked)}


def numbers_of(actor: Actor, posting_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The short codes of postings, by id."""
    rows = execute(_NUMBERS, {"o": actor.organization_id, "ids": sorted(posting_ids)}) if posting_ids else ()
    return {row.id: short_number(row.kind, row.number) for row in rows}


def item_names(actor: Actor) -> dict[str, str]:
    """What there is to choose from in a filter: names by code."""
    return {row.code: row.name for row in execute(_ITEM_NAMES, {"o": actor.organization_id})}


def last_supplier(actor: Actor, item_id: UUID) -> str | None:
    """From whom the item came last."""
    return execute(_LAST_SUPPLIER, {"o": actor.organization_id, "i": item_id}).scalar()


def supplier_names(actor: Actor) -> list[str]:
    """Everybody things were bought from, by name."""
    return [row.name for row in execute(_SUPPLIERS, {"o": actor.organization_id})]


def categories(actor: Actor) -> list[str]:
    """The categories in use."""
    return [row.category for row in execute(_CATEGORIES, {"o": actor.organization_id})]


def _event(row: Any) -> Event:
    values = row._asdict()
    return Event(number=short_number(row.kind, values.pop("number")), **values)


_POSTING = sa.and_(
    StockPosting.organization_id == StockMovement.organization_id, StockPosting.id == StockMovement.posting_id
)
_NOTE = sa.and_(
    PostingNote.organization_id == StockMovement.organization_id, PostingNote.posting_id == StockMovement.posting_id
)
_LOT = sa.and_(Lot.organization_id == StockMovement.organization_id, Lot.id == StockMovement.lot_id)
_HISTORY = (
    sa.select(
        StockMovement.posting_id,
        StockPosting.number,
        StockPosting.kind,
        StockMovement.quantity,
        StockMovement.cost,
        StockMovement.item_on_hand_after.label("on_hand_after"),
        Lot.fifo_code,
        StockPosting.source_type,
        StockPosting.source_label,
        PostingNote.recipient,
        PostingNote.reason,
        StockPosting.occurred_at,
        sa.func.coalesce(Person.name, "").label("actor_name"),
        StockPosting.reverses,
        StockMovement.item_version.label("version"),
    )
    .join(StockPosting, _POSTING)
    .outerjoin(PostingNote, _NOTE)
    .outerjoin(Lot, _LOT)
    .outerjoin(Person, Person.id == StockPosting.actor_id)
    .where(StockMovement.organization_id == sa.bindparam("o"), StockMovement.item_id == sa.bindparam("i"))
    .order_by(StockMovement.item_version.desc())
)
_LAST_SUPPLIER = (
    sa.select(Supplier.name)
    .join(Lot, sa.and_(Lot.organization_id == Supplier.organization_id, Lot.supplier_id == Supplier.id))
    .where(Lot.organization_id == sa.bindparam("o"), Lot.item_id == sa.bindparam("i"))
    .order_by(Lot.sequence.desc(), Lot.line.desc())
    .limit(1)
)
_SUPPLIERS = sa.select(Supplier.name).where(Supplier.organization_id == sa.bindparam("o")).order_by(Supplier.name_key)
_CATEGORIES = (
    sa.select(Item.category)
    .where(Item.organization_id == sa.bindparam("o"), Item.category.is_not(None), Item.archived_at.is_(None))
    .distinct()
    .order_by(Item.category)
)
_SEAL = sa.select(StockPosting.sequence, StockPosting.hash, StockPosting.previous_hash).where(
    StockPosting.organization_id == sa.bindparam("o"), StockPosting.id == sa.bindparam("i")
)
_TOGETHER = 1_000
_This = aliased(StockPosting, name="this")
_WITH = (
    sa.select(StockPosting.id, StockPosting.kind, StockPosting.number)
    .join(
        _This,
        sa.and_(
            _This.organization_id == StockPosting.organization_id,
            _This.command_key == StockPosting.command_key,
            _This.id != StockPosting.id,
        ),
    )
    .where(
        StockPosting.organization_id == sa.bindparam("o"),
        StockPosting.sequence.between(sa.bindparam("from"), sa.bindparam("to")),
        _This.id == sa.bindparam("i"),
    )
    .order_by(StockPosting.sequence)
)
_NUMBERS = sa.select(StockPosting.id, StockPosting.kind, StockPosting.number).where(
    StockPosting.organization_id == sa.bindparam("o"), StockPosting.id.in_(sa.bindparam("ids", expanding=True))
)
_ITEM_NAMES = (
    sa.select(Item.code, Item.name).where(Item.organization_id == sa.bindparam("o")).order_by(Item.name_key, Item.id)
)

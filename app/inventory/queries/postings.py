"""The transaction log: postings with their movements, newest first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.catalog.models import Item
from app.identity.models import Person
from app.inventory.models import Lot, LotChange, PostingNote, StockMovement, StockPosting
from app.inventory.models.kinds import number as short_number
from app.inventory.services.adjustment.posted import Source
from app.kernel import ids, numbers
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.numbers import Quantity
from app.platform import paging
from app.platform.database import db
from app.platform.paging import Page


@dataclass(frozen=True, slots=True)
class ItemRef:
    """An item as a movement names it."""

    id: UUID
    code: str
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One movement. Signed quantity and cost in millionths; `left_to_reverse` is not signed."""

    id: UUID
    line: int
    item: ItemRef
    lot_id: UUID | None
    fifo_code: str | None
    quantity: int
    cost: int
    lot_quantity_after: int | None
    lot_cost_after: int | None
    pinned: bool
    reverses: UUID | None
    left_to_reverse: int


@dataclass(frozen=True, slots=True)
class PostingRow:
    """One posting."""

    id: UUID
    kind: str
    number: str
    sequence: int
    occurred_at: datetime
    business_date: date
    recorded_at: datetime
    late: bool
    actor_id: UUID
    actor_name: str
    entry_point: str
    source: Source
    reverses: UUID | None
    reversed_by: tuple[UUID, ...]
    entered: Quantity | None
    reason: str | None
    note: str | None
    recipient: str | None
    reference: str | None
    lines: tuple[MovementRow, ...]

    @property
    def total_cost(self) -> int:
        """The sum of the movements' costs, with their sign."""
        return sum(line.cost for line in self.lines)


@dataclass(frozen=True, slots=True)
class PostingFilter:
    """Which postings. `source`: an id, a label or a type; `since` and `until`: business dates, both included."""

    item_id: UUID | None = None
    lot_id: UUID | None = None
    kind: str | None = None
    source: str | None = None
    since: date | None = None
    until: date | None = None


def find(actor: Actor, reference: str) -> UUID:
    """The posting with this id.

    raises: NotFound
    """
    wanted = ids.parse(reference)
    statement = _postings(actor).with_only_columns(StockPosting.id).where(StockPosting.id == wanted)
    found = db.session.scalar(statement) if wanted else None
    if found is None:
        raise NotFound("That posting does not exist.")
    return found


def find_movements(actor: Actor, references: Mapping[str, str]) -> None:
    """That there are movements of these ids, by the fields that name them.

    raises: NotFound, naming every field that points nowhere
    """
    wanted = {field: ids.parse(said) for field, said in references.items()}
    statement = sa.select(StockMovement.id).where(StockMovement.organization_id == actor.organization_id)
    found = set(db.session.scalars(statement.where(StockMovement.id.in_([each for each in wanted.values() if each]))))
    missing = [field for field, movement_id in wanted.items() if movement_id not in found]
    if missing:
        message = "That movement does not exist."
        raise NotFound(message, errors={field: [message] for field in missing})


def page(actor: Actor, wanted: PostingFilter, *, limit: int, cursor: str | None = None) -> Page[PostingRow]:
    """Postings, newest first.

    raises: Invalid for a cursor of another list
    """
    before = paging.place(cursor, int)
    statement = _postings(actor).where(*_conditions(actor, wanted))
    if before is not None:
        statement = statement.where(StockPosting.sequence < before[0])
    rows = _read(statement.order_by(StockPosting.sequence.desc()).limit(limit + 1))
    return paging.page(rows, limit, lambda row: (row.sequence,))


def one(actor: Actor, posting_id: UUID) -> PostingRow:
    """One posting.

    raises: NotFound
    """
    rows = _read(_postings(actor).where(StockPosting.id == posting_id))
    if not rows:
        raise NotFound("That posting does not exist.")
    return rows[0]


def _postings(actor: Actor) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(StockPosting).where(StockPosting.organization_id == actor.organization_id)


def _conditions(actor: Actor, wanted: PostingFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.kind:
        conditions.append(StockPosting.kind == wanted.kind)
    if wanted.since:
        conditions.append(StockPosting.business_date >= wanted.since)
    if wanted.until:
        conditions.append(StockPosting.business_date <= wanted.until)
    if wanted.source:
        conditions.append(_from_source(wanted.source))
    if wanted.item_id:
        conditions.append(_touches(actor, StockMovement.item_id == wanted.item_id, Lot.item_id == wanted.item_id))
    if wanted.lot_id:
        conditions.append(_touches(actor, StockMovement.lot_id == wanted.lot_id, Lot.id == wanted.lot_id))
    return conditions


def _from_source(said: str) -> sa.ColumnElement[bool]:
    source_id = ids.parse(said)
    if source_id:
        return StockPosting.source_id == source_id
    return sa.or_(StockPosting.source_type == said, StockPosting.source_label == said)


def _touches(actor: Actor, moved: sa.ColumnElement[bool], changed: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Postings with such a movement, and those that only changed the words on such a lot."""
    organization_id = actor.organization_id
    movements = sa.select(StockMovement.posting_id).where(StockMovement.organization_id == organization_id, moved)
    same_lot = sa.and_(Lot.organization_id == LotChange.organization_id, Lot.id == LotChange.lot_id)
    changes = sa.select(LotChange.posting_id).join(Lot, same_lot)
    changes = changes.where(LotChange.organization_id == organization_id, changed)
    return sa.or_(StockPosting.id.in_(movements), StockPosting.id.in_(changes))


def _read(chosen: sa.Select[*tuple[Any, ...]]) -> list[PostingRow]:
    """The chosen postings with all that belongs to them: one statement, a row for each movement and its reversals."""
    p = chosen.subquery("p")
    movement, back = aliased(StockMovement), aliased(StockMovement)
    statement = (
        sa.select(
            p,
            Person.name.label("actor_name"),
            PostingNote.reason,
            PostingNote.note,
            PostingNote.recipient,
            PostingNote.reference,
            movement.id.label("movement_id"),
            movement.line,
            movement.item_id,
            Item.code.label("item_code"),
            Item.name.label("item_name"),
            Item.unit.label("item_unit"),
            movement.lot_id,
            Lot.fifo_code,
            movement.quantity,
            movement.cost,
            movement.lot_quantity_after,
            movement.lot_cost_after,
            movement.pinned,
            movement.reverses.label("movement_reverses"),
            back.posting_id.label("back_posting_id"),
            back.quantity.label("back_quantity"),
        )
        .select_from(p)
        .outerjoin(Person, Person.id == p.c.actor_id)
        .outerjoin(PostingNote, _same(PostingNote, p.c, PostingNote.posting_id == p.c.id))
        .outerjoin(movement, _same(movement, p.c, movement.posting_id == p.c.id))
        .outerjoin(Item, _same(Item, p.c, Item.id == movement.item_id))
        .outerjoin(Lot, _same(Lot, p.c, Lot.id == movement.lot_id))
        .outerjoin(back, _same(back, p.c, back.reverses == movement.id))
        .order_by(p.c.sequence.desc(), movement.line, back.item_version)
    )
    rows = db.session.execute(statement)
    return [_posting(list(group)) for _, group in groupby(rows, key=lambda row: row.id)]


def _same(owned: Any, postings: Any, matches: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.and_(owned.organization_id == postings.organization_id, matches)


def _posting(rows: list[Any]) -> PostingRow:
    first = rows[0]
    by_movement = groupby((row for row in rows if row.movement_id is not None), key=lambda row: row.movement_id)
    return PostingRow(
        id=first.id,
        kind=first.kind,
        number=short_number(first.kind, first.number),
        sequence=first.sequence,
        occurred_at=first.occurred_at,
        business_date=first.business_date,
        recorded_at=first.recorded_at,
        late=first.late,
        actor_id=first.actor_id,
        actor_name=first.actor_name or "",
        entry_point=first.entry_point,
        source=Source(first.source_type, first.source_id, first.source_label),
        reverses=first.reverses,
        reversed_by=_in_order(row.back_posting_id for row in rows),
        entered=_entered(first),
        reason=first.reason,
        note=first.note,
        recipient=first.recipient,
        reference=first.reference,
        lines=tuple(_movement(list(group)) for _, group in by_movement),
    )


def _in_order(found: Iterable[UUID | None]) -> tuple[UUID, ...]:
    return tuple(sorted({posting_id for posting_id in found if posting_id is not None}))


def _entered(row: Any) -> Quantity | None:
    if row.entered_quantity is None:
        return None
    return Quantity(numbers.read(row.entered_quantity), row.entered_unit)


def _movement(rows: list[Any]) -> MovementRow:
    first = rows[0]
    reversed_quantity = sum(abs(row.back_quantity) for row in rows if row.back_quantity is not None)
    return MovementRow(
        id=first.movement_id,
        line=first.line,
        item=ItemRef(first.item_id, first.item_code, first.item_name, first.item_unit),
        lot_id=first.lot_id,
        fifo_code=first.fifo_code,
        quantity=first.quantity,
        cost=first.cost,
        lot_quantity_after=first.lot_quantity_after,
        lot_cost_after=first.lot_cost_after,
        pinned=first.pinned,
        reverses=first.movement_reverses,
        left_to_reverse=0 if first.movement_reverses else abs(first.quantity) - reversed_quantity,
    )

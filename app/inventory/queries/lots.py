"""Lots in FIFO order: received date, then the posting that made the lot, then its line."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.catalog.models import Item, Supplier
from app.catalog.services.items import REFERENCE
from app.inventory.models import Lot, LotChange, PostingNote, StockPosting
from app.inventory.queries import items
from app.inventory.services import expiration
from app.kernel import clock, ids, text
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.platform import paging
from app.platform.database import db, execute
from app.platform.paging import Page

_FURTHEST_DAYS = 90_000  # past the last day that any date may have


@dataclass(frozen=True, slots=True)
class LotRow:
    """A lot as people see it. Quantities in millionths of `unit`, costs in millionths of the currency."""

    id: UUID
    fifo_code: str
    item_id: UUID
    item_code: str
    item_name: str
    unit: str
    received_on: date
    sequence: int
    line: int
    expires_on: date | None
    status: str  # open, on_hold, empty
    expired: bool
    initial_quantity: int
    remaining_quantity: int
    initial_cost: int
    remaining_cost: int
    supplier_id: UUID | None
    supplier: str | None
    supplier_lot: str | None
    source_type: str
    source_id: UUID
    source_label: str
    life_remaining_percent: str | None


@dataclass(frozen=True, slots=True)
class LotFilter:
    """Which lots. `open`: something is left in them; `expiring_within`: days from today, what is good still."""

    q: str | None = None
    supplier_lot: str | None = None
    item_id: UUID | None = None
    expiring_within: int | None = None
    status: str | None = None
    open: bool = False


@dataclass(frozen=True, slots=True)
class FoundLot:
    """A lot that was named by its id or code."""

    id: UUID
    item_id: UUID


def find(actor: Actor, reference: str, *, field: str | None = None) -> FoundLot:
    """The lot with this id or code.

    field:  of the body or query that names it; None when it stands in a path
    raises: NotFound, the same for what never was and for somebody else's
    """
    wanted = sa.select(Lot.id, Lot.item_id).where(Lot.organization_id == actor.organization_id)
    row = db.session.execute(_named(wanted, reference)).first() if REFERENCE.fullmatch(reference) else None
    if row is None:
        message = "That lot does not exist."
        raise NotFound.field(field, message) if field else NotFound(message)
    return FoundLot(row.id, row.item_id)


def page(actor: Actor, wanted: LotFilter, *, limit: int, cursor: str | None = None) -> Page[LotRow]:
    """Lots in FIFO order.

    raises: Invalid for a cursor of another list
    """
    after = paging.place(cursor, date, int, int)
    order = (Lot.received_on, Lot.sequence, Lot.line)
    today = clock.local_date(clock.now(), actor.zone)
    statement = _statement(actor).where(*_conditions(wanted, today))
    if after is not None:
        place = [sa.literal(value, column.type) for value, column in zip(after, order, strict=True)]
        statement = statement.where(sa.tuple_(*order) > sa.tuple_(*place))
    rows = db.session.execute(statement.order_by(*order).limit(limit + 1)).all()
    shown = [_row(row, today) for row in rows]
    return paging.page(shown, limit, lambda row: (row.received_on, row.sequence, row.line))


def latest(actor: Actor, *, limit: int) -> list[LotRow]:
    """The lots that came in or were made last, latest first."""
    found = db.session.execute(_statement(actor).order_by(Lot.id.desc()).limit(limit))  # ids tell the time
    today = clock.local_date(clock.now(), actor.zone)
    return sorted((_row(row, today) for row in found), key=lambda lot: (-lot.sequence, lot.line))


def one(actor: Actor, reference: UUID | str) -> LotRow:
    """The lot with this id or code.

    raises: NotFound, the same for what never was and for somebody else's
    """
    said = str(reference)
    found = db.session.execute(_named(_statement(actor), said)).first() if REFERENCE.fullmatch(said) else None
    if found is None:
        raise NotFound("That lot does not exist.")
    return _row(found, clock.local_date(clock.now(), actor.zone))


def hold_reasons(actor: Actor, item_id: UUID) -> dict[UUID, str]:
    """Why the lots of an item that are on hold were set aside, by lot."""
    rows = execute(_HELD, {"o": actor.organization_id, "i": item_id})
    return {row.lot_id: row.reason for row in rows}  # in the order it happened, so the last one counts


def _named(wanted: sa.Select[*tuple[Any, ...]], reference: str) -> sa.Select[*tuple[Any, ...]]:
    by_id = Lot.id == ids.parse(reference)
    said = sa.or_(by_id, Lot.fifo_code_key == reference.lower())
    return wanted.where(said).order_by(sa.case((by_id, 0), else_=1)).limit(1)


def _statement(actor: Actor) -> sa.Select[*tuple[Any, ...]]:
    item = sa.and_(Item.organization_id == Lot.organization_id, Item.id == Lot.item_id)
    supplier = sa.and_(Supplier.organization_id == Lot.organization_id, Supplier.id == Lot.supplier_id)
    return (
        sa.select(Lot, Item.code, Item.name, Item.unit, Supplier.name.label("supplier"))
        .join(Item, item)
        .outerjoin(Supplier, supplier)
        .where(Lot.organization_id == actor.organization_id)
        .execution_options(populate_existing=True)
    )


def _conditions(wanted: LotFilter, today: date) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.item_id is not None:
        conditions.append(Lot.item_id == wanted.item_id)
    if wanted.open:
        conditions.append(Lot.remaining_quantity > 0)
    if wanted.status:
        conditions.append(_in_status(wanted.status))
    if wanted.supplier_lot:
        conditions.append(Lot.supplier_lot_key == text.search_key(wanted.supplier_lot))
    if wanted.expiring_within is not None:
        last = today + timedelta(days=min(wanted.expiring_within, _FURTHEST_DAYS))
        conditions += [Lot.expires_on.between(today, last), Lot.remaining_quantity > 0]
    if wanted.q:
        conditions.append(_matches(wanted.q))
    return conditions


def _in_status(status: str) -> sa.ColumnElement[bool]:
    held = Lot.on_hold == sa.true()
    return {
        "empty": Lot.remaining_quantity == 0,
        "on_hold": sa.and_(Lot.remaining_quantity > 0, held),
        "open": sa.and_(Lot.remaining_quantity > 0, sa.not_(held)),
    }[status]


def _matches(said: str) -> sa.ColumnElement[bool]:
    return sa.or_(
        Lot.fifo_code_key.contains(said.lower(), autoescape=True),
        Lot.supplier_lot_key.contains(text.search_key(said), autoescape=True),
        Supplier.name_key.contains(text.search_key(said), autoescape=True),
        items.matches(said),
    )


def _row(found: Any, today: date) -> LotRow:
    lot: Lot = found.Lot
    return LotRow(
        id=lot.id,
        fifo_code=lot.fifo_code,
        item_id=lot.item_id,
        item_code=found.code,
        item_name=found.name,
        unit=found.unit,
        received_on=lot.received_on,
        sequence=lot.sequence,
        line=lot.line,
        expires_on=lot.expires_on,
        status=_status(lot),
        expired=not expiration.is_good(lot.expires_on, today),
        initial_quantity=lot.initial_quantity,
        remaining_quantity=lot.remaining_quantity,
        initial_cost=lot.initial_cost,
        remaining_cost=lot.remaining_cost,
        supplier_id=lot.supplier_id,
        supplier=found.supplier,
        supplier_lot=lot.supplier_lot,
        source_type=lot.source_type,
        source_id=lot.source_id,
        source_label=lot.source_label,
        life_remaining_percent=expiration.life_remaining_percent(
            received_on=lot.received_on, expires_on=lot.expires_on, today=today
        ),
    )


_HELD = (
    sa.select(LotChange.lot_id, PostingNote.reason)
    .join(Lot, sa.and_(Lot.organization_id == LotChange.organization_id, Lot.id == LotChange.lot_id))
    .join(
        StockPosting,
        sa.and_(StockPosting.organization_id == Lot.organization_id, StockPosting.id == LotChange.posting_id),
    )
    .join(
        PostingNote,
        sa.and_(PostingNote.organization_id == Lot.organization_id, PostingNote.posting_id == StockPosting.id),
    )
    .where(
        Lot.organization_id == sa.bindparam("o"),
        Lot.item_id == sa.bindparam("i"),
        Lot.on_hold == sa.true(),
        Lot.remaining_quantity > 0,
        StockPosting.kind == "hold",
        PostingNote.reason.is_not(None),
    )
    .order_by(LotChange.number)
)


def _status(lot: Lot) -> str:
    if lot.remaining_quantity == 0:
        return "empty"
    return "on_hold" if lot.on_hold else "open"

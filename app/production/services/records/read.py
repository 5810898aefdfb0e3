"""Reads batches: by reference, locked for a transition, or whole. Each part of any number of them in one statement."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.catalog.models import Item
from app.catalog.services.items import REFERENCE
from app.identity.models import Organization
from app.inventory.models import Lot, StockMovement, StockPosting
from app.inventory.models.kinds import number as short_number
from app.kernel import ids
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.platform.database import execute
from app.platform.prepared import Prepared
from app.production.models import Batch, BatchExtra, BatchLine
from app.production.services.records.compose import compose
from app.production.services.records.entries import Entry, ItemRef, Moved
from app.production.services.records.shape import BatchRecord, ExtraRow, Header, LineRow, Loss
from app.recipes.models import Recipe, RecipeVersion

_MESSAGE = "That batch does not exist."


def find(actor: Actor, reference: str) -> UUID:
    """The id of the batch with this id or label. raises: NotFound, the same for somebody else's"""
    asked = {"o": actor.organization_id, "id": ids.parse(reference), "label": reference.lower()}
    row = execute(_FIND, asked).first() if REFERENCE.fullmatch(reference) else None
    if row is None:
        raise NotFound(_MESSAGE)
    found: UUID = row.id
    return found


def lock(actor: Actor, batch_id: UUID, *, dry_run: bool = False) -> Header:
    """The batch, its row locked until the command ends; a dry run only reads. raises: NotFound"""
    found = _headers(actor, _ONE if dry_run else _LOCK, batch_id=batch_id)
    if not found:
        raise NotFound(_MESSAGE)
    return found[0]


def read(actor: Actor, batch_id: UUID) -> BatchRecord:
    """One batch, whole. raises: NotFound"""
    found = several(actor, [batch_id])
    if not found:
        raise NotFound(_MESSAGE)
    return found[0]


def several(actor: Actor, batch_ids: Sequence[UUID]) -> list[BatchRecord]:
    """Batches, whole, in the order asked; four statements however many there are."""
    if not batch_ids:
        return []
    headers = {header.id: header for header in _headers(actor, _SEVERAL, ids=sorted(set(batch_ids)))}
    planned, on_top, posted = lines(actor, headers), extras(actor, headers), entries(actor, headers)
    return [
        compose(headers[batch_id], planned.get(batch_id, []), on_top.get(batch_id, []), posted.get(batch_id, []))
        for batch_id in batch_ids
        if batch_id in headers
    ]


def lines(actor: Actor, batch_ids: Iterable[UUID]) -> dict[UUID, list[LineRow]]:
    """The planned materials of batches, in order."""
    found: dict[UUID, list[LineRow]] = {}
    for row in _rows(actor, _LINES, batch_ids):
        found.setdefault(row.batch_id, []).append(LineRow(_item(row), row.needed, row.line_unit, row.skipped))
    return found


def extras(actor: Actor, batch_ids: Iterable[UUID]) -> dict[UUID, list[ExtraRow]]:
    """What was taken on top in batches, in order."""
    found: dict[UUID, list[ExtraRow]] = {}
    for row in _rows(actor, _EXTRAS, batch_ids):
        extra = ExtraRow(row.posting_id, _item(row), row.quantity, row.reason)
        found.setdefault(row.batch_id, []).append(extra)
    return found


def entries(actor: Actor, batch_ids: Iterable[UUID]) -> dict[UUID, list[Entry]]:
    """The ledger's entries of batches, in the order posted."""
    rows_of: dict[tuple[UUID, UUID], list[Any]] = {}
    for row in _rows(actor, _ENTRIES, batch_ids):
        rows_of.setdefault((row.source_id, row.posting_id), []).append(row)
    found: dict[UUID, list[Entry]] = {}
    for (batch_id, posting_id), rows in rows_of.items():
        movements = tuple(_moved(row) for row in rows if row.movement_id is not None)
        number = short_number(rows[0].kind, rows[0].number)
        found.setdefault(batch_id, []).append(Entry(posting_id, number, rows[0].kind, movements))
    return found


def _rows(actor: Actor, statement: Prepared, batch_ids: Iterable[UUID]) -> list[Any]:
    return statement.rows({"o": actor.organization_id, "ids": sorted(set(batch_ids))})


def _headers(actor: Actor, statement: Prepared, **which: Any) -> list[Header]:
    return [_header(row) for row in statement.rows({"o": actor.organization_id, **which})]


def _header(row: Any) -> Header:
    loss = Loss(row.loss_quantity, row.loss_category, row.loss_note) if row.loss_quantity is not None else None
    return Header(
        id=row.id,
        label=row.label,
        status=row.status,
        recipe_id=row.recipe_id,
        recipe=row.recipe,
        recipe_archived=row.recipe_archived,
        version_id=row.version_id,
        version=row.version,
        scale=row.scale,
        cost_method=row.cost_method or row.organization_cost_method,
        planned_for=row.planned_for,
        note=row.note,
        created_at=row.created_at,
        started_at=row.started_at,
        completed_at=row.completed_at,
        ended_reason=row.ended_reason,
        expected=row.expected_quantity,
        making=row.making,
        making_unit=row.making_unit,
        output=_item(row),
        loss=loss,
        variance_reason=row.variance_reason,
    )


def _item(row: Any) -> ItemRef:
    return ItemRef(row.item_id, row.item_code, row.item_name, row.item_unit, row.item_tracked)


def _moved(row: Any) -> Moved:
    return Moved(row.movement_id, _item(row), row.lot_id, row.fifo_code, row.quantity, row.cost, row.reverses)


def _same(one: Any, other: Any) -> sa.ColumnElement[bool]:
    return sa.and_(one.organization_id == other.organization_id, one.organization_id == sa.bindparam("o"))


_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_ITEM = (
    Item.id.label("item_id"),
    Item.code.label("item_code"),
    Item.name.label("item_name"),
    Item.unit.label("item_unit"),
    Item.tracked.label("item_tracked"),
)
_FIND = (
    sa.select(Batch.id)
    .where(Batch.organization_id == sa.bindparam("o"))
    .where(sa.or_(Batch.id == sa.bindparam("id"), Batch.label_key == sa.bindparam("label")))
)
_HEADERS = (
    sa.select(
        *(column for column in Batch.__table__.c if column.name not in {"organization_id", "output_item_id"}),
        Recipe.name.label("recipe"),
        Recipe.archived_at.is_not(None).label("recipe_archived"),
        RecipeVersion.number.label("version"),
        RecipeVersion.output_quantity.label("making"),
        RecipeVersion.output_unit.label("making_unit"),
        Organization.cost_method.label("organization_cost_method"),
        *_ITEM,
    )
    .select_from(Batch)
    .join(Recipe, sa.and_(_same(Recipe, Batch), Recipe.id == Batch.recipe_id))
    .join(RecipeVersion, sa.and_(_same(RecipeVersion, Batch), RecipeVersion.id == Batch.version_id))
    .join(Item, sa.and_(_same(Item, Batch), Item.id == Batch.output_item_id))
    .join(Organization, Organization.id == Batch.organization_id)
    .where(Batch.organization_id == sa.bindparam("o"))
)
_BY_ID = _HEADERS.where(Batch.id == sa.bindparam("batch_id"))
_ONE = Prepared(_BY_ID)
_LOCK = Prepared(_BY_ID.with_for_update(of=Batch, key_share=True))
_SEVERAL = Prepared(_HEADERS.where(Batch.id.in_(_IDS)))
_LINES = Prepared(
    sa.select(BatchLine.batch_id, BatchLine.needed, BatchLine.unit.label("line_unit"), BatchLine.skipped, *_ITEM)
    .join(Item, sa.and_(_same(Item, BatchLine), Item.id == BatchLine.item_id))
    .where(BatchLine.organization_id == sa.bindparam("o"), BatchLine.batch_id.in_(_IDS))
    .order_by(BatchLine.batch_id, BatchLine.line)
)
_EXTRAS = Prepared(
    sa.select(BatchExtra.batch_id, BatchExtra.posting_id, BatchExtra.quantity, BatchExtra.reason, *_ITEM)
    .join(Item, sa.and_(_same(Item, BatchExtra), Item.id == BatchExtra.item_id))
    .where(BatchExtra.organization_id == sa.bindparam("o"), BatchExtra.batch_id.in_(_IDS))
    .order_by(BatchExtra.batch_id, BatchExtra.created_at, BatchExtra.id)
)
_movement = aliased(StockMovement, name="movement")
_ENTRIES = Prepared(
    sa.select(
        StockPosting.source_id,
        StockPosting.id.label("posting_id"),
        StockPosting.kind,
        StockPosting.number,
        _movement.id.label("movement_id"),
        _movement.lot_id,
        Lot.fifo_code,
        _movement.quantity,
        _movement.cost,
        _movement.reverses,
        *_ITEM,
    )
    .outerjoin(_movement, sa.and_(_same(_movement, StockPosting), _movement.posting_id == StockPosting.id))
    .outerjoin(Item, sa.and_(_same(Item, _movement), Item.id == _movement.item_id))
    .outerjoin(Lot, sa.and_(_same(Lot, _movement), Lot.id == _movement.lot_id))
    .where(StockPosting.organization_id == sa.bindparam("o"))
    .where(StockPosting.source_type == "batch", StockPosting.source_id.in_(_IDS))
    .order_by(StockPosting.sequence, _movement.line)
)

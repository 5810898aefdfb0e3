"""Batches at a glance: what is on the bench, what is planned and what it lacks, what was finished lately."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.catalog.models import Item
from app.inventory.models import Lot
from app.inventory.services import expiration
from app.kernel.actor import Actor
from app.platform.prepared import Prepared
from app.platform.types import Day, Micro
from app.production.models import Batch, BatchLine, BatchTick
from app.recipes.models import Recipe

_SHOWN = 12
MADE_DAYS = 30


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """A batch that is planned or on the bench. `quantity` in millionths of `unit`: what it should give.

    weighed: how many of its `lines` were ticked
    """

    id: UUID
    label: str
    status: str
    recipe: str
    quantity: int
    unit: str
    planned_for: date | None
    started_at: datetime | None
    lines: int
    weighed: int


@dataclass(frozen=True, slots=True)
class Lack:
    """What a planned batch lacks of one material, in millionths of its stock unit."""

    item_id: UUID
    item: str
    unit: str
    missing: int


@dataclass(frozen=True, slots=True)
class Made:
    """How much of one item the batches of the last 30 days gave, in millionths of `unit`."""

    item_id: UUID
    item: str
    unit: str
    batches: int


def open_batches(actor: Actor) -> tuple[OpenBatch, ...]:
    """Batches on the bench, then those planned, the next first; without a day last."""
    return tuple(OpenBatch(*tuple(row)) for row in _OPEN.rows({"o": actor.organization_id}))


def lacking(actor: Actor, today: date) -> dict[UUID, list[Lack]]:
    """By planned batch what its shelf lacks, had each batch the shelf to itself. What is not tracked is never short."""
    found: dict[UUID, list[Lack]] = {}
    for row in _LACKING.rows({"o": actor.organization_id, "today": today}):
        found.setdefault(row.batch_id, []).append(Lack(row.item_id, row.name, row.unit, row.needed - int(row.usable)))
    return found


def made(actor: Actor, now: datetime) -> tuple[Made, ...]:
    """What the batches finished in the last 30 days gave, the most often made first."""
    asked = {"o": actor.organization_id, "since": now - timedelta(days=MADE_DAYS)}
    return tuple(Made(row.id, row.name, row.unit, row.batches) for row in _MADE.rows(asked))


def _same(one: Any, other: Any) -> sa.ColumnElement[bool]:
    return sa.and_(one.organization_id == other.organization_id, one.organization_id == sa.bindparam("o"))


_LINES = (
    sa.select(sa.func.count(BatchLine.id))
    .where(_same(BatchLine, Batch), BatchLine.batch_id == Batch.id, BatchLine.skipped == sa.false())
    .correlate(Batch)
    .scalar_subquery()
)
_WEIGHED = (
    sa.select(sa.func.count(sa.distinct(BatchTick.line)))
    .where(_same(BatchTick, Batch), BatchTick.batch_id == Batch.id, BatchTick.undone_at.is_(None))
    .correlate(Batch)
    .scalar_subquery()
)
_OPEN = Prepared(
    sa.select(
        Batch.id,
        Batch.label,
        Batch.status,
        Recipe.name,
        Batch.expected_quantity,
        Item.unit,
        Batch.planned_for,
        Batch.started_at,
        _LINES.label("lines"),
        _WEIGHED.label("weighed"),
    )
    .join(Recipe, sa.and_(_same(Recipe, Batch), Recipe.id == Batch.recipe_id))
    .join(Item, sa.and_(_same(Item, Batch), Item.id == Batch.output_item_id))
    .where(Batch.organization_id == sa.bindparam("o"), Batch.status.in_(["planned", "in_progress"]))
    .order_by(Batch.status, Batch.planned_for.is_(None), Batch.planned_for, Batch.id)
    .limit(_SHOWN)
)

_TODAY: sa.BindParameter[date] = sa.bindparam("today", type_=Day())
_USABLE = (
    sa.select(sa.cast(sa.func.coalesce(sa.func.sum(Lot.remaining_quantity), 0), Micro))
    .where(Lot.organization_id == sa.bindparam("o"), Lot.item_id == BatchLine.item_id)
    .where(Lot.remaining_quantity > sa.literal_column("0"), Lot.on_hold == sa.false(), expiration.good_on(_TODAY))
    .correlate(BatchLine)
    .scalar_subquery()
)
_LACKING = Prepared(
    sa.select(
        BatchLine.batch_id, BatchLine.item_id, Item.name, BatchLine.unit, BatchLine.needed, _USABLE.label("usable")
    )
    .join(Batch, sa.and_(_same(Batch, BatchLine), Batch.id == BatchLine.batch_id))
    .join(Item, sa.and_(_same(Item, BatchLine), Item.id == BatchLine.item_id))
    .where(BatchLine.organization_id == sa.bindparam("o"), Batch.status == "planned")
    .where(Item.tracked == sa.true(), BatchLine.skipped == sa.false(), BatchLine.needed > _USABLE)
    .order_by(BatchLine.batch_id, BatchLine.line)
)

_COUNT = sa.func.count(Batch.id)
_MADE = Prepared(
    sa.select(Item.id, Item.name, Item.unit, _COUNT.label("batches"))
    .join(Item, sa.and_(_same(Item, Batch), Item.id == Batch.output_item_id))
    .where(Batch.organization_id == sa.bindparam("o"), Batch.status == "completed")
    .where(Batch.completed_at >= sa.bindparam("since", type_=Batch.completed_at.type))
    .group_by(Item.id, Item.name, Item.unit)
    .order_by(_COUNT.desc(), Item.name)
    .limit(6)
)

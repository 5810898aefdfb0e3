"""Batches as the API and a batch's page show them: whole records, the latest first."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.kernel.actor import Actor
from app.platform import paging
from app.platform.database import execute
from app.platform.paging import Page
from app.production.models import Batch
from app.production.services import records
from app.production.services.records import BatchRecord


@dataclass(frozen=True, slots=True)
class BatchFilter:
    """Which batches. `since`, `until`: days of the organization on which they were planned, both included."""

    status: str | None = None
    recipe_id: UUID | None = None
    since: date | None = None
    until: date | None = None


def one(actor: Actor, batch_id: UUID) -> BatchRecord:
    """One batch. raises: NotFound"""
    return records.read(actor, batch_id)


def page(actor: Actor, wanted: BatchFilter, *, limit: int, cursor: str | None = None) -> Page[BatchRecord]:
    """Batches, the latest planned first.

    raises: Invalid for a cursor of another list
    """
    before = paging.place(cursor, UUID)
    statement = sa.select(Batch.id).where(Batch.organization_id == actor.organization_id)
    statement = statement.where(*_conditions(actor, wanted))
    if before is not None:
        statement = statement.where(Batch.id < sa.literal(before[0], Batch.id.type))
    rows = execute(statement.order_by(Batch.id.desc()).limit(limit + 1)).all()
    found = paging.page(rows, limit, lambda row: (row.id,))
    return Page(tuple(records.several(actor, [row.id for row in found.rows])), found.next_cursor)


def on_the_bench(actor: Actor) -> int:
    """How many are being made."""
    making = sa.select(sa.func.count()).where(Batch.organization_id == actor.organization_id)
    return int(execute(making.where(Batch.status == "in_progress")).scalar_one())


def _conditions(actor: Actor, wanted: BatchFilter) -> list[sa.ColumnElement[Any]]:
    conditions: list[sa.ColumnElement[Any]] = []
    if wanted.status:
        conditions.append(Batch.status == wanted.status)
    if wanted.recipe_id:
        conditions.append(Batch.recipe_id == wanted.recipe_id)
    if wanted.since:
        conditions.append(Batch.created_at >= _midnight(actor, wanted.since))
    if wanted.until:
        conditions.append(Batch.created_at < _midnight(actor, wanted.until + timedelta(days=1)))
    return conditions


def _midnight(actor: Actor, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(actor.zone))

"""Timers that run, with their batches. One statement."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.kernel.actor import Actor
from app.platform.prepared import Prepared
from app.production.models import Batch, BatchTimer
from app.production.services import states
from app.recipes.models import Recipe


@dataclass(frozen=True, slots=True)
class Timer:
    """Something that is waited for, from `started_at` to `ends_at`. `batch` is the label."""

    id: UUID
    batch_id: UUID
    batch: str
    recipe: str
    name: str
    started_at: datetime
    ends_at: datetime


def running(actor: Actor, batch_id: UUID | None = None) -> tuple[Timer, ...]:
    """Timers that nobody stopped yet, rung or not, of batches on the bench (or of one); the first to end first."""
    rows = _RUNNING.rows({"o": actor.organization_id, "b": batch_id, "any": batch_id is None})
    timers = (
        Timer(
            row.id,
            row.batch_id,
            row.label,
            row.recipe,
            row.name,
            row.started_at,
            row.started_at + timedelta(seconds=row.seconds),
        )
        for row in rows
    )
    return tuple(sorted(timers, key=lambda timer: (timer.ends_at, timer.id)))


_RUNNING = Prepared(
    sa.select(
        BatchTimer.id,
        BatchTimer.batch_id,
        BatchTimer.name,
        BatchTimer.seconds,
        BatchTimer.started_at,
        Batch.label,
        Recipe.name.label("recipe"),
    )
    .join(Batch, sa.and_(Batch.organization_id == BatchTimer.organization_id, Batch.id == BatchTimer.batch_id))
    .join(Recipe, sa.and_(Recipe.organization_id == Batch.organization_id, Recipe.id == Batch.recipe_id))
    .where(BatchTimer.organization_id == sa.bindparam("o"), BatchTimer.ended_at.is_(None))
    .where(Batch.status == states.IN_PROGRESS)
    .where(sa.or_(sa.bindparam("any", type_=sa.Boolean), BatchTimer.batch_id == sa.bindparam("b")))
)

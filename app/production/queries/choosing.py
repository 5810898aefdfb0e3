"""What there is to make: live recipes with a version in force, and when each was planned and made last."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform.database import execute
from app.platform.types import Instant
from app.production.models import Batch
from app.production.services import states
from app.recipes.models import Recipe, RecipeVersion

_RECENT = 5


@dataclass(frozen=True, slots=True)
class Makeable:
    """A recipe to make. `quantity` in millionths of `unit`: what one making gives."""

    id: UUID
    name: str
    quantity: int
    unit: str
    planned_at: datetime | None
    made_at: datetime | None


def makeable(actor: Actor) -> tuple[Makeable, ...]:
    """By name."""
    return tuple(Makeable(*tuple(row)) for row in execute(_MAKEABLE, {"o": actor.organization_id}))


def recent(rows: tuple[Makeable, ...]) -> list[Makeable]:
    """Those that were planned last, the latest first."""
    planned = [row for row in rows if row.planned_at is not None]
    return sorted(planned, key=lambda row: row.planned_at or datetime.min, reverse=True)[:_RECENT]  # noqa: DTZ901


def made_last(actor: Actor) -> dict[UUID, datetime]:
    """When each recipe was completed last; nothing to who may not see batches."""
    if not actor.may(Permission.BATCHES_VIEW):
        return {}
    return {row.recipe_id: row.made_at for row in execute(_MADE_LAST, {"o": actor.organization_id})}


_DONE = sa.case((Batch.status == states.COMPLETED, Batch.completed_at))
_LAST = (
    sa.select(
        Batch.recipe_id,
        sa.func.max(Batch.created_at, type_=Instant).label("planned_at"),
        sa.func.max(_DONE, type_=Instant).label("made_at"),
    )
    .where(Batch.organization_id == sa.bindparam("o"))
    .group_by(Batch.recipe_id)
    .subquery("last")
)
_MADE_LAST = sa.select(_LAST.c.recipe_id, _LAST.c.made_at).where(_LAST.c.made_at.is_not(None))
_MAKEABLE = (
    sa.select(
        Recipe.id,
        Recipe.name,
        RecipeVersion.output_quantity,
        RecipeVersion.output_unit,
        _LAST.c.planned_at,
        _LAST.c.made_at,
    )
    .join(
        RecipeVersion,
        sa.and_(
            RecipeVersion.organization_id == Recipe.organization_id,
            RecipeVersion.recipe_id == Recipe.id,
            RecipeVersion.number == Recipe.current_version,
        ),
    )
    .outerjoin(_LAST, _LAST.c.recipe_id == Recipe.id)
    .where(Recipe.organization_id == sa.bindparam("o"), Recipe.archived_at.is_(None))
    .order_by(Recipe.name_key, Recipe.id)
)

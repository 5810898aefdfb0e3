"""How far a new workshop is: ticked from facts in its books, in one statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.catalog.models import Item
from app.identity.models import Organization
from app.inventory.models import Lot, StockBalance
from app.kernel.actor import Actor
from app.platform.database import execute
from app.production.models import Batch
from app.recipes.models import RecipeLine, RecipeVersion

STEPS = ("craft", "material", "received", "priced", "made", "printed", "scanned", "traced")
_MATERIALS = ("ingredient", "packaging", "consumable")
_MINE: sa.BindParameter[UUID] = sa.bindparam("o", type_=Organization.id.type)


@dataclass(frozen=True, slots=True)
class Beginning:
    """Which steps are done, and what the next ones' buttons lead to: codes of an item, a batch and a lot."""

    done: frozenset[str]
    item: str | None
    batch: str | None
    lot: str | None

    @property
    def next(self) -> str | None:
        """The first step that is not done."""
        return next((step for step in STEPS if step not in self.done), None)


def read(actor: Actor) -> Beginning:
    """As of now."""
    said = execute(_BEGINNING, {"o": actor.organization_id}).one()
    done = frozenset(step for step in STEPS if getattr(said, step))
    return Beginning(done, said.item, said.batch, said.lot)


def kept(actor: Actor, codes: Iterable[str]) -> frozenset[str]:
    """Of these codes, those that items have already."""
    asked = sa.select(Item.code_key).where(
        Item.organization_id == actor.organization_id, Item.code_key.in_(sorted(codes))
    )
    return frozenset(execute(asked).scalars())


def _exists(owned: Any, *which: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(owned.organization_id == _MINE, *which)


def _newest(column: Any, owned: Any, *which: sa.ColumnElement[bool]) -> Any:
    """Of the newest row: ids are made in the order of time."""
    mine = sa.select(column).where(owned.organization_id == _MINE, *which)
    return mine.order_by(owned.id.desc()).limit(1).scalar_subquery()


def _priced() -> sa.ColumnElement[bool]:
    """A recipe is in use, and whatever it takes of counted things came in at a price once."""
    unpriced = sa.exists().where(
        RecipeLine.organization_id == RecipeVersion.organization_id,
        RecipeLine.version_id == RecipeVersion.id,
        Item.organization_id == RecipeLine.organization_id,
        Item.id == RecipeLine.item_id,
        Item.tracked,
        StockBalance.organization_id == Item.organization_id,
        StockBalance.item_id == Item.id,
        StockBalance.version == 0,
    )
    return _exists(RecipeVersion, RecipeVersion.published_at.is_not(None), ~unpriced)


_BEGINNING = sa.select(
    _newest(Item.code, Item, Item.type.in_(_MATERIALS), Item.archived_at.is_(None)).label("item"),
    _newest(Batch.label, Batch, Batch.status == "completed").label("batch"),
    _newest(Lot.fifo_code, Lot, Lot.source_type == "batch").label("lot"),
    Organization.craft.is_not(None).label("craft"),
    _exists(Item, Item.type.in_(_MATERIALS)).label("material"),
    _exists(Lot, Lot.source_type == "posting").label("received"),
    _priced().label("priced"),
    _exists(Batch, Batch.status == "completed").label("made"),
    Organization.first_printed_at.is_not(None).label("printed"),
    Organization.first_scanned_at.is_not(None).label("scanned"),
    Organization.first_traced_at.is_not(None).label("traced"),
).where(Organization.id == _MINE)

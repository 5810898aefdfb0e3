"""What may want a label: the latest batches and the lots on the shelf, by name or code."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from app.catalog.models import Item
from app.inventory.models import Lot
from app.kernel import text
from app.kernel.actor import Actor
from app.platform.database import execute
from app.production.models import Batch

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Printable:
    """A batch or a lot. `day`: when the lot came in; None for a batch."""

    kind: Literal["batch", "lot"]
    code: str
    name: str
    day: date | None


def find(actor: Actor, said: str = "") -> tuple[Printable, ...]:
    """The latest batches and open lots whose code or item's name holds `said`, case and accents aside."""
    batches, lots = _batches(actor, said).subquery(), _lots(actor, said).subquery()
    rows = execute(sa.union_all(sa.select(batches), sa.select(lots))).all()
    return tuple(Printable(row.kind, row.code, row.name, row.day) for row in rows)


def _batches(actor: Actor, said: str) -> sa.Select[*tuple[Any, ...]]:
    made = sa.and_(Item.organization_id == Batch.organization_id, Item.id == Batch.output_item_id)
    return (
        sa.select(
            sa.literal("batch").label("kind"),
            Batch.label.label("code"),
            Item.name,
            sa.null().cast(Lot.received_on.type).label("day"),
        )
        .join(Item, made)
        .where(Batch.organization_id == actor.organization_id, Batch.status.in_(("in_progress", "completed")))
        .where(_fits(Batch.label_key, said))
        .order_by(Batch.id.desc())
        .limit(_SHOWN)
    )


def _lots(actor: Actor, said: str) -> sa.Select[*tuple[Any, ...]]:
    of = sa.and_(Item.organization_id == Lot.organization_id, Item.id == Lot.item_id)
    return (
        sa.select(sa.literal("lot").label("kind"), Lot.fifo_code.label("code"), Item.name, Lot.received_on.label("day"))
        .join(Item, of)
        .where(Lot.organization_id == actor.organization_id, Lot.remaining_quantity > 0)
        .where(_fits(Lot.fifo_code_key, said))
        .order_by(Lot.received_on.desc(), Lot.sequence.desc(), Lot.line.desc())
        .limit(_SHOWN)
    )


def _fits(code: InstrumentedAttribute[str], said: str) -> sa.ColumnElement[bool]:
    return sa.or_(
        code.contains(said.lower(), autoescape=True), Item.name_key.contains(text.search_key(said), autoescape=True)
    )

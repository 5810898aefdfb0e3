"""What a code that somebody scanned or typed stands for: a batch's label, a lot's code, an item's code or barcode."""

from dataclasses import dataclass

import sqlalchemy as sa

from app.catalog.models import Item
from app.inventory.models import Lot
from app.kernel.actor import Actor
from app.platform.database import execute
from app.production.models import Batch


@dataclass(frozen=True, slots=True)
class Found:
    """`kind`: batch, lot or item. `code` as the house writes it."""

    kind: str
    code: str


def find(actor: Actor, said: str) -> Found | None:
    """The batch, else the lot, else the item of this code, ignoring case; None when there is none."""
    row = execute(_FIND, {"o": actor.organization_id, "key": said.lower(), "said": said}).first()
    return Found(row.kind, row.code) if row else None


def _kind(order: int, name: str) -> tuple[sa.Label[int], sa.Label[str]]:
    return sa.literal(order).label("place"), sa.literal(name).label("kind")


_KEY: sa.BindParameter[str] = sa.bindparam("key")
_FIND = (
    sa.union_all(
        sa.select(*_kind(1, "batch"), Batch.label.label("code")).where(
            Batch.organization_id == sa.bindparam("o"), Batch.label_key == _KEY
        ),
        sa.select(*_kind(2, "lot"), Lot.fifo_code).where(
            Lot.organization_id == sa.bindparam("o"), Lot.fifo_code_key == _KEY
        ),
        sa.select(*_kind(3, "item"), Item.code).where(
            Item.organization_id == sa.bindparam("o"),
            sa.or_(Item.code_key == _KEY, Item.barcode == sa.bindparam("said")),
        ),
    )
    .order_by("place")
    .limit(1)
)

"""What a code stands for that somebody scanned or typed: a batch's label, a lot's code, an item's code or barcode."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.catalog.models import Item
from app.inventory.models import Lot
from app.inventory.queries import items
from app.kernel import barcodes
from app.kernel.actor import Actor
from app.kernel.barcodes import Goods
from app.platform.database import db, execute
from app.production.models import Batch

_OFFERED = 8


@dataclass(frozen=True, slots=True)
class Found:
    """`kind`: batch, lot or item. `code` as the house writes it."""

    kind: str
    code: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """An item whose number stands in a supplier's code. `lots`: codes of its lots from the supplier's lot."""

    name: str
    code: str
    lots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """An item that a barcode may be attached to, with the one it has."""

    name: str
    code: str
    barcode: str | None


def of_code(actor: Actor, said: str) -> Found | None:
    """The batch, else the lot, else the item of this code, ignoring case; None when there is none."""
    ways = {"o": actor.organization_id, "key": said.lower(), "barcodes": list(barcodes.alike(said))}
    row = execute(_OF_CODE, ways).first()
    return Found(row.kind, row.code) if row else None


def of_id(actor: Actor, thing_id: UUID) -> Found | None:
    """The batch, lot or item of this id."""
    row = execute(_OF_ID, {"o": actor.organization_id, "id": thing_id}).first()
    return Found(row.kind, row.code) if row else None


def of_goods(actor: Actor, goods: Goods) -> Delivery | None:
    """The item of the number, with the lots that came of the supplier's lot, the newest first."""
    ways = {"o": actor.organization_id, "barcodes": list(barcodes.alike(goods.number)), "lot": goods.lot}
    rows = execute(_OF_GOODS, ways).all()
    if not rows:
        return None
    first = rows[0]
    return Delivery(first.name, first.code, tuple(row.lot for row in rows if row.code == first.code and row.lot))


def offers(actor: Actor, said: str) -> tuple[Offer, ...]:
    """Live items whose name or code holds `said`; all are held by nothing said. Eight at most, by name."""
    wanted = sa.select(Item.name, Item.code, Item.barcode).where(
        Item.organization_id == actor.organization_id, Item.archived_at.is_(None), items.matches(said)
    )
    rows = db.session.execute(wanted.order_by(Item.name_key, Item.id).limit(_OFFERED))
    return tuple(Offer(row.name, row.code, row.barcode) for row in rows)


def _kind(order: int, name: str) -> tuple[sa.Label[int], sa.Label[str]]:
    return sa.literal(order).label("place"), sa.literal(name).label("kind")


def _one_of(batch: Any, lot: Any, item: Any) -> sa.Select[Any]:
    """The first of the three kinds that fits. Items in use come before archived ones."""
    here: sa.BindParameter[UUID] = sa.bindparam("o")
    found = sa.union_all(
        sa.select(*_kind(1, "batch"), Batch.label.label("code")).where(Batch.organization_id == here, batch),
        sa.select(*_kind(2, "lot"), Lot.fifo_code).where(Lot.organization_id == here, lot),
        sa.select(*_kind(3, "item"), Item.code).where(Item.organization_id == here, item, Item.archived_at.is_(None)),
        sa.select(*_kind(4, "item"), Item.code).where(
            Item.organization_id == here, item, Item.archived_at.is_not(None)
        ),
    ).subquery()
    return sa.select(found.c.kind, found.c.code).order_by(found.c.place, found.c.code).limit(1)


_KEY: sa.BindParameter[str] = sa.bindparam("key")
_ID: sa.BindParameter[UUID] = sa.bindparam("id", type_=Item.id.type)
_ONE_OF_THEM = Item.barcode.in_(sa.bindparam("barcodes", expanding=True))
_OF_CODE = _one_of(Batch.label_key == _KEY, Lot.fifo_code_key == _KEY, sa.or_(Item.code_key == _KEY, _ONE_OF_THEM))
_OF_ID = _one_of(Batch.id == _ID, Lot.id == _ID, Item.id == _ID)
_SAME_LOT = sa.and_(
    Lot.organization_id == Item.organization_id,
    Lot.item_id == Item.id,
    Lot.supplier_lot == sa.bindparam("lot", type_=Lot.supplier_lot.type),
)
_OF_GOODS = (
    sa.select(Item.name, Item.code, Lot.fifo_code.label("lot"))
    .outerjoin(Lot, _SAME_LOT)
    .where(Item.organization_id == sa.bindparam("o"), _ONE_OF_THEM)
    .order_by(Item.archived_at.is_not(None), Item.name_key, Item.id, Lot.id.desc())
    .limit(_OFFERED)
)

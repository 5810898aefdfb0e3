"""What was paid for things, delivery by delivery: the price over time, who sells it, and the defaults of next time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import sqlalchemy as sa

from app.catalog.models import Supplier
from app.inventory.models import Lot, StockMovement, StockPosting
from app.kernel import numbers
from app.kernel.actor import Actor
from app.platform.database import execute


@dataclass(frozen=True, slots=True)
class Delivery:
    """A lot that was bought. Quantity in millionths of the item's unit, cost in millionths of the currency."""

    item_id: UUID
    posting_id: UUID
    received_on: date
    quantity: int
    cost: int
    supplier: str | None

    def of(self, quantity: int) -> Decimal:
        """What `quantity` millionths come to at this delivery's price."""
        return numbers.from_micro(round(Fraction(self.cost * quantity, self.quantity)))


def of_item(actor: Actor, item_id: UUID, *, limit: int) -> tuple[Delivery, ...]:
    """The item's last deliveries, the latest first."""
    asked = {"o": actor.organization_id, "i": item_id}
    rows = execute(_BOUGHT.where(Lot.item_id == sa.bindparam("i")).limit(limit), asked)
    return tuple(Delivery(*tuple(row)) for row in rows)


def latest(actor: Actor, item_ids: Iterable[UUID]) -> dict[UUID, Delivery]:
    """The last delivery of each item that had one."""
    wanted = sorted(set(item_ids))
    rows = execute(_LATEST, {"o": actor.organization_id, "ids": wanted}) if wanted else ()
    return {row.item_id: Delivery(*tuple(row)) for row in rows}


_BOUGHT_FROM = sa.and_(Supplier.organization_id == Lot.organization_id, Supplier.id == Lot.supplier_id)
_CAME_BY = sa.and_(StockPosting.organization_id == Lot.organization_id, StockPosting.id == Lot.source_id)
_TAKEN_BACK = sa.exists().where(
    StockMovement.organization_id == Lot.organization_id,
    StockMovement.lot_id == Lot.id,
    StockMovement.reverses.is_not(None),
    StockMovement.quantity == -Lot.initial_quantity,
)
_COLUMNS = (Lot.item_id, Lot.source_id, Lot.received_on, Lot.initial_quantity, Lot.initial_cost, Supplier.name)
_NEWEST_FIRST = (Lot.received_on.desc(), Lot.sequence.desc(), Lot.line.desc())
_BOUGHT = (
    sa.select(*_COLUMNS)
    .outerjoin(Supplier, _BOUGHT_FROM)
    .join(StockPosting, _CAME_BY)
    .where(Lot.organization_id == sa.bindparam("o"), Lot.source_type == "posting")
    .where(StockPosting.kind.in_(("receipt", "opening")), sa.not_(_TAKEN_BACK))
    .order_by(*_NEWEST_FIRST)
)
_RANKED = (
    _BOUGHT.order_by(None)
    .where(Lot.item_id.in_(sa.bindparam("ids", expanding=True)))
    .add_columns(sa.func.row_number().over(partition_by=Lot.item_id, order_by=_NEWEST_FIRST).label("place"))
    .subquery("ranked")
)
_LATEST = sa.select(*list(_RANKED.c)[: len(_COLUMNS)]).where(_RANKED.c.place == 1)

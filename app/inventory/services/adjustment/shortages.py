"""What is missing, and what lies there but cannot be used: the words of every refusal for want of stock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import sqlalchemy as sa

from app.inventory.models import Lot
from app.inventory.services import expiration
from app.inventory.services.adjustment.posted import ItemFacts
from app.kernel import numbers
from app.kernel.actor import Actor
from app.kernel.errors import Conflict
from app.platform.database import execute
from app.platform.types import Day, Micro


@dataclass(frozen=True, slots=True)
class Shortage:
    """One item that is short. All amounts positive, in millionths of its stock unit."""

    item: ItemFacts
    needed: int
    available: int
    expired: int
    on_hold: int
    reserved: int = 0
    paths: tuple[tuple[str, ...], ...] = ()

    @property
    def missing(self) -> int:
        """`needed - available`."""
        return self.needed - self.available

    def as_details(self) -> dict[str, Any]:
        """The API's Shortage."""
        return {
            "item": {"id": str(self.item.id), "code": self.item.code, "name": self.item.name},
            "needed": numbers.plain(self.needed),
            "available": numbers.plain(self.available),
            "missing": numbers.plain(self.missing),
            "unit": self.item.unit,
            "unusable": {
                "expired": numbers.plain(self.expired),
                "on_hold": numbers.plain(self.on_hold),
                "reserved": numbers.plain(self.reserved),
            },
            "paths": [list(path) for path in self.paths],
        }


class InsufficientStock(Conflict):
    """Something is short; `details.shortages` names all of it."""

    code = "insufficient_stock"

    def __init__(self, shortages: Iterable[Shortage], **drawer: str) -> None:
        """`drawer`: what else its drawer should offer; see `inventory.forms.shortage.asked`."""
        self.shortages = tuple(shortages)
        needs = [("need", f"{short.item.id}:{numbers.plain(short.needed)}") for short in self.shortages]
        names = ", ".join(
            f"{short.item.name} (short {numbers.plain(short.missing)} {short.item.unit})" for short in self.shortages
        )
        super().__init__(
            f"There is not enough stock: {names}.",
            drawer={
                "modal_url": f"shortages?{urlencode([*needs, *drawer.items()], safe=':')}",
                "redirect_url": f"items/{self.shortages[0].item.id}/receive",
                "success_event": "stock.received",
                "retry": True,
            },
            shortages=[short.as_details() for short in self.shortages],
        )


def unusable(
    actor: Actor, item_ids: Iterable[UUID], *, on: date, lot_id: UUID | None = None
) -> Mapping[UUID, tuple[int, int]]:
    """(expired, on hold and not expired) of each item, or of one lot alone, in one statement."""
    statement = _UNUSABLE if lot_id is None else _UNUSABLE.where(Lot.id == lot_id)
    rows = execute(statement, {"o": actor.organization_id, "ids": sorted(set(item_ids)), "d": on})
    return {row.item_id: (int(row.expired), int(row.held)) for row in rows}


_ON: sa.BindParameter[date] = sa.bindparam("d", type_=Day())
_GOOD = expiration.good_on(_ON)
_UNUSABLE = (
    sa.select(
        Lot.item_id,
        sa.func.sum(sa.case((sa.not_(_GOOD), Lot.remaining_quantity), else_=sa.literal(0, Micro))).label("expired"),
        sa.func.sum(
            sa.case((sa.and_(_GOOD, Lot.on_hold == sa.true()), Lot.remaining_quantity), else_=sa.literal(0, Micro))
        ).label("held"),
    )
    .where(
        Lot.organization_id == sa.bindparam("o"),
        Lot.item_id.in_(sa.bindparam("ids", expanding=True)),
        Lot.remaining_quantity > 0,
    )
    .group_by(Lot.item_id)
)

"""The shelf as the Stock page shows it: every item with its lots summed up, in one statement."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.catalog.models import Item
from app.inventory.models import Lot, StockBalance
from app.inventory.services import expiration
from app.kernel import clock, text
from app.kernel.actor import Actor
from app.platform.database import execute
from app.platform.types import Day, Micro

SOON_DAYS = 30
PRODUCT = "product"
_FULL_AT_LOW = 4  # a jug of a material with a low-stock level is full at four times that


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """One item on the shelf. Quantities in millionths of `unit`, value in millionths of the currency."""

    id: UUID
    code: str
    name: str
    type: str
    unit: str
    category: str | None
    tracked: bool
    low_stock_level: int | None
    on_hand: int
    value: int
    lots: int
    came_in: int  # of the lots that are open
    expired: int
    on_hold: int
    soon: int  # lots to use within SOON_DAYS
    next_use_by: date | None
    next_received_on: date | None
    reserved: int = 0

    @property
    def available(self) -> int:
        """On hand without what expired, is on hold or reserved."""
        return self.on_hand - self.expired - self.on_hold - self.reserved

    @property
    def is_low(self) -> bool:
        """Less is available than the low-stock level says."""
        return self.tracked and self.low_stock_level is not None and self.available < self.low_stock_level

    @property
    def jug(self) -> tuple[int, int, int | None]:
        """(fill, held, low mark) in percent of a full jug."""
        full = max(self.came_in, self.on_hand, _FULL_AT_LOW * (self.low_stock_level or 0), 1)
        low = None if self.low_stock_level is None else self.low_stock_level * 100 // full
        fill = -(-max(self.available, 0) * 100 // full)
        return fill, (self.on_hand - max(self.available, 0)) * 100 // full, low

    def life(self, today: date) -> int | None:
        """Percent of the life that the lot to be used first has left."""
        if self.next_use_by is None or self.next_received_on is None:
            return None
        left = expiration.life_remaining_percent(
            received_on=self.next_received_on, expires_on=self.next_use_by, today=today
        )
        return None if left is None else int(left)


CHIPS: dict[str, Callable[[ShelfRow], bool]] = {
    "all": lambda _row: True,
    "materials": lambda row: row.type != PRODUCT,
    "products": lambda row: row.type == PRODUCT,
    "low": lambda row: row.is_low,
    "soon": lambda row: row.soon > 0,
}


@dataclass(frozen=True, slots=True)
class Shelf:
    """The rows asked for, by category, with how many each chip would show."""

    groups: tuple[tuple[str, tuple[ShelfRow, ...]], ...]
    counts: dict[str, int]
    total: int
    value: int


def shelf(actor: Actor, *, words: str = "", show: str = "all") -> Shelf:
    """Everything that is kept, but archived items.

    words: all must stand in the name, code or category; case and accents do not matter
    show:  a key of CHIPS
    """
    today = clock.local_date(clock.now(), actor.zone)
    asked = {"o": actor.organization_id, "d": today, "s": today + timedelta(days=SOON_DAYS)}
    everything = [ShelfRow(*tuple(row)) for row in execute(_SHELF, asked)]
    found = [row for row in everything if _holds(row, words)]
    counts = {name: sum(1 for row in found if chosen(row)) for name, chosen in CHIPS.items()}
    shown = [row for row in found if CHIPS.get(show, CHIPS["all"])(row)]
    return Shelf(_grouped(shown), counts, len(everything), sum(row.value for row in everything))


def _holds(row: ShelfRow, words: str) -> bool:
    said = text.search_key(f"{row.name} {row.code} {row.category or ''}")
    return all(word in said for word in text.search_key(words).split())


def _grouped(rows: Iterable[ShelfRow]) -> tuple[tuple[str, tuple[ShelfRow, ...]], ...]:
    """By category, those without one last."""
    in_order = sorted(rows, key=lambda row: (row.category is None, text.search_key(row.category or "")))
    groups = groupby(in_order, key=lambda row: text.search_key(row.category or ""))
    return tuple((found[0].category or "Everything else", found) for _, group in groups if (found := tuple(group)))


_TODAY: sa.BindParameter[date] = sa.bindparam("d", type_=Day())
_GOOD = expiration.good_on(_TODAY)
_QUANTITY, _NOTHING = Lot.remaining_quantity, sa.literal(0, Micro)


def _sum(condition: sa.ColumnElement[bool], value: Any = _QUANTITY) -> sa.ColumnElement[int]:
    return sa.cast(sa.func.sum(sa.case((condition, value), else_=_NOTHING)), Micro)


_OPEN = (
    sa.select(
        Lot.item_id,
        sa.func.count().label("lots"),
        sa.cast(sa.func.sum(Lot.initial_quantity), Micro).label("came_in"),
        _sum(sa.not_(_GOOD)).label("expired"),
        _sum(sa.and_(_GOOD, Lot.on_hold == sa.true())).label("on_hold"),
        _sum(sa.and_(_GOOD, Lot.expires_on <= sa.bindparam("s", type_=Day())), sa.literal(1, Micro)).label("soon"),
        sa.func.min(sa.case((_GOOD, Lot.expires_on))).label("next_use_by"),
    )
    .where(Lot.organization_id == sa.bindparam("o"), Lot.remaining_quantity > 0)
    .group_by(Lot.item_id)
    .subquery("open")
)
_NEXT = (
    sa.select(sa.func.min(Lot.received_on))
    .where(Lot.organization_id == Item.organization_id, Lot.item_id == Item.id, Lot.remaining_quantity > 0)
    .where(Lot.expires_on == _OPEN.c.next_use_by)
    .correlate(Item, _OPEN)
    .scalar_subquery()
)
_SHELF = (
    sa.select(
        Item.id,
        Item.code,
        Item.name,
        Item.type,
        Item.unit,
        Item.category,
        Item.tracked,
        Item.low_stock_level,
        StockBalance.on_hand,
        StockBalance.value,
        *(sa.func.coalesce(_OPEN.c[name], 0) for name in ("lots", "came_in", "expired", "on_hold", "soon")),
        _OPEN.c.next_use_by,
        _NEXT,
    )
    .join(StockBalance, sa.and_(StockBalance.organization_id == Item.organization_id, StockBalance.item_id == Item.id))
    .outerjoin(_OPEN, _OPEN.c.item_id == Item.id)
    .where(Item.organization_id == sa.bindparam("o"), Item.archived_at.is_(None))
    .order_by(Item.name_key, Item.id)
)

"""The shelf as the Stock page shows it: every item with its lots and its pace summed up, in one statement."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from app.catalog.models import Item, Supplier
from app.inventory.models import Lot, StockBalance
from app.inventory.queries import pace
from app.inventory.services import expiration
from app.kernel import clock, text
from app.kernel.actor import Actor
from app.platform.database import execute
from app.platform.types import Day, Micro

SOON_DAYS = 30
PRODUCT = "product"
_ISO_DAY = 10  # characters
_FULL_AT_LOW = 4  # a jug of a material with a low-stock level is full at four times that


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """One item on the shelf. Quantities in millionths of `unit`, value in millionths of the currency."""

    code: str
    name: str
    type: str
    unit: str
    category: str | None
    tracked: bool
    low_stock_level: int | None
    is_low: bool  # less is available than the low-stock level says
    on_hand: int
    value: int
    lots: int
    came_in: int  # of the lots that are open
    expired: int
    on_hold: int
    soon: int  # lots to use within SOON_DAYS
    next_days: str | None  # of the lot to be used first: its last good day and the day it came in, run together
    used: int  # in the last pace.PACE_DAYS
    first_use: date | None  # of those
    created_at: datetime | None  # of what was used
    name_key: str
    code_key: str
    barcode: str | None
    marks: str = ""  # lots, their suppliers' codes, suppliers: read only when words are looked for
    reserved: int = 0

    @property
    def available(self) -> int:
        """On hand without what expired, is on hold or reserved."""
        return self.on_hand - self.expired - self.on_hold - self.reserved

    @property
    def jug(self) -> tuple[int, int, int | None]:
        """(fill, held, low mark) in percent of a full jug."""
        full = max(self.came_in, self.on_hand, _FULL_AT_LOW * (self.low_stock_level or 0), 1)
        low = None if self.low_stock_level is None else self.low_stock_level * 100 // full
        fill = -(-max(self.available, 0) * 100 // full)
        return fill, (self.on_hand - max(self.available, 0)) * 100 // full, low

    def days_left(self, today: date) -> int | None:
        """For how many days it lasts at the recent pace; None for what is not used or not counted."""
        if not self.tracked or self.created_at is None:
            return None
        known_since = min(filter(None, (self.created_at.date(), self.first_use)))
        return pace.days_left(available=self.available, used=self.used, known_since=known_since, today=today)

    @property
    def next_use_by(self) -> date | None:
        """The last good day of the lot to be used first."""
        return date.fromisoformat(self.next_days[:_ISO_DAY]) if self.next_days else None

    def life(self, today: date) -> int | None:
        """Percent of the life that the lot to be used first has left."""
        if self.next_days is None:
            return None
        came_in = date.fromisoformat(self.next_days[_ISO_DAY:])
        left = expiration.life_remaining_percent(received_on=came_in, expires_on=self.next_use_by, today=today)
        return None if left is None else int(left)


CHIPS: dict[str, Callable[[Any], bool] | None] = {
    "all": None,
    "materials": lambda row: row.type != PRODUCT,
    "products": lambda row: row.type == PRODUCT,
    "low": lambda row: bool(row.is_low),
    "soon": lambda row: row.soon > 0,
}
"""What a chip shows, of a row as the database gives it: most are counted and few are drawn."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one category. `total`, `value`: of all of it; `begins`: its first row is here."""

    category: str | None
    rows: tuple[ShelfRow, ...]
    total: int
    value: int
    begins: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """A part of the rows asked for, by category, with how many each chip would show.

    found:      rows that fit, drawn or not
    next_start: where the next part begins, None after the last
    """

    groups: tuple[Group, ...]
    counts: dict[str, int]
    found: int
    next_start: int | None
    total: int
    value: int
    today: date


def shelf(actor: Actor, *, words: str = "", show: str = "all", start: int = 0, limit: int | None = None) -> Shelf:
    """Everything that is kept, but archived items.

    words: all must stand in name, code, barcode, category, supplier or lot; case and accents do not matter
    show:  a key of CHIPS
    start: the first row that is wanted, counted from 0
    """
    today = clock.local_date(clock.now(), actor.zone)
    asked = pace.asked(actor, today) | {"d": today, "s": today + timedelta(days=SOON_DAYS)}
    wanted = text.search_key(words).split()
    everything = execute(_SHELF_WITH_MARKS if wanted else _SHELF, asked).all()
    fitting = [row for row in everything if _holds(row, wanted)] if wanted else everything
    by_chip = {name: list(filter(chosen, fitting)) if chosen else fitting for name, chosen in CHIPS.items()}
    shown = by_chip.get(show, fitting)
    end = len(shown) if limit is None else start + limit
    return Shelf(
        groups=tuple(_grouped(shown, start, end)),
        counts={name: len(rows) for name, rows in by_chip.items()},
        found=len(shown),
        next_start=end if end < len(shown) else None,
        total=len(everything),
        value=sum(row.value for row in everything),
        today=today,
    )


def _holds(row: Any, wanted: list[str]) -> bool:
    said = " ".join((row.name_key, row.code_key, _folded(row.category), _folded(row.barcode), row.marks))
    return all(word in said for word in wanted)


@lru_cache(maxsize=2_000)
def _folded(said: str | None) -> str:
    return text.search_key(said or "")


@lru_cache(maxsize=2_000)
def _category_key(category: str | None) -> tuple[bool, str]:
    """By category, those without one last."""
    return category is None, _folded(category)


def _grouped(rows: Sequence[Any], start: int, end: int) -> Iterator[Group]:
    """The groups of rows `start` to `end`, each with the sums of the whole category."""
    groups: dict[tuple[bool, str], list[Any]] = {}
    for row in rows:
        groups.setdefault(_category_key(row.category), []).append(row)
    place = 0
    for _, group in sorted(groups.items()):
        part = group[max(start - place, 0) : max(end - place, 0)]
        if part:
            value = sum(row.value for row in group)
            drawn = tuple(ShelfRow(*row) for row in part)
            yield Group(part[0].category, drawn, len(group), value, begins=place >= start)
        place += len(group)


_TODAY: sa.BindParameter[date] = sa.bindparam("d", type_=Day())
_GOOD = expiration.good_on(_TODAY)
_QUANTITY, _NOTHING = Lot.remaining_quantity, sa.literal(0, Micro)


def _sum(condition: sa.ColumnElement[bool], value: Any = _QUANTITY) -> sa.ColumnElement[int]:
    return sa.cast(sa.func.sum(sa.case((condition, value), else_=_NOTHING)), Micro)


def _as_text(day: Any) -> sa.ColumnElement[str]:
    return sa.cast(day, sa.Text)


_OPEN = (
    sa.select(
        Lot.item_id,
        sa.func.count().label("lots"),
        sa.cast(sa.func.sum(Lot.initial_quantity), Micro).label("came_in"),
        _sum(sa.not_(_GOOD)).label("expired"),
        _sum(sa.and_(_GOOD, Lot.on_hold == sa.true())).label("on_hold"),
        _sum(sa.and_(_GOOD, Lot.expires_on <= sa.bindparam("s", type_=Day())), sa.literal(1, Micro)).label("soon"),
        sa.func.min(sa.case((_GOOD, _as_text(Lot.expires_on) + _as_text(Lot.received_on)))).label("next_days"),
    )
    .where(Lot.organization_id == sa.bindparam("o"), Lot.remaining_quantity > sa.literal_column("0"))
    .group_by(Lot.item_id)
    .subquery("open")
)


def _open(name: str) -> sa.ColumnElement[int]:
    return sa.func.coalesce(_OPEN.c[name], 0)


_USABLE = StockBalance.on_hand - _open("expired") - _open("on_hold")
_IS_LOW = sa.and_(Item.tracked == sa.true(), sa.func.coalesce(Item.low_stock_level > _USABLE, sa.false()))
_SHELF = (
    sa.select(
        Item.code,
        Item.name,
        Item.type,
        Item.unit,
        Item.category,
        Item.tracked,
        Item.low_stock_level,
        _IS_LOW.label("is_low"),
        StockBalance.on_hand,
        StockBalance.value,
        *(_open(name).label(name) for name in ("lots", "came_in", "expired", "on_hold", "soon")),
        _OPEN.c.next_days,
        sa.func.coalesce(pace.USED.c.used, 0),
        pace.USED.c.first_use,
        sa.case((pace.USED.c.used > 0, Item.created_at)),
        Item.name_key,
        Item.code_key,
        Item.barcode,
    )
    .join(StockBalance, sa.and_(StockBalance.organization_id == Item.organization_id, StockBalance.item_id == Item.id))
    .outerjoin(_OPEN, _OPEN.c.item_id == Item.id)
    .outerjoin(pace.USED, pace.USED.c.item_id == Item.id)
    .where(Item.organization_id == sa.bindparam("o"), Item.archived_at.is_(None))
    .order_by(Item.name_key, Item.id)
)
_BOUGHT_FROM = sa.and_(Supplier.organization_id == Lot.organization_id, Supplier.id == Lot.supplier_id)
_MARKS = (
    sa.select(
        Lot.item_id,
        sa.func.aggregate_strings(
            Lot.fifo_code_key
            + " "
            + sa.func.coalesce(Lot.supplier_lot_key, "")
            + " "
            + sa.func.coalesce(Supplier.name_key, ""),
            " ",
        ).label("marks"),
    )
    .outerjoin(Supplier, _BOUGHT_FROM)
    .where(Lot.organization_id == sa.bindparam("o"))
    .group_by(Lot.item_id)
    .subquery("marks")
)
_SHELF_WITH_MARKS = _SHELF.add_columns(sa.func.coalesce(_MARKS.c.marks, "").label("marks")).outerjoin(
    _MARKS, _MARKS.c.item_id == Item.id
)

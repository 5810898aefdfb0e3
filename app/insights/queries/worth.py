"""What stock was worth and why that changed: sums of the ledger's costs by window of thirty days, in one statement.

Money in millionths of the currency. What was taken back counts under the kind of what it took back.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.catalog.models import Item
from app.inventory.models import Lot, StockMovement, StockPosting
from app.inventory.queries.kinds import COUNTS_AS
from app.kernel import numbers
from app.kernel.actor import Actor
from app.platform.prepared import Prepared
from app.platform.types import Day, Micro

WINDOW_DAYS, WINDOWS = 30, 6
WASTE = ("expired", "spoil", "trash", "damaged", "quality_fail")
_GROUPS = {
    **dict.fromkeys(("receipt", "opening", "found"), "bought"),
    "production": "made",
    **dict.fromkeys(("production_use", "use", "sample", "tester", "gift"), "used"),
    "sale": "sold",
    **dict.fromkeys(WASTE, "wasted"),
    "count": "counted",
}
GROUPS = ("bought", "made", "used", "sold", "wasted", "counted")
_MADE_TYPES = ("product", "intermediate")
_PRODUCT_LOTS = 24
_YEAR = 365


@dataclass(frozen=True, slots=True)
class Window:
    """The shelf at the end of a day: materials and what was made of them."""

    day: date
    materials: int
    products: int

    @property
    def value(self) -> int:
        """All of it."""
        return self.materials + self.products


@dataclass(frozen=True, slots=True)
class Worth:
    """How the shelf's value went. `changes`: by group in the last thirty days; `waste`: by kind in half a year."""

    windows: tuple[Window, ...]
    changes: tuple[tuple[str, int], ...]
    waste: tuple[tuple[str, int], ...]

    @property
    def before(self) -> int:
        """The value thirty days ago."""
        return self.windows[-2].value

    @property
    def now(self) -> int:
        """The value today."""
        return self.windows[-1].value

    @property
    def wasted(self) -> int:
        """All waste."""
        return sum(cost for _kind, cost in self.waste)


@dataclass(frozen=True, slots=True)
class Made:
    """What a batch's lot cost. `unit_cost` for one unit, in millionths of the currency."""

    code: str
    made_on: date
    unit_cost: int


@dataclass(frozen=True, slots=True)
class ProductCost:
    """What the product that was made most often cost, batch by batch, the oldest first."""

    item: str
    item_id: UUID
    unit: str
    lots: tuple[Made, ...]


def read(actor: Actor, today: date, by_type: dict[str, int]) -> Worth:
    """How the value went until now.

    by_type: what the shelf is worth now
    """
    ends = [today - timedelta(days=WINDOW_DAYS * n) for n in range(WINDOWS + 1)]
    asked: dict[str, Any] = {"o": actor.organization_id, **{f"end{n}": end for n, end in enumerate(ends[1:])}}
    rows = list(_CHANGES.rows(asked))
    products = sum(value for type_, value in by_type.items() if type_ in _MADE_TYPES)
    materials = sum(by_type.values()) - products
    windows = [Window(today, materials, products)]
    for n in range(WINDOWS):
        here = [row for row in rows if row.window == n]
        products -= sum(int(row.cost) for row in here if row.made)
        materials -= sum(int(row.cost) for row in here if not row.made)
        windows.insert(0, Window(ends[n + 1], materials, products))
    return Worth(tuple(windows), _changes(rows), _waste(rows))


def product_cost(actor: Actor, today: date) -> ProductCost | None:
    """Of the product that batches made most often within a year; None where nothing was made twice."""
    rows = list(_PRODUCT.rows({"o": actor.organization_id, "since": today - timedelta(days=_YEAR)}))
    if len(rows) <= 1:
        return None
    lots = (Made(row.fifo_code, row.received_on, _each(row)) for row in reversed(rows))
    return ProductCost(rows[0].name, rows[0].item_id, rows[0].unit, tuple(lots))


def _each(row: Any) -> int:
    return round(Fraction(row.initial_cost * numbers.MICRO, row.initial_quantity))


def _changes(rows: list[Any]) -> tuple[tuple[str, int], ...]:
    sums = dict.fromkeys(GROUPS, 0)
    for row in rows:
        if row.window == 0:
            sums[_GROUPS.get(row.kind, "counted")] += int(row.cost)
    return tuple((group, cost) for group, cost in sums.items() if cost)


def _waste(rows: list[Any]) -> tuple[tuple[str, int], ...]:
    sums = dict.fromkeys(WASTE, 0)
    for row in rows:
        if row.kind in sums:
            sums[row.kind] -= int(row.cost)
    return tuple(sorted(((kind, cost) for kind, cost in sums.items() if cost > 0), key=lambda part: -part[1]))


def _same(one: Any, other: Any) -> sa.ColumnElement[bool]:
    return sa.and_(one.organization_id == other.organization_id, one.organization_id == sa.bindparam("o"))


_KIND = COUNTS_AS.label("kind")
_WINDOW = sa.case(
    *((StockPosting.business_date > sa.bindparam(f"end{n}", type_=Day()), n) for n in range(WINDOWS))
).label("window")
_MADE = Item.type.in_(_MADE_TYPES).label("made")
_CHANGES = Prepared(
    sa.select(_WINDOW, _KIND, _MADE, sa.cast(sa.func.sum(StockMovement.cost), Micro).label("cost"))
    .join(StockMovement, sa.and_(_same(StockMovement, StockPosting), StockMovement.posting_id == StockPosting.id))
    .join(Item, sa.and_(_same(Item, StockMovement), Item.id == StockMovement.item_id))
    .where(StockPosting.organization_id == sa.bindparam("o"))
    .where(StockPosting.business_date > sa.bindparam(f"end{WINDOWS - 1}", type_=Day()))
    .group_by(_WINDOW, _KIND, _MADE)
)

_LATELY = sa.and_(
    Lot.organization_id == sa.bindparam("o"),
    Lot.source_type == "batch",
    Lot.received_on >= sa.bindparam("since", type_=Day()),
    Lot.initial_cost > 0,
)
_OFTEN = (
    sa.select(Lot.item_id)
    .join(Item, sa.and_(_same(Item, Lot), Item.id == Lot.item_id))
    .where(_LATELY, Item.type == "product")
    .group_by(Lot.item_id)
    .order_by(sa.func.count(Lot.id).desc(), Lot.item_id)
    .limit(1)
    .scalar_subquery()
)
_PRODUCT = Prepared(
    sa.select(
        Item.name,
        Item.id.label("item_id"),
        Item.unit,
        Lot.fifo_code,
        Lot.received_on,
        Lot.initial_cost,
        Lot.initial_quantity,
    )
    .join(Item, sa.and_(_same(Item, Lot), Item.id == Lot.item_id))
    .where(_LATELY, Lot.item_id == _OFTEN)
    .order_by(Lot.received_on.desc(), Lot.sequence.desc(), Lot.line.desc())
    .limit(_PRODUCT_LOTS)
)

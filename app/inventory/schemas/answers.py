"""What stock calls answer, as the contract names it. Numbers are plain decimal text in the item's unit."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from app.platform.answers import Answered
from app.platform.schemas import DecimalOut


class ItemRefOut(Answered):
    """An item by name."""

    id: UUID
    code: str
    name: str


class LotRefOut(Answered):
    """A lot by code; null in a dry run that would make it."""

    id: UUID | None
    fifo_code: str | None


class PersonRefOut(Answered):
    """A person by name."""

    id: UUID
    name: str


class SourceOut(Answered):
    """Where something came from: `manual`, `posting` or `batch`."""

    type: str
    id: UUID | None
    label: str | None


class ItemOut(Answered):
    """An item. `available` = on hand - expired - on hold - reserved; not tracked: null."""

    id: UUID
    code: str
    name: str
    type: Literal["ingredient", "packaging", "consumable", "intermediate", "product"]
    unit: str
    category: str | None
    density_g_per_ml: DecimalOut | None
    tracked: bool
    perishable: bool
    shelf_life_days: int | None
    fefo: bool
    low_stock_level: DecimalOut | None
    barcode: str | None
    archived: bool
    on_hand: DecimalOut | None
    reserved: DecimalOut
    available: DecimalOut | None
    value: DecimalOut | None
    average_unit_cost: DecimalOut | None


class ItemsOut(Answered):
    """A page of items."""

    data: list[ItemOut]
    next_cursor: str | None


class LotOut(Answered):
    """A lot; good through `expires_on`."""

    id: UUID
    fifo_code: str
    item: ItemRefOut
    unit: str
    received_on: date
    expires_on: date | None
    status: Literal["open", "on_hold", "empty"]
    expired: bool
    initial_quantity: DecimalOut
    remaining_quantity: DecimalOut
    initial_cost: DecimalOut
    remaining_cost: DecimalOut
    unit_cost: DecimalOut | None
    supplier: str | None
    supplier_lot: str | None
    source: SourceOut
    life_remaining_percent: DecimalOut | None


class LotsOut(Answered):
    """A page of lots."""

    data: list[LotOut]
    next_cursor: str | None


class EnteredOut(Answered):
    """What was typed."""

    quantity: DecimalOut
    unit: str


class MovementOut(Answered):
    """One line of a posting. In positive, out negative; `lot` null for what is not tracked."""

    id: UUID | None
    line: int
    item: ItemRefOut
    lot: LotRefOut | None
    quantity: DecimalOut
    unit: str
    cost: DecimalOut
    lot_remaining_quantity: DecimalOut | None
    lot_remaining_cost: DecimalOut | None
    pinned: bool
    reverses: UUID | None
    left_to_reverse: DecimalOut


class PostingOut(Answered):
    """One entry of the ledger. Ids, numbers and times that only writing gives are null in a dry run."""

    id: UUID | None
    number: str | None
    kind: str
    occurred_at: datetime | None
    business_date: date
    recorded_at: datetime | None
    late: bool
    actor: PersonRefOut
    entry_point: str
    reason: str | None
    note: str | None
    to: str | None
    reference: str | None
    source: SourceOut
    reverses: UUID | None
    reversed_by: list[UUID]
    entered: EnteredOut | None
    total_cost: DecimalOut
    movements: list[MovementOut]


class PostingsOut(Answered):
    """A page of postings."""

    data: list[PostingOut]
    next_cursor: str | None


class UnchangedOut(Answered):
    """The book says what was counted."""

    unchanged: Literal[True]


class UnitOut(Answered):
    """A unit that everybody has. One of it is `ratio` of its base unit, an exact fraction."""

    code: str
    name: str
    kind: str
    base: str
    ratio: str
    aliases: list[str]


class UnitsOut(Answered):
    """All of them."""

    data: list[UnitOut]
    next_cursor: None


class OwnUnitOut(Answered):
    """One `name` of the item is `quantity` of `unit`."""

    name: str
    quantity: DecimalOut
    unit: str


class OwnUnitsOut(Answered):
    """The organization's own units of one item."""

    data: list[OwnUnitOut]
    next_cursor: None


class QuantityOut(Answered):
    """A converted amount."""

    quantity: DecimalOut
    unit: str


class UnusableOut(Answered):
    """What lies there and cannot be used."""

    expired: DecimalOut
    on_hold: DecimalOut
    reserved: DecimalOut


class ShortageOut(Answered):
    """What is missing of one item: positive amounts in `unit`."""

    item: ItemRefOut
    needed: DecimalOut
    available: DecimalOut
    missing: DecimalOut
    unit: str
    unusable: UnusableOut
    paths: list[list[str]]


class CheckDrawOut(Answered):
    """What would be taken from one lot, and what would remain in it."""

    lot: LotRefOut
    quantity: DecimalOut
    cost: DecimalOut
    remaining: DecimalOut


class CheckLineOut(Answered):
    """One item of a stock check."""

    item: ItemRefOut
    needed: DecimalOut
    available: DecimalOut | None
    unit: str
    consumed: DecimalOut
    shortfall: DecimalOut
    satisfied: bool
    total_cost: DecimalOut
    breakdown: list[CheckDrawOut]


class StockCheckOut(Answered):
    """Whether there is enough, what would be taken, and all that is missing. Costs are positive."""

    can_produce: bool
    missing: list[ShortageOut]
    lines: list[CheckLineOut]
    total_cost: DecimalOut


class TraceNodeOut(Answered):
    """A place that goods went through. `remaining_quantity`: what is left in a lot."""

    id: UUID
    type: Literal["lot", "batch", "supplier", "sale", "disposal"]
    label: str
    quantity: DecimalOut | None
    unit: str | None
    item: ItemRefOut | None = None
    supplier_lot: str | None = None
    remaining_quantity: DecimalOut | None = None
    kind: str | None = None
    number: str | None = None
    business_date: date | None = None


class TraceEdgeOut(Answered):
    """So much went from one to the other, net of what was taken back. `from`, `to`: ids of nodes."""

    start: UUID = Field(alias="from")
    to: UUID
    quantity: DecimalOut
    unit: str


class TraceTotalsOut(Answered):
    """Of the traced lot: what came in = used in batches + sold + disposed of + on hand."""

    received: DecimalOut
    used_in_batches: DecimalOut
    sold: DecimalOut
    disposed: DecimalOut
    on_hand: DecimalOut
    unit: str


class TraceOut(Answered):
    """The way of one lot, to both ends."""

    lot: LotOut
    nodes: list[TraceNodeOut]
    edges: list[TraceEdgeOut]
    totals: TraceTotalsOut

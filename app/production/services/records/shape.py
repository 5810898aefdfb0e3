"""The shape of a batch's record. Quantities in millionths of the item's unit, costs in millionths of the currency."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.inventory.services.adjustment import Source
from app.kernel import numbers
from app.production.services import states
from app.production.services.records.entries import Entry, ItemRef


@dataclass(frozen=True, slots=True)
class Loss:
    """What did not become good output."""

    quantity: int
    category: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Header:
    """A batch without what hangs on it. `making`: what one making gives, in millionths of `making_unit`, as typed."""

    id: UUID
    label: str
    status: str
    recipe_id: UUID
    recipe: str
    recipe_archived: bool
    version_id: UUID
    version: int
    scale: int
    cost_method: str
    planned_for: date | None
    note: str | None
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    ended_reason: str | None
    expected: int
    making: int
    making_unit: str
    output: ItemRef
    loss: Loss | None
    variance_reason: str | None

    @property
    def source(self) -> Source:
        """What its postings say they come from."""
        return Source("batch", self.id, self.label)


@dataclass(frozen=True, slots=True)
class LineRow:
    """One material as planned. `changed`: its item's unit is another one since, and `needed` went along."""

    item: ItemRef
    needed: int
    unit: str
    skipped: bool
    changed: bool = False


@dataclass(frozen=True, slots=True)
class ExtraRow:
    """Something taken on top. `posting_id` None in a dry run."""

    posting_id: UUID | None
    item: ItemRef
    quantity: int
    reason: str


@dataclass(frozen=True, slots=True)
class LotUse:
    """So much of one lot, at that cost. `lot_id` None: the item is not tracked."""

    lot_id: UUID | None
    fifo_code: str | None
    quantity: int
    cost: int


@dataclass(frozen=True, slots=True)
class Line:
    """One material as planned and as taken, less what was put back."""

    row: LineRow
    lots: tuple[LotUse, ...]

    @property
    def used(self) -> int:
        """How much was taken."""
        return sum(lot.quantity for lot in self.lots)

    @property
    def cost(self) -> int:
        """What that cost."""
        return sum(lot.cost for lot in self.lots)


@dataclass(frozen=True, slots=True)
class Extra:
    """Something taken on top, with its lots."""

    row: ExtraRow
    lots: tuple[LotUse, ...]

    @property
    def used(self) -> int:
        """How much was taken, less what was put back."""
        return sum(lot.quantity for lot in self.lots)

    @property
    def cost(self) -> int:
        """What it cost."""
        return sum(lot.cost for lot in self.lots)


@dataclass(frozen=True, slots=True)
class Output:
    """What was made, less what was taken back; `cost` is all that went in."""

    item: ItemRef
    lot_id: UUID | None
    fifo_code: str | None
    quantity: int
    cost: int


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """One batch, whole."""

    header: Header
    lines: tuple[Line, ...]
    extras: tuple[Extra, ...]
    outputs: tuple[Output, ...]
    entries: tuple[Entry, ...]

    @property
    def total_cost(self) -> int:
        """Everything consumed, extras included."""
        return sum(line.cost for line in self.lines) + sum(extra.cost for extra in self.extras)

    @property
    def made(self) -> int:
        """Good output."""
        return sum(output.quantity for output in self.outputs)

    @property
    def unit_cost(self) -> str | None:
        """Of one unit of good output; None when there is none."""
        return numbers.quotient(self.total_cost, self.made)

    @property
    def yield_percent(self) -> str | None:
        """Good output against what was expected; None unless it was completed."""
        if self.header.status != states.COMPLETED:
            return None
        return numbers.percent(self.made, self.header.expected)

"""What a command posted, with all that a reader is shown of it. Ids and numbers are None in a dry run."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.inventory.models.kinds import number as short_number
from app.kernel.numbers import Quantity


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An item and its balance, as locked. Quantities in millionths of `unit`."""

    id: UUID
    code: str
    name: str
    unit: str
    tracked: bool
    perishable: bool
    shelf_life_days: int | None
    archived: bool
    on_hand: int
    value: int
    version: int


@dataclass(frozen=True, slots=True)
class Source:
    """What a posting came from: `manual`, or a document such as a batch."""

    type: str
    id: UUID | None = None
    label: str | None = None


MANUAL = Source("manual")


@dataclass(frozen=True, slots=True)
class PostedLine:
    """One movement."""

    id: UUID | None
    line: int
    item: ItemFacts
    lot_id: UUID | None
    fifo_code: str | None
    quantity: int
    cost: int
    lot_quantity_after: int | None
    lot_cost_after: int | None
    pinned: bool
    reverses: UUID | None
    left_to_reverse: int


@dataclass(frozen=True, slots=True)
class Posted:
    """One posting."""

    id: UUID | None
    kind: str
    count: int | None
    occurred_at: datetime | None
    business_date: date
    recorded_at: datetime | None
    late: bool
    actor_id: UUID
    actor_name: str
    entry_point: str
    source: Source
    reverses: UUID | None
    entered: Quantity | None
    reason: str | None
    note: str | None
    recipient: str | None
    reference: str | None
    lines: tuple[PostedLine, ...]
    reversed_by: tuple[UUID, ...] = ()

    @property
    def number(self) -> str | None:
        """`RCP-000123`."""
        return None if self.count is None else short_number(self.kind, self.count)

    @property
    def total_cost(self) -> int:
        """The sum of the movements' costs, with their sign."""
        return sum(line.cost for line in self.lines)

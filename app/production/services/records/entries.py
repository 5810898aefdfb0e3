"""A batch's entries in the ledger, as written a moment ago or read later: the same shape."""

from dataclasses import dataclass
from uuid import UUID

from app.inventory.services.adjustment import Posted


@dataclass(frozen=True, slots=True)
class ItemRef:
    """An item by name, with its stock unit."""

    id: UUID
    code: str
    name: str
    unit: str
    tracked: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """One movement: in positive, out negative."""

    id: UUID | None
    item: ItemRef
    lot_id: UUID | None
    fifo_code: str | None
    quantity: int
    cost: int
    reverses: UUID | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One posting. `id` and `number` None in a dry run."""

    id: UUID | None
    number: str | None
    kind: str
    movements: tuple[Moved, ...]


def entry_of(posted: Posted) -> Entry:
    """What a command just posted, or would have."""
    movements = tuple(
        Moved(
            line.id,
            ItemRef(line.item.id, line.item.code, line.item.name, line.item.unit, line.item.tracked),
            line.lot_id,
            line.fifo_code,
            line.quantity,
            line.cost,
            line.reverses,
        )
        for line in posted.lines
    )
    return Entry(posted.id, posted.number, posted.kind, movements)

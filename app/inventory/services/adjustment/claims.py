"""What each movement claims to leave behind: in its item, and in its lot. The database refuses a wrong claim."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from app.inventory.services.adjustment.draft import Line, NewLot
from app.inventory.services.adjustment.posted import ItemFacts
from app.inventory.services.fifo import OpenLot


@dataclass(frozen=True, slots=True)
class Claimed:
    """A line with its claims. Lot claims are None where there is no lot."""

    item: ItemFacts
    lot: OpenLot | NewLot | None
    quantity: int
    cost: int
    pinned: bool
    reverses: UUID | None
    line: int
    item_version: int
    item_on_hand_after: int
    item_value_after: int
    lot_version: int | None
    lot_quantity_after: int | None
    lot_cost_after: int | None


@dataclass(slots=True)
class _Running:
    quantity: int
    cost: int
    version: int

    def add(self, quantity: int, cost: int) -> "_Running":
        self.quantity += quantity
        self.cost += cost
        self.version += 1
        return self


def claim(lines: Iterable[Line]) -> list[Claimed]:
    """Number the lines from 1 and add up, in that order, what each leaves."""
    items: dict[UUID, _Running] = {}
    lots: dict[UUID, _Running] = {}
    return [_claim_one(number, line, items, lots) for number, line in enumerate(lines, start=1)]


def _claim_one(number: int, line: Line, items: dict[UUID, _Running], lots: dict[UUID, _Running]) -> Claimed:
    facts = line.item
    item = items.setdefault(facts.id, _Running(facts.on_hand, facts.value, facts.version))
    item.add(line.quantity if line.lot else 0, line.cost)
    lot = _lot_of(line, lots)
    return Claimed(
        item=facts,
        lot=line.lot,
        quantity=line.quantity,
        cost=line.cost,
        pinned=line.pinned,
        reverses=line.reverses,
        line=number,
        item_version=item.version,
        item_on_hand_after=item.quantity,
        item_value_after=item.cost,
        lot_version=lot.version if lot else None,
        lot_quantity_after=lot.quantity if lot else None,
        lot_cost_after=lot.cost if lot else None,
    )


def _lot_of(line: Line, lots: dict[UUID, _Running]) -> _Running | None:
    lot = line.lot
    if lot is None:
        return None
    if isinstance(lot, NewLot):
        running = lots.setdefault(lot.id, _Running(0, 0, 0))
    else:
        running = lots.setdefault(lot.id, _Running(lot.remaining_quantity, lot.remaining_cost, lot.version))
    return running.add(line.quantity, line.cost)

"""The books as the movements alone make them: replayed in ledger order, beside the tables and never from them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.inventory.models.kinds import Takes
from app.inventory.services import expiration

Row = dict[str, Any]


@dataclass(slots=True)
class LotBook:
    """One lot, replayed."""

    born: Row
    quantity: int = 0
    cost: int = 0
    version: int = 0
    basis_quantity: int = 0
    basis_cost: int = 0
    on_hold: bool = False
    expires_on: date | None = None
    supplier_lot: str | None = None
    changes: int = 0
    by_day: dict[date, int] = field(default_factory=dict)

    @property
    def order(self) -> tuple[date, int, int]:
        """Its place in the queue."""
        return (self.born["received_on"], self.born["sequence"], self.born["line"])

    def move(self, row: Row, on: date) -> None:
        """Apply a movement."""
        self.quantity += row["quantity"]
        self.cost += row["cost"]
        self.version += 1
        self.by_day[on] = self.by_day.get(on, 0) + row["quantity"]
        if row["quantity"] > 0:
            self.basis_quantity, self.basis_cost = self.quantity, self.cost

    def piece(self, taken: int) -> int:
        """What `taken` of it costs: its share of the basis, the last piece the rest."""
        if taken >= self.quantity or not self.basis_quantity:
            return self.cost
        return max(0, self.cost - self.basis_cost * (self.quantity - taken) // self.basis_quantity)

    def takeable(self, takes: Takes, on: date, *, late: bool) -> bool:
        """Whether something could be taken from it on that day by that rule."""
        if self.quantity <= 0 or not self.allowed(takes, on):
            return False
        return not late or self._lowest_since(on) > 0

    def allowed(self, takes: Takes, on: date) -> bool:
        """Whether that rule lets it be taken on that day, whatever is in it."""
        good = expiration.is_good(self.expires_on, on)
        if takes is Takes.USABLE and (self.on_hold or not good):
            return False
        return self.born["received_on"] <= on and not (takes is Takes.EXPIRED and good)

    def lowest(self) -> int:
        """The least it held at the end of any business day."""
        held = lowest = 0
        for day in sorted(self.by_day):
            held += self.by_day[day]
            lowest = min(lowest, held)
        return lowest

    def _lowest_since(self, on: date) -> int:
        lowest = held = self.quantity
        for day in sorted((day for day in self.by_day if day > on), reverse=True):
            held -= self.by_day[day]
            lowest = min(lowest, held)
        return lowest


@dataclass(slots=True)
class ItemBook:
    """One item, replayed."""

    on_hand: int = 0
    value: int = 0
    version: int = 0


@dataclass(slots=True)
class MovementBook:
    """One movement, and what reversals took back of it."""

    row: Row
    kind: str
    batch_id: UUID | None = None
    back: int = 0
    back_cost: int = 0

    def piece(self, row: Row) -> int:
        """What the reversal `row` of it costs: its share of what is left, as long as its lot holds that much."""
        quantity, cost, asked = abs(int(self.row["quantity"])), abs(int(self.row["cost"])), abs(int(row["quantity"]))
        left, left_cost = quantity - abs(self.back), max(cost - abs(self.back_cost), 0)
        piece = left_cost if asked == left else max(0, left_cost - cost * (left - asked) // quantity)
        if row["lot_id"] is None or row["quantity"] > 0:
            return piece
        held = int(row["lot_cost_after"]) - int(row["cost"])
        return held if row["lot_quantity_after"] == 0 else min(piece, held)


@dataclass(slots=True)
class Books:
    """Everything replayed so far."""

    lots: dict[UUID, LotBook] = field(default_factory=dict)
    items: dict[UUID, ItemBook] = field(default_factory=dict)
    open: dict[UUID, list[LotBook]] = field(default_factory=dict)
    movements: dict[UUID, MovementBook] = field(default_factory=dict)
    kinds: dict[UUID, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    sequence: int = 0
    hash: bytes = bytes(32)
    recorded_at: datetime | None = None

    def item(self, item_id: UUID) -> ItemBook:
        """The item's book, begun when first asked for."""
        return self.items.setdefault(item_id, ItemBook())

    def bear(self, born: Row) -> None:
        """A new lot stands in its item's queue."""
        lot = LotBook(born, expires_on=born["initial_expires_on"], supplier_lot=born["initial_supplier_lot"])
        self.lots[born["id"]] = lot
        self.open.setdefault(born["item_id"], []).append(lot)

"""The ledger as somebody would keep it by hand: plain lists, fractions, no line of the product's rules.

Each method says what the entry must look like or raises `Refused`; nothing changes until `enter`.
Amounts are millionths.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import floor
from uuid import UUID

LARGEST = 999_999_999 * 10**6
ROW = 10**15

ANY_LOT = {"count", "spoil", "trash", "damaged", "quality_fail"}


class Refused(Exception):
    """The entry may not be made. `facts` are figures that the refusal must name."""

    def __init__(self, code: str, **facts: int) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(eq=False)
class Shelf:
    """One lot on the shelf. `price` is that of the last time something was put there."""

    item: UUID
    came: date
    place: int
    expires: date | None
    first: tuple[int, int]
    quantity: int = 0
    cost: int = 0
    price: Fraction = Fraction(0)
    held: bool = False
    moved: dict[date, int] = field(default_factory=dict)
    id: UUID | None = None

    def lowest_since(self, day: date) -> int:
        """The least that lay here at the end of `day` and of every later one."""
        held = sum(amount for when, amount in self.moved.items() if when <= day)
        lowest = held
        for when in sorted(when for when in self.moved if when > day):
            held += self.moved[when]
            lowest = min(lowest, held)
        return lowest


@dataclass(eq=False)
class Line:
    """One movement: in positive, out negative."""

    item: UUID
    lot: Shelf | None
    quantity: int
    cost: int
    pinned: bool = False
    of: "Line | None" = None
    back: int = 0
    back_cost: int = 0
    id: UUID | None = None

    @property
    def left(self) -> int:
        """What no reversal has taken yet."""
        return abs(self.quantity) - self.back


@dataclass(eq=False)
class Entry:
    """One posting."""

    kind: str
    day: date
    lines: list[Line]
    batch: UUID | None = None
    reverses: "Entry | None" = None
    change: Callable[[], None] | None = None
    id: UUID | None = None


def worth(price: Fraction, lying: tuple[int, int], taken: int) -> int:
    """What `taken` of (quantity, cost) is worth: what stays is priced and rounded down, the last takes the rest."""
    quantity, cost = lying
    return cost if taken == quantity else max(0, cost - floor(price * (quantity - taken)))


@dataclass
class Book:
    """All of one organization's ledger."""

    tracked: dict[UUID, bool]
    shelf_life: dict[UUID, Callable[[date], date | None]]
    lots: list[Shelf] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    brought_in: int = 0
    took_out: int = 0

    def on_hand(self, item: UUID) -> int:
        return sum(lot.quantity for lot in self.lots if lot.item == item)

    def value(self, item: UUID) -> int:
        return sum(lot.cost for lot in self.lots if lot.item == item)

    def queue(self, item: UUID) -> list[Shelf]:
        """Its lots, first to be used first, empty ones too."""
        return sorted((lot for lot in self.lots if lot.item == item), key=lambda lot: (lot.came, lot.place))

    def may_take(self, item: UUID, kind: str, day: date) -> list[Shelf]:
        """The lots that an entry of that kind may take on that day, in order."""

        def good(lot: Shelf) -> bool:
            return lot.expires is None or day <= lot.expires

        def allowed(lot: Shelf) -> bool:
            if kind in ANY_LOT:
                return True
            return not good(lot) if kind == "expired" else good(lot) and not lot.held

        return [lot for lot in self.queue(item) if lot.quantity > 0 and lot.came <= day and allowed(lot)]

    def receive(self, kind: str, item: UUID, quantity: int, cost: int, day: date, expires: date | None) -> Entry:
        if not self.tracked[item]:
            return Entry(kind, day, [Line(item, None, quantity, 0)])
        lot = Shelf(item, day, len(self.entries), expires or self.shelf_life[item](day), (quantity, cost))
        return Entry(kind, day, [Line(item, lot, quantity, cost)])

    def issue(self, kind: str, item: UUID, quantity: int, day: date, today: date, lot: Shelf | None = None) -> Entry:
        if not self.tracked[item]:
            if lot is not None:
                raise Refused("not_found")
            return Entry(kind, day, [Line(item, None, -quantity, 0)])
        return Entry(kind, day, self._out(kind, item, quantity, day, today, lot))

    def _out(
        self, kind: str, item: UUID, quantity: int, day: date, today: date, named: Shelf | None = None
    ) -> list[Line]:
        queue = self.may_take(item, kind, day)
        from_lots = [lot for lot in queue if named in (None, lot)]
        lines, missing = [], quantity
        for lot in from_lots:
            there = max(0, min(lot.quantity, lot.lowest_since(day))) if day < today else lot.quantity
            taken = min(there, missing)
            if taken:
                cost = worth(lot.price, (lot.quantity, lot.cost), taken)
                lines.append(Line(item, lot, -taken, -cost, pinned=named is not None and queue[0] is not lot))
                missing -= taken
        if missing:
            raise Refused("insufficient_stock", needed=quantity, available=quantity - missing)
        return lines

    def count(
        self, item: UUID, counted: int, today: date, lot: Shelf | None, expected: int | None, price: int | None
    ) -> Entry | None:
        if not self.tracked[item]:
            raise Refused("invalid")
        book = lot.quantity if lot else self.on_hand(item)
        if expected not in (None, book):
            raise Refused("stale_count", on_hand=book)
        if counted == book:
            return None
        if counted < book:
            return Entry("count", today, self._out("count", item, book - counted, today, today, lot))
        found = counted - book
        if price is None and not self.queue(item):
            raise Refused("cost_required")
        newest = self.queue(item)[-1].first if price is None else (10**6, price)
        cost = round(Fraction(found * newest[1], newest[0]))
        if cost > (ROW if price is None else LARGEST):
            raise Refused("invalid")
        new = Shelf(item, today, len(self.entries), self.shelf_life[item](today), (found, cost))
        return Entry("count", today, [Line(item, new, found, cost)])

    def consume(self, batch: UUID, needs: list[tuple[UUID, int]], today: date) -> Entry:
        wanted: dict[UUID, int] = {}
        for item, quantity in needs:
            wanted[item] = wanted.get(item, 0) + quantity
        lines: list[Line] = []
        short: dict[str, int] = {}
        for item, quantity in wanted.items():
            try:
                lines += self.issue("use", item, quantity, today, today).lines
            except Refused as refusal:
                short = short or refusal.facts
        if short:
            raise Refused("insufficient_stock", **short)
        return Entry("production_use", today, lines, batch)

    def produce(self, batch: UUID, item: UUID, quantity: int, cost: int, today: date) -> Entry:
        if cost > ROW:
            raise Refused("invalid")
        entry = self.receive("production", item, quantity, cost, today, None)
        entry.batch = batch
        return entry

    def reverse(self, entry: Entry, parts: dict[Line, int] | None, today: date, *, for_batch: bool = False) -> Entry:
        if entry.batch and not for_batch:
            raise Refused("belongs_to_batch")
        if entry.reverses:
            raise Refused("is_reversal")
        if not any(line.left for line in entry.lines):
            raise Refused("already_reversed" if entry.lines else "nothing_left_to_reverse")
        asked = parts or {line: line.left for line in entry.lines if line.left}
        if any(amount > line.left for line, amount in asked.items()):
            raise Refused("nothing_left_to_reverse")
        for line, amount in asked.items():
            if line.lot and line.quantity > 0 and line.lot.quantity < amount:
                raise Refused("has_dependents", remaining=line.lot.quantity, needed=amount)
        lines = [_mirrored(line, asked[line]) for line in entry.lines if line in asked]
        return Entry("reversal", today, lines, entry.batch, reverses=entry)

    def undo(self, batch: UUID, today: date) -> list[Entry]:
        """The batch's postings, latest first. A batch of this book never uses what it made itself."""
        own = [entry for entry in reversed(self.entries) if entry.batch == batch and not entry.reverses]
        left = [entry for entry in own if any(line.left for line in entry.lines)]
        return [self.reverse(entry, None, today, for_batch=True) for entry in left]

    def set(self, kind: str, lot: Shelf, today: date, expires: date | None = None) -> Entry:
        """Hold, release or relabel."""
        if kind == "release" and not lot.held:
            raise Refused("wrong_state")

        def change() -> None:
            lot.held = kind == "hold" or (kind == "relabel" and lot.held)
            lot.expires = expires if kind == "relabel" else lot.expires

        return Entry(kind, today, [], change=change)

    def enter(self, entry: Entry) -> None:
        """Write the entry down."""
        self.entries.append(entry)
        if entry.change:
            entry.change()
        for line in entry.lines:
            self.brought_in += max(line.cost, 0)
            self.took_out -= min(line.cost, 0)
            if line.of:
                line.of.back += abs(line.quantity)
                line.of.back_cost += abs(line.cost)
            if line.lot:
                self._move(line.lot, line, entry.day)

    def _move(self, lot: Shelf, line: Line, day: date) -> None:
        if lot not in self.lots:
            self.lots.append(lot)
        lot.quantity += line.quantity
        lot.cost += line.cost
        lot.moved[day] = lot.moved.get(day, 0) + line.quantity
        if line.quantity > 0:
            lot.price = Fraction(lot.cost, lot.quantity)


def _mirrored(line: Line, amount: int) -> Line:
    lying = (line.left, max(abs(line.cost) - line.back_cost, 0))
    cost = worth(Fraction(abs(line.cost), abs(line.quantity)), lying, amount)
    if line.lot and line.quantity > 0:
        cost = line.lot.cost if amount == line.lot.quantity else min(cost, line.lot.cost)
    sign = -1 if line.quantity > 0 else 1
    return Line(line.item, line.lot, sign * amount, sign * cost, of=line)


def problems(lots: Iterable[Shelf]) -> list[str]:
    """What can never be true of a shelf."""
    return [
        f"{lot.quantity} at {lot.cost} of {lot.first}"
        for lot in lots
        if not 0 <= lot.quantity <= lot.first[0] or lot.cost < 0 or (lot.quantity == 0 and lot.cost)
    ]

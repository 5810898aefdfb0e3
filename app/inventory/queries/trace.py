"""Where a lot came from and where it went, to both ends: suppliers at one, sales and disposals at the other.

Read from the ledger itself, with the same number of statements however deep the way is; what was taken back counts
for nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar
from uuid import UUID

from app.inventory.models.kinds import number as short_number
from app.inventory.queries import flows, lots
from app.inventory.queries.flows import Inflow, LotFacts, Outflow
from app.inventory.queries.lots import LotRow
from app.inventory.queries.postings import ItemRef
from app.kernel.actor import Actor

SOLD = "sale"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Node:
    """A place that goods went through. Quantities in millionths of `unit`; None where several units meet."""

    id: UUID
    type: str  # lot, batch, supplier, sale, disposal
    label: str
    quantity: int | None = None
    unit: str | None = None
    item: ItemRef | None = None
    supplier_lot: str | None = None
    remaining: int | None = None
    on_hold: bool = False
    kind: str | None = None
    number: str | None = None
    business_date: date | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """So much went from one place to the other."""

    start: UUID
    to: UUID
    quantity: int
    unit: str


@dataclass(frozen=True, slots=True)
class Totals:
    """Of the traced lot: received = used in batches + sold + disposed + on hand."""

    received: int
    used_in_batches: int
    sold: int
    disposed: int
    on_hand: int
    unit: str


@dataclass(frozen=True, slots=True)
class Trace:
    """The way of one lot."""

    lot: LotRow
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    totals: Totals


def trace(actor: Actor, reference: UUID | str, *, back: bool = True, forward: bool = True) -> Trace:
    """The way of the lot with this id or code: back to its suppliers, forward to who got it.

    raises: NotFound
    """
    lot = lots.one(actor, reference)
    lot_id = lot.id
    ledger = _read(actor, lot_id, back=back, forward=forward)
    walk = _Walk(ledger)
    walk.meet([ledger.lots[lot_id]])
    if back:
        walk.back({lot_id})
    if forward:
        walk.forward({lot_id})
    return Trace(lot, walk.counted_nodes(), walk.counted_edges(), _totals(ledger, lot_id))


@dataclass(frozen=True, slots=True)
class _Ledger:
    """All that a trace walks over, by the place that it belongs to."""

    lots: dict[UUID, LotFacts]
    out: dict[UUID, list[Outflow]]
    into: dict[UUID, list[Inflow]]
    made: dict[UUID, list[LotFacts]]


def _read(actor: Actor, lot_id: UUID, *, back: bool, forward: bool) -> _Ledger:
    reached = flows.reached(actor, lot_id)
    earlier, beside = (reached.before, reached.beside) if back else ({lot_id}, set())
    later = reached.after if forward else {lot_id}
    met = {lot.id: lot for lot in flows.lots(actor, later | earlier | beside)}
    inputs = flows.into(actor, {met[id_].source_id for id_ in earlier if met[id_].source_type == flows.BATCH})
    return _Ledger(
        lots=met,
        out=_by(flows.out_of(actor, later), lambda flow: flow.lot_id),
        into=_by(inputs, lambda flow: flow.batch_id),
        made=_by(_made(met.values()), lambda lot: lot.source_id),
    )


def _made(found: Iterable[LotFacts]) -> list[LotFacts]:
    return [lot for lot in found if lot.source_type == flows.BATCH]


def _by(rows: Iterable[_T], key: Callable[[_T], UUID]) -> dict[UUID, list[_T]]:
    found: dict[UUID, list[_T]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


@dataclass(slots=True)
class _Walk:
    """What has been met so far. Nodes and edges in the order they were met."""

    ledger: _Ledger
    nodes: dict[UUID, Node] = field(default_factory=dict)
    edges: dict[tuple[UUID, UUID, str], int] = field(default_factory=dict)

    def forward(self, lot_ids: set[UUID]) -> None:
        """Follow lots to batches, batches to what they made, until nothing new is met."""
        seen_batches: set[UUID] = set()
        seen_lots: set[UUID] = set()
        while lot_ids:
            seen_lots |= lot_ids
            leaving = _some(self.ledger.out, lot_ids)
            fresh = {batch for flow in leaving if (batch := self._leave(flow)) is not None} - seen_batches
            seen_batches |= fresh
            made = _some(self.ledger.made, fresh)
            self.meet(made)
            self._arrive(made)
            lot_ids = {lot.id for lot in made if lot.received > 0} - seen_lots

    def back(self, lot_ids: set[UUID]) -> None:
        """Follow lots to their supplier or to the batch that made them, and that to its materials."""
        seen_batches: set[UUID] = set()
        seen_lots: set[UUID] = set()
        while lot_ids:
            seen_lots |= lot_ids
            here = [self.ledger.lots[lot_id] for lot_id in sorted(lot_ids)]
            self.meet(here)
            self._arrive(here)
            fresh = {lot.source_id for lot in here if lot.source_type == flows.BATCH} - seen_batches
            seen_batches |= fresh
            inputs = _some(self.ledger.into, fresh)
            for flow in inputs:
                self._connect(flow.lot_id, flow.batch_id, flow.quantity, flow.unit)
            lot_ids = {flow.lot_id for flow in inputs} - seen_lots

    def meet(self, found: Iterable[LotFacts]) -> None:
        """Take lots in as nodes."""
        for lot in found:
            self.nodes[lot.id] = Node(
                id=lot.id,
                type="lot",
                label=lot.fifo_code,
                quantity=lot.received,
                unit=lot.unit,
                item=ItemRef(lot.item_id, lot.item_code, lot.item_name, lot.unit),
                supplier_lot=lot.supplier_lot,
                remaining=lot.remaining,
                on_hold=lot.on_hold,
            )

    def counted_nodes(self) -> tuple[Node, ...]:
        """Batches with what they made, the others with what the edges carried."""
        batches = [node.id for node in self.nodes.values() if node.type == flows.BATCH]
        made = _some(self.ledger.made, batches)
        amounts = _amounts((lot.source_id, lot.unit, lot.received) for lot in made)
        ends = {node.id for node in self.nodes.values() if node.type not in {"lot", flows.BATCH}}
        carried = [(start, unit, quantity) for (start, _, unit), quantity in self.edges.items() if start in ends]
        carried += [(to, unit, quantity) for (_, to, unit), quantity in self.edges.items() if to in ends]
        amounts |= _amounts(carried)
        return tuple(_counted(node, amounts.get(node.id)) for node in self.nodes.values())

    def counted_edges(self) -> tuple[Edge, ...]:
        """All edges, each way once."""
        return tuple(Edge(start, to, quantity, unit) for (start, to, unit), quantity in self.edges.items())

    def _leave(self, flow: Outflow) -> UUID | None:
        """Follow what left a lot; the batch it went into, or None when it left the house."""
        if flow.source_type == flows.BATCH and flow.source_id is not None:
            self._batch(flow.source_id, flow.source_label)
            self._connect(flow.lot_id, flow.source_id, flow.quantity, flow.unit)
            return flow.source_id
        self.nodes[flow.posting_id] = _end(flow)
        self._connect(flow.lot_id, flow.posting_id, flow.quantity, flow.unit)
        return None

    def _arrive(self, found: Iterable[LotFacts]) -> None:
        """Connect lots to what they came from."""
        for lot in found:
            if lot.received <= 0:
                continue
            if lot.source_type == flows.BATCH:
                self._batch(lot.source_id, lot.source_label)
                self._set(lot.source_id, lot.id, lot.received, lot.unit)
            elif lot.supplier_id is not None:
                self.nodes[lot.supplier_id] = Node(lot.supplier_id, "supplier", lot.supplier or "")
                self._set(lot.supplier_id, lot.id, lot.received, lot.unit)

    def _batch(self, batch_id: UUID, label: str | None) -> None:
        self.nodes[batch_id] = Node(batch_id, flows.BATCH, label or "")

    def _connect(self, start: UUID, to: UUID, quantity: int, unit: str) -> None:
        self.edges[start, to, unit] = self.edges.get((start, to, unit), 0) + quantity

    def _set(self, start: UUID, to: UUID, quantity: int, unit: str) -> None:
        self.edges[start, to, unit] = quantity


def _end(flow: Outflow) -> Node:
    number = short_number(flow.kind, flow.number)
    return Node(
        id=flow.posting_id,
        type=SOLD if flow.kind == SOLD else "disposal",
        label=flow.recipient or flow.reason or number,
        kind=flow.kind,
        number=number,
        business_date=flow.business_date,
    )


def _amounts(parts: Iterable[tuple[UUID, str, int]]) -> dict[UUID, dict[str, int]]:
    sums: dict[UUID, dict[str, int]] = {}
    for place, unit, quantity in parts:
        by_unit = sums.setdefault(place, {})
        by_unit[unit] = by_unit.get(unit, 0) + quantity
    return sums


def _counted(node: Node, amounts: dict[str, int] | None) -> Node:
    """With its amount, where that is of one unit."""
    if amounts is None or len(amounts) != 1:
        return node
    (unit, quantity), *_ = amounts.items()
    return replace(node, quantity=quantity, unit=unit)


def _some(by_place: dict[UUID, list[_T]], places: Iterable[UUID]) -> list[_T]:
    return [row for place in sorted(places) for row in by_place.get(place, ())]


def _totals(ledger: _Ledger, lot_id: UUID) -> Totals:
    lot, out = ledger.lots[lot_id], ledger.out.get(lot_id, [])
    used = sum(flow.quantity for flow in out if flow.source_type == flows.BATCH)
    sold = sum(flow.quantity for flow in out if flow.kind == SOLD)
    return Totals(
        received=lot.received,
        used_in_batches=used,
        sold=sold,
        disposed=sum(flow.quantity for flow in out) - used - sold,
        on_hand=lot.remaining,
        unit=lot.unit,
    )

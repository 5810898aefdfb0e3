"""A trace as tables: who has it now, what it came from, and every step that goods took. The picture says the same."""

import csv
import io
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from app.inventory.queries.trace import Node, Trace
from app.inventory.views import trace_graph
from app.inventory.views.trace_graph import Graph
from app.kernel import numbers
from app.platform import downloads

_HEADS = (
    "direction",
    "from",
    "from type",
    "to",
    "to type",
    "item",
    "supplier lot",
    "quantity",
    "unit",
    "date",
    "number",
)
_ENDS = {"sale", "disposal"}


@dataclass(frozen=True, slots=True)
class Step:
    """So much went from `start` to `end`. Quantity in millionths of `unit`."""

    back: bool
    start: Node
    end: Node
    quantity: int
    unit: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has something of it: a customer, a bin, or (`end` None) our own shelf. Days from first to last.

    held: how much of the traced lot is in it, in millionths of that lot's unit; None where that cannot be told
    """

    end: Node | None
    lot: Node
    quantity: int
    unit: str
    times: int
    first: date | None
    last: date | None
    held: int | None


def steps(trace: Trace) -> list[Step]:
    """The steps: first what the lot came from, then where it went, each from the lot outwards."""
    nodes = {node.id: node for node in trace.nodes}
    before = _before(trace)
    found = [
        Step(edge.to in before, nodes[edge.start], nodes[edge.to], edge.quantity, edge.unit) for edge in trace.edges
    ]
    return sorted(found, key=lambda step: not step.back)


def holders(trace: Trace, whole: Graph) -> list[Holder]:
    """Where it is now: what is on our shelf of it and of what was made of it, then who got how much."""
    rates = trace_graph.rates(whole)
    shelf = [
        Holder(None, lot, lot.remaining or 0, lot.unit or "", 1, None, None, _held(rates, lot, lot.remaining or 0))
        for lot in on_shelf(trace)
    ]
    groups: dict[tuple[str, str | None, UUID], list[Step]] = {}
    for step in steps(trace):
        if not step.back and step.end.type in _ENDS:
            groups.setdefault((step.end.label, step.end.kind, step.start.id), []).append(step)
    return shelf + [_holder(group, rates) for group in groups.values()]


def on_shelf(trace: Trace) -> list[Node]:
    """The lot and the lots made of it, as far as something is left in them."""
    forward = [step for step in steps(trace) if not step.back]
    lots = {node.id: node for node in trace.nodes if node.id == trace.lot.id}
    lots |= {node.id: node for step in forward for node in (step.start, step.end)}
    return [lot for lot in lots.values() if lot.remaining]


def waiting(trace: Trace) -> list[Node]:
    """Batches that took some of it and of which nothing came."""
    led_on = {edge.start for edge in trace.edges}
    return [node for node in trace.nodes if node.type == "batch" and node.id not in led_on]


def reached(trace: Trace) -> tuple[int, int]:
    """How many batches it went into, and how many different people got some of it."""
    ends = [step.end for step in steps(trace) if not step.back]
    batches = {node.id for node in ends if node.type == "batch"}
    people = {node.label if node.label != node.number else str(node.id) for node in ends if node.type == "sale"}
    return len(batches), len(people)


def _holder(group: list[Step], rates: dict[UUID, Fraction]) -> Holder:
    days = sorted(step.end.business_date for step in group if step.end.business_date)
    first, last = (days[0], days[-1]) if days else (None, None)
    quantity = sum(step.quantity for step in group)
    lot = group[0].start
    held = _held(rates, lot, quantity)
    return Holder(group[0].end, lot, quantity, group[0].unit, len(group), first, last, held)


def _held(rates: dict[UUID, Fraction], lot: Node, quantity: int) -> int | None:
    """Millionths of the traced lot's unit in so much of `lot`."""
    return round(rates[lot.id] * quantity) if lot.id in rates else None


def _before(trace: Trace) -> set[UUID]:
    """The lot itself and every place that lies before it."""
    found, waiting = set[UUID](), {trace.lot.id}
    while waiting:
        found |= waiting
        waiting = {edge.start for edge in trace.edges if edge.to in waiting} - found
    return found


def as_csv(trace: Trace) -> str:
    """Every step as a file, then what is still here: exact numbers, days as 2027-03-31."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(_HEADS)
    for line in [*map(_line, steps(trace)), *map(_shelf_line, on_shelf(trace))]:
        writer.writerow([downloads.cell(value) for value in line])
    return file.getvalue()


def _shelf_line(lot: Node) -> tuple[str, ...]:
    item, held = lot.item.name if lot.item else "", "on hold" if lot.on_hold else ""
    left = numbers.plain(lot.remaining or 0)
    return (
        "still here",
        lot.label,
        "lot",
        "on the shelf",
        held,
        item,
        lot.supplier_lot or "",
        left,
        lot.unit or "",
        "",
        "",
    )


def _line(step: Step) -> tuple[str, ...]:
    item, day = step.end.item or step.start.item, step.end.business_date
    return (
        "came from" if step.back else "went to",
        step.start.label,
        step.start.type,
        step.end.label,
        step.end.type,
        item.name if item else "",
        step.start.supplier_lot or step.end.supplier_lot or "",
        numbers.plain(step.quantity),
        step.unit,
        day.isoformat() if day else "",
        step.end.number or "",
    )

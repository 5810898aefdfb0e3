"""A trace as tables: who has it now, what it came from, and every step that goods took. The picture says the same."""

import csv
import io
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.inventory.queries.trace import Node, Trace
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
    """Who has something of it: a customer, a bin, or (`end` None) our own shelf. Days from first to last."""

    end: Node | None
    lot: Node
    quantity: int
    unit: str
    times: int
    first: date | None
    last: date | None


def steps(trace: Trace) -> list[Step]:
    """The steps: first what the lot came from, then where it went, each from the lot outwards."""
    nodes = {node.id: node for node in trace.nodes}
    before = _before(trace)
    found = [
        Step(edge.to in before, nodes[edge.start], nodes[edge.to], edge.quantity, edge.unit) for edge in trace.edges
    ]
    return sorted(found, key=lambda step: not step.back)


def holders(trace: Trace) -> list[Holder]:
    """Where it is now: what is on our shelf of it and of what was made of it, then who got how much."""
    forward = [step for step in steps(trace) if not step.back]
    lots = {step.start.id: step.start for step in forward} | {step.end.id: step.end for step in forward}
    lots |= {node.id: node for node in trace.nodes if node.id == trace.lot.id}
    shelf = [Holder(None, lot, lot.remaining, lot.unit or "", 1, None, None) for lot in lots.values() if lot.remaining]
    groups: dict[tuple[str, str | None, UUID], list[Step]] = {}
    for step in forward:
        if step.end.type in _ENDS:
            groups.setdefault((step.end.label, step.end.kind, step.start.id), []).append(step)
    return shelf + [_holder(group) for group in groups.values()]


def _holder(group: list[Step]) -> Holder:
    days = sorted(step.end.business_date for step in group if step.end.business_date)
    first, last = (days[0], days[-1]) if days else (None, None)
    quantity = sum(step.quantity for step in group)
    return Holder(group[0].end, group[0].start, quantity, group[0].unit, len(group), first, last)


def _before(trace: Trace) -> set[UUID]:
    """The lot itself and every place that lies before it."""
    found, waiting = set[UUID](), {trace.lot.id}
    while waiting:
        found |= waiting
        waiting = {edge.start for edge in trace.edges if edge.to in waiting} - found
    return found


def as_csv(trace: Trace) -> str:
    """Every step as a file: plain numbers, days as 2027-03-31."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(_HEADS)
    for step in steps(trace):
        writer.writerow([downloads.cell(value) for value in _line(step)])
    return file.getvalue()


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

"""A trace as a table: each step that goods took, in words. The picture says the same."""

import csv
import io
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.inventory.queries.trace import Node, Trace
from app.kernel import numbers

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
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Step:
    """So much went from `start` to `end`. Quantity in millionths of `unit`."""

    back: bool
    start: Node
    end: Node
    quantity: int
    unit: str

    @property
    def day(self) -> date | None:
        """When it left the house."""
        return self.end.business_date


def rows(trace: Trace) -> list[Step]:
    """The steps: first what the lot came from, then where it went, each from the lot outwards."""
    nodes = {node.id: node for node in trace.nodes}
    before = _before(trace)
    steps = [
        Step(edge.to in before, nodes[edge.start], nodes[edge.to], edge.quantity, edge.unit) for edge in trace.edges
    ]
    return sorted(steps, key=lambda step: not step.back)


def _before(trace: Trace) -> set[UUID]:
    """The lot itself and every place that lies before it."""
    found, waiting = set(), {trace.lot.id}
    while waiting:
        found |= waiting
        waiting = {edge.start for edge in trace.edges if edge.to in waiting} - found
    return found


def as_csv(trace: Trace) -> str:
    """The steps as a file: plain numbers, days as 2027-03-31."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(_HEADS)
    for step in rows(trace):
        writer.writerow([_cell(value) for value in _line(step)])
    return file.getvalue()


def _line(step: Step) -> tuple[str, ...]:
    item = step.end.item or step.start.item
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
        step.day.isoformat() if step.day else "",
        step.end.number or "",
    )


def _cell(text: str) -> str:
    """A spreadsheet takes text that begins like this for a formula."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text

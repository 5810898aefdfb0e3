"""Renders entries of the ledger: postings that were written, planned or read, each with its movements."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from app.inventory.services.adjustment.posted import Source
from app.kernel import numbers
from app.kernel.numbers import Quantity

Shown = dict[str, Any]


class Named(Protocol):
    """An item, as everything names it."""

    @property
    def id(self) -> UUID: ...
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str: ...


class Movement(Protocol):
    """A line of a posting: written, planned or read."""

    @property
    def id(self) -> UUID | None: ...
    @property
    def line(self) -> int: ...
    @property
    def item(self) -> Named: ...
    @property
    def lot_id(self) -> UUID | None: ...
    @property
    def fifo_code(self) -> str | None: ...
    @property
    def quantity(self) -> int: ...
    @property
    def cost(self) -> int: ...
    @property
    def lot_quantity_after(self) -> int | None: ...
    @property
    def lot_cost_after(self) -> int | None: ...
    @property
    def pinned(self) -> bool: ...
    @property
    def reverses(self) -> UUID | None: ...
    @property
    def left_to_reverse(self) -> int: ...


class Posting(Protocol):
    """A posting: written, planned or read."""

    @property
    def id(self) -> UUID | None: ...
    @property
    def number(self) -> str | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def occurred_at(self) -> datetime | None: ...
    @property
    def business_date(self) -> date: ...
    @property
    def recorded_at(self) -> datetime | None: ...
    @property
    def late(self) -> bool: ...
    @property
    def actor_id(self) -> UUID: ...
    @property
    def actor_name(self) -> str: ...
    @property
    def entry_point(self) -> str: ...
    @property
    def source(self) -> Source: ...
    @property
    def reverses(self) -> UUID | None: ...
    @property
    def reversed_by(self) -> Sequence[UUID]: ...
    @property
    def entered(self) -> Quantity | None: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def note(self) -> str | None: ...
    @property
    def recipient(self) -> str | None: ...
    @property
    def reference(self) -> str | None: ...
    @property
    def total_cost(self) -> int: ...
    @property
    def lines(self) -> Sequence[Movement]: ...


def item_ref(named: Named) -> Shown:
    """`{id, code, name}`."""
    return {"id": str(named.id), "code": named.code, "name": named.name}


def posting(posted: Posting) -> Shown:
    """Posting with its movements."""
    return {
        "id": text_or_none(posted.id),
        "number": posted.number,
        "kind": posted.kind,
        "occurred_at": instant(posted.occurred_at),
        "business_date": posted.business_date.isoformat(),
        "recorded_at": instant(posted.recorded_at),
        "late": posted.late,
        "actor": {"id": str(posted.actor_id), "name": posted.actor_name},
        "entry_point": posted.entry_point,
        "reason": posted.reason,
        "note": posted.note,
        "to": posted.recipient,
        "reference": posted.reference,
        "source": {"type": posted.source.type, "id": text_or_none(posted.source.id), "label": posted.source.label},
        "reverses": text_or_none(posted.reverses),
        "reversed_by": [str(posting_id) for posting_id in posted.reversed_by],
        "entered": _entered(posted),
        "total_cost": numbers.plain(posted.total_cost),
        "movements": [_movement(line) for line in posted.lines],
    }


def instant(value: datetime | None) -> str | None:
    """UTC, six digits."""
    return None if value is None else value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def plain_or_none(micro: int | None) -> str | None:
    """Plain decimal text, or None."""
    return None if micro is None else numbers.plain(micro)


def text_or_none(value: UUID | date | None) -> str | None:
    """As text, or None."""
    return None if value is None else str(value)


def _entered(posted: Posting) -> Shown | None:
    if posted.entered is None:
        return None
    return {"quantity": numbers.plain_of(posted.entered.amount), "unit": posted.entered.unit}


def _movement(line: Movement) -> Shown:
    return {
        "id": text_or_none(line.id),
        "line": line.line,
        "item": item_ref(line.item),
        "lot": None
        if line.lot_quantity_after is None
        else {"id": text_or_none(line.lot_id), "fifo_code": line.fifo_code},
        "quantity": numbers.plain(line.quantity),
        "unit": line.item.unit,
        "cost": numbers.plain(line.cost),
        "lot_remaining_quantity": plain_or_none(line.lot_quantity_after),
        "lot_remaining_cost": plain_or_none(line.lot_cost_after),
        "pinned": line.pinned,
        "reverses": text_or_none(line.reverses),
        "left_to_reverse": numbers.plain(line.left_to_reverse),
    }

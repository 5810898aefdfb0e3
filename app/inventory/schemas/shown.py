"""Renders rows as the contract names them: plain decimals as text, ids and dates as text. Decides nothing."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from app.catalog.models import ItemUnit
from app.catalog.services.unit_conversion import Unit
from app.inventory.queries.items import ItemRow
from app.inventory.queries.lots import LotRow
from app.inventory.queries.trace import Node, Trace
from app.inventory.services.adjustment.posted import Source
from app.inventory.services.fifo import Draw
from app.inventory.services.stock_check import CheckLine, StockCheck
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


def item(row: ItemRow) -> Shown:
    """Item."""
    return {
        "id": str(row.id),
        "code": row.code,
        "name": row.name,
        "type": row.type,
        "unit": row.unit,
        "category": row.category,
        "density_g_per_ml": numbers.plain_of(row.density.g_per_ml) if row.density else None,
        "tracked": row.tracked,
        "perishable": row.perishable,
        "shelf_life_days": row.shelf_life_days,
        "fefo": row.fefo,
        "low_stock_level": _plain(row.low_stock_level),
        "barcode": row.barcode,
        "archived": row.archived,
        "on_hand": _plain(row.on_hand),
        "reserved": numbers.plain(row.reserved),
        "available": _plain(row.available),
        "value": _plain(row.value),
        "average_unit_cost": numbers.quotient(row.value or 0, row.on_hand or 0),
    }


def lot(row: LotRow) -> Shown:
    """Lot."""
    return {
        "id": str(row.id),
        "fifo_code": row.fifo_code,
        "item": {"id": str(row.item_id), "code": row.item_code, "name": row.item_name},
        "unit": row.unit,
        "received_on": row.received_on.isoformat(),
        "expires_on": _text(row.expires_on),
        "status": row.status,
        "expired": row.expired,
        "initial_quantity": numbers.plain(row.initial_quantity),
        "remaining_quantity": numbers.plain(row.remaining_quantity),
        "initial_cost": numbers.plain(row.initial_cost),
        "remaining_cost": numbers.plain(row.remaining_cost),
        "unit_cost": numbers.quotient(row.remaining_cost, row.remaining_quantity),
        "supplier": row.supplier,
        "supplier_lot": row.supplier_lot,
        "source": {"type": row.source_type, "id": str(row.source_id), "label": row.source_label},
        "life_remaining_percent": row.life_remaining_percent,
    }


def posting(posted: Posting) -> Shown:
    """Posting with its movements."""
    return {
        "id": _text(posted.id),
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
        "source": {"type": posted.source.type, "id": _text(posted.source.id), "label": posted.source.label},
        "reverses": _text(posted.reverses),
        "reversed_by": [str(posting_id) for posting_id in posted.reversed_by],
        "entered": _entered(posted),
        "total_cost": numbers.plain(posted.total_cost),
        "movements": [_movement(line) for line in posted.lines],
    }


def stock_check(check: StockCheck) -> Shown:
    """The answer of `POST /stock-checks`."""
    return {
        "can_produce": check.can_produce,
        "missing": [shortage.as_details() for shortage in check.shortages],
        "lines": [_check_line(line) for line in check.lines],
        "total_cost": numbers.plain(check.total_cost),
    }


def unit(known: Unit) -> Shown:
    """A unit that everybody has."""
    return {
        "code": known.code,
        "name": known.name,
        "kind": known.kind,
        "base": known.base,
        "ratio": str(known.ratio),
        "aliases": list(known.aliases),
    }


def own_unit(row: ItemUnit) -> Shown:
    """One `name` is `quantity` of `unit`."""
    return {"name": row.name, "quantity": numbers.plain(row.quantity), "unit": row.unit}


def shown_trace(found: Trace) -> Shown:
    """The answer of `GET /lots/{lot}/trace`."""
    totals = found.totals
    return {
        "lot": lot(found.lot),
        "nodes": [_node(node) for node in found.nodes],
        "edges": [
            {
                "from": str(edge.start),
                "to": str(edge.to),
                "quantity": numbers.plain(edge.quantity),
                "unit": edge.unit,
            }
            for edge in found.edges
        ],
        "totals": {
            "received": numbers.plain(totals.received),
            "used_in_batches": numbers.plain(totals.used_in_batches),
            "sold": numbers.plain(totals.sold),
            "disposed": numbers.plain(totals.disposed),
            "on_hand": numbers.plain(totals.on_hand),
            "unit": totals.unit,
        },
    }


def instant(value: datetime | None) -> str | None:
    """UTC, six digits."""
    return None if value is None else value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _plain(micro: int | None) -> str | None:
    return None if micro is None else numbers.plain(micro)


def _text(value: UUID | date | None) -> str | None:
    return None if value is None else str(value)


def _entered(posted: Posting) -> Shown | None:
    if posted.entered is None:
        return None
    return {"quantity": numbers.plain_of(posted.entered.amount), "unit": posted.entered.unit}


def _movement(line: Movement) -> Shown:
    return {
        "id": _text(line.id),
        "line": line.line,
        "item": item_ref(line.item),
        "lot": None if line.lot_quantity_after is None else {"id": _text(line.lot_id), "fifo_code": line.fifo_code},
        "quantity": numbers.plain(line.quantity),
        "unit": line.item.unit,
        "cost": numbers.plain(line.cost),
        "lot_remaining_quantity": _plain(line.lot_quantity_after),
        "lot_remaining_cost": _plain(line.lot_cost_after),
        "pinned": line.pinned,
        "reverses": _text(line.reverses),
        "left_to_reverse": numbers.plain(line.left_to_reverse),
    }


def _check_line(line: CheckLine) -> Shown:
    return {
        "item": item_ref(line.item),
        "needed": numbers.plain(line.needed),
        "available": _plain(line.available),
        "unit": line.item.unit,
        "consumed": numbers.plain(line.consumed),
        "shortfall": numbers.plain(line.shortfall),
        "satisfied": line.satisfied,
        "total_cost": numbers.plain(line.total_cost),
        "breakdown": [_draw(draw) for draw in line.draws],
    }


def _draw(draw: Draw) -> Shown:
    return {
        "lot": {"id": str(draw.lot.id), "fifo_code": draw.lot.fifo_code},
        "quantity": numbers.plain(draw.quantity),
        "cost": numbers.plain(draw.cost),
        "remaining": numbers.plain(draw.lot.remaining_quantity - draw.quantity),
    }


def _node(node: Node) -> Shown:
    shown: Shown = {
        "id": str(node.id),
        "type": node.type,
        "label": node.label,
        "quantity": _plain(node.quantity),
        "unit": node.unit,
    }
    return shown | _more(node)


def _more(node: Node) -> Mapping[str, Any]:
    """What only lots, and only sales and disposals, carry."""
    if node.item is not None:
        return {
            "item": item_ref(node.item),
            "supplier_lot": node.supplier_lot,
            "remaining_quantity": _plain(node.remaining),
        }
    if node.kind is not None:
        return {"kind": node.kind, "number": node.number, "business_date": _text(node.business_date)}
    return {}

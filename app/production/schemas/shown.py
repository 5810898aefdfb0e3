"""Renders rows as the contract names them: plain decimals as text, ids and dates as text. Decides nothing."""

from typing import Any

from app.inventory.schemas import instant, item_ref
from app.kernel import numbers
from app.production.services.records import BatchRecord, Entry, Extra, Line, LotUse, Output


def batch(record: BatchRecord) -> dict[str, Any]:
    """The contract's Batch."""
    header = record.header
    return {
        "id": str(header.id),
        "label": header.label,
        "status": header.status,
        "recipe": {"id": str(header.recipe_id), "name": header.recipe},
        "version": header.version,
        "scale": numbers.plain(header.scale),
        "planned_for": header.planned_for and header.planned_for.isoformat(),
        "note": header.note,
        "started_at": instant(header.started_at),
        "completed_at": instant(header.completed_at),
        "ended_reason": header.ended_reason,
        "output_item": item_ref(header.output),
        "expected": numbers.plain(header.expected),
        "unit": header.output.unit,
        "lines": [_line(line) for line in record.lines],
        "extras": [_extra(extra) for extra in record.extras],
        "outputs": [_output(output) for output in record.outputs],
        "loss": _loss(record),
        "variance_reason": header.variance_reason,
        "total_cost": numbers.plain(record.total_cost),
        "unit_cost": record.unit_cost,
        "yield_percent": record.yield_percent,
        "postings": [_posting(entry) for entry in record.entries],
        "created_at": instant(header.created_at),
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "item": item_ref(line.row.item),
        "needed": numbers.plain(line.row.needed),
        "used": numbers.plain(line.used),
        "unit": line.row.unit,
        "cost": numbers.plain(line.cost),
        "skipped": line.row.skipped,
        "lots": [_lot_use(lot) for lot in line.lots],
    }


def _extra(extra: Extra) -> dict[str, Any]:
    return {
        "item": item_ref(extra.row.item),
        "quantity": numbers.plain(extra.row.quantity),
        "unit": extra.row.item.unit,
        "reason": extra.row.reason,
        "cost": numbers.plain(extra.cost),
        "lots": [_lot_use(lot) for lot in extra.lots],
    }


def _lot_use(lot: LotUse) -> dict[str, Any]:
    return {
        "lot": {"id": str(lot.lot_id), "fifo_code": lot.fifo_code} if lot.lot_id else None,
        "quantity": numbers.plain(lot.quantity),
        "cost": numbers.plain(lot.cost),
    }


def _output(output: Output) -> dict[str, Any]:
    lot = {"id": str(output.lot_id) if output.lot_id else None, "fifo_code": output.fifo_code}
    return {
        "item": item_ref(output.item),
        "lot": lot if output.item.tracked else None,
        "quantity": numbers.plain(output.quantity),
        "unit": output.item.unit,
        "cost": numbers.plain(output.cost),
    }


def _loss(record: BatchRecord) -> dict[str, Any] | None:
    loss = record.header.loss
    if loss is None:
        return None
    unit = record.header.output.unit
    return {"quantity": numbers.plain(loss.quantity), "unit": unit, "category": loss.category, "note": loss.note}


def _posting(entry: Entry) -> dict[str, Any]:
    return {"id": str(entry.id) if entry.id else None, "number": entry.number, "kind": entry.kind}

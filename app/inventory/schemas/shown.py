"""Renders rows as the contract names them: plain decimals as text, ids and dates as text. Decides nothing."""

from app.catalog.models import ItemUnit
from app.catalog.services.unit_conversion import Unit
from app.inventory.queries.items import ItemRow
from app.inventory.queries.lots import LotRow
from app.inventory.queries.trace import Node, Trace
from app.inventory.schemas.entries import Shown, item_ref, plain_or_none, text_or_none
from app.inventory.services.fifo import Draw
from app.inventory.services.stock_check import CheckLine, StockCheck
from app.kernel import numbers


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
        "low_stock_level": plain_or_none(row.low_stock_level),
        "barcode": row.barcode,
        "archived": row.archived,
        "on_hand": plain_or_none(row.on_hand),
        "reserved": numbers.plain(row.reserved),
        "available": plain_or_none(row.available),
        "value": plain_or_none(row.value),
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
        "expires_on": text_or_none(row.expires_on),
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


def _check_line(line: CheckLine) -> Shown:
    return {
        "item": item_ref(line.item),
        "needed": numbers.plain(line.needed),
        "available": plain_or_none(line.available),
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
        "quantity": plain_or_none(node.quantity),
        "unit": node.unit,
    }
    return shown | _more(node)


def _more(node: Node) -> Shown:
    """What only lots, and only sales and disposals, carry."""
    if node.item is not None:
        return {
            "item": item_ref(node.item),
            "supplier_lot": node.supplier_lot,
            "remaining_quantity": plain_or_none(node.remaining),
        }
    if node.kind is not None:
        return {"kind": node.kind, "number": node.number, "business_date": text_or_none(node.business_date)}
    return {}

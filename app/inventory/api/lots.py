"""Lots: their list, their words (hold, expiry, supplier lot), their way."""

from flask import Blueprint

from app.catalog.models import Item
from app.catalog.services import items as catalog
from app.inventory import schemas
from app.inventory.api.items import ITEM
from app.inventory.queries import lots as queries
from app.inventory.queries import trace as traces
from app.inventory.queries.lots import FoundLot, LotFilter
from app.inventory.schemas import answers, bodies, lists
from app.inventory.services import adjustment
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform.api import operation
from app.platform.commands import Answer

bp = Blueprint("lots_api", __name__, url_prefix="/api/v1")
LOT = {"lot": queries.find}


@bp.get("/items/<item>/lots")
@operation(
    permission=Permission.INVENTORY_VIEW,
    summary="The lots of an item, in FIFO order",
    answer=answers.LotsOut,
    path=ITEM,
    query=lists.ItemLotsQuery,
)
def list_item_lots(actor: Actor, *, item: Item, query: lists.ItemLotsQuery) -> Answer:
    """All, or only those with something left."""
    return _page(actor, LotFilter(item_id=item.id, open=query.open), query.limit, query.cursor)


@bp.get("/lots")
@operation(
    permission=Permission.INVENTORY_VIEW,
    summary="Lots, in FIFO order",
    answer=answers.LotsOut,
    query=lists.LotsQuery,
)
def list_lots(actor: Actor, *, query: lists.LotsQuery) -> Answer:
    """Searched by code, supplier lot and item."""
    wanted = LotFilter(
        q=query.q,
        supplier_lot=query.supplier_lot,
        item_id=None if query.item is None else catalog.find(actor, query.item, field="item").id,
        expiring_within=query.expiring_within,
        status=query.status,
    )
    return _page(actor, wanted, query.limit, query.cursor)


@bp.get("/lots/<lot>")
@operation(permission=Permission.INVENTORY_VIEW, summary="A lot", answer=answers.LotOut, path=LOT)
def show_lot(actor: Actor, *, lot: FoundLot) -> Answer:
    """With what is left in it."""
    return Answer(200, schemas.lot(queries.one(actor, lot.id)))


@bp.put("/lots/<lot>/hold")
@operation(
    permission=Permission.INVENTORY_HOLD,
    summary="Set a lot aside",
    answer=answers.LotOut,
    path=LOT,
    body=bodies.ReasonBody,
)
def hold_lot(actor: Actor, *, lot: FoundLot, body: bodies.ReasonBody) -> Answer:
    """Nothing may use it until it is released."""
    adjustment.hold(actor, lot_id=lot.id, reason=body.reason)
    return Answer(200, schemas.lot(queries.one(actor, lot.id)))


@bp.delete("/lots/<lot>/hold")
@operation(
    permission=Permission.INVENTORY_HOLD,
    summary="Release a lot",
    answer=answers.LotOut,
    path=LOT,
    body=bodies.ReasonBody,
)
def release_lot(actor: Actor, *, lot: FoundLot, body: bodies.ReasonBody) -> Answer:
    """It may be used again."""
    adjustment.release(actor, lot_id=lot.id, reason=body.reason)
    return Answer(200, schemas.lot(queries.one(actor, lot.id)))


@bp.patch("/lots/<lot>")
@operation(
    permission=Permission.INVENTORY_HOLD,
    summary="Put right a lot's expiry or supplier lot",
    answer=answers.LotOut,
    path=LOT,
    body=bodies.RelabelBody,
)
def relabel_lot(actor: Actor, *, lot: FoundLot, body: bodies.RelabelBody) -> Answer:
    """What is not named stays; null takes it away."""
    said = body.model_fields_set
    adjustment.relabel(
        actor,
        lot_id=lot.id,
        reason=body.reason,
        expires_on=body.expires_on if "expires_on" in said else adjustment.KEEP,
        supplier_lot=body.supplier_lot if "supplier_lot" in said else adjustment.KEEP,
    )
    return Answer(200, schemas.lot(queries.one(actor, lot.id)))


@bp.get("/lots/<lot>/trace")
@operation(
    permission=Permission.INVENTORY_VIEW,
    summary="Where a lot came from and where it went",
    answer=answers.TraceOut,
    path=LOT,
    query=lists.TraceQuery,
)
def trace_lot(actor: Actor, *, lot: FoundLot, query: lists.TraceQuery) -> Answer:
    """To both ends, net of what was taken back."""
    back, forward = query.direction != "forward", query.direction != "back"
    return Answer(200, schemas.shown_trace(traces.trace(actor, lot.id, back=back, forward=forward)))


def _page(actor: Actor, wanted: LotFilter, limit: int, cursor: str | None) -> Answer:
    page = queries.page(actor, wanted, limit=limit, cursor=cursor)
    return Answer(200, {"data": [schemas.lot(row) for row in page.rows], "next_cursor": page.next_cursor})

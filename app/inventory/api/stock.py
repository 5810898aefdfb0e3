"""What comes in, what leaves, what is counted."""

from flask import Blueprint

from app.catalog.models import Item
from app.inventory import schemas
from app.inventory.api.items import ITEM
from app.inventory.queries import lots
from app.inventory.schemas import answers, bodies
from app.inventory.services import adjustment
from app.kernel.actor import Actor
from app.kernel.numbers import Money, Quantity
from app.kernel.permissions import Permission
from app.platform.api import operation
from app.platform.commands import Answer

bp = Blueprint("stock_api", __name__, url_prefix="/api/v1")


@bp.post("/items/<item>/receipts")
@operation(
    permission=Permission.INVENTORY_RECEIVE,
    summary="Receive stock: one new lot at its cost",
    answer=answers.PostingOut,
    status=201,
    path=ITEM,
    body=bodies.ReceiptBody,
    stock_changing=True,
)
def receive(actor: Actor, *, item: Item, body: bodies.ReceiptBody, dry_run: bool) -> Answer:
    """A date in the past joins the queue there; what was posted already keeps its cost."""
    said = adjustment.Receipt(
        item_id=item.id,
        quantity=Quantity(body.quantity, body.unit),
        unit_cost=None if body.unit_cost is None else Money(body.unit_cost),
        total_cost=None if body.total_cost is None else Money(body.total_cost),
        kind=body.kind,
        received_on=body.received_on,
        expires_on=body.expires_on,
        supplier=body.supplier,
        supplier_lot=body.supplier_lot,
        fifo_code=body.fifo_code,
        reference=body.reference,
        note=body.note,
        occurred_at=body.occurred_at,
    )
    return Answer(201, schemas.posting(adjustment.receive(actor, said, dry_run=dry_run)))


@bp.post("/items/<item>/issues")
@operation(
    permission=Permission.INVENTORY_ISSUE,
    summary="Issue stock, oldest lot first, or from one lot",
    answer=answers.PostingOut,
    status=201,
    path=ITEM,
    body=bodies.IssueBody,
    stock_changing=True,
)
def issue(actor: Actor, *, item: Item, body: bodies.IssueBody, dry_run: bool) -> Answer:
    """Short: 409 insufficient_stock with all that is missing."""
    said = adjustment.Issue(
        item_id=item.id,
        quantity=Quantity(body.quantity, body.unit),
        kind=body.kind,
        lot_id=None if body.lot is None else lots.find(actor, body.lot, field="lot").id,
        to=body.to,
        reason=body.reason,
        note=body.note,
        occurred_at=body.occurred_at,
    )
    return Answer(201, schemas.posting(adjustment.issue(actor, said, dry_run=dry_run)))


@bp.post("/items/<item>/counts")
@operation(
    permission=Permission.INVENTORY_COUNT,
    summary="Count stock: the book follows the shelf",
    answer={201: answers.PostingOut, 200: answers.UnchangedOut},
    status=201,
    path=ITEM,
    body=bodies.CountBody,
    stock_changing=True,
)
def count(actor: Actor, *, item: Item, body: bodies.CountBody, dry_run: bool) -> Answer:
    """200 and no posting when the book says so already."""
    said = adjustment.Count(
        item_id=item.id,
        counted=Quantity(body.counted, body.unit),
        reason=body.reason,
        lot_id=None if body.lot is None else lots.find(actor, body.lot, field="lot").id,
        expected=body.expected,
        unit_cost=None if body.unit_cost is None else Money(body.unit_cost),
    )
    posted = adjustment.count(actor, said, dry_run=dry_run)
    return Answer(200, {"unchanged": True}) if posted is None else Answer(201, schemas.posting(posted))

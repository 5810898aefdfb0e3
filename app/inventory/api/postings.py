"""The transaction log, and taking back what stands in it."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint

from app.catalog.services import items as catalog
from app.inventory import schemas
from app.inventory.queries import lots
from app.inventory.queries import postings as queries
from app.inventory.queries.postings import PostingFilter
from app.inventory.schemas import answers, bodies, lists
from app.inventory.services import adjustment
from app.kernel import ids
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.numbers import Quantity
from app.kernel.permissions import Permission
from app.platform.api import operation
from app.platform.commands import Answer

bp = Blueprint("postings_api", __name__, url_prefix="/api/v1")
POSTING = {"posting": queries.find}


@bp.get("/postings")
@operation(
    permission=Permission.INVENTORY_VIEW,
    summary="The transaction log, newest first",
    answer=answers.PostingsOut,
    query=lists.PostingsQuery,
)
def list_postings(actor: Actor, *, query: lists.PostingsQuery) -> Answer:
    """Holds, releases and relabels stand in it too, without movements."""
    wanted = PostingFilter(
        item_id=None if query.item is None else catalog.find(actor, query.item, field="item").id,
        lot_id=None if query.lot is None else lots.find(actor, query.lot, field="lot").id,
        kind=query.kind,
        source=query.source,
        since=query.since,
        until=query.until,
    )
    page = queries.page(actor, wanted, limit=query.limit, cursor=query.cursor)
    return Answer(200, {"data": [schemas.posting(row) for row in page.rows], "next_cursor": page.next_cursor})


@bp.get("/postings/<posting>")
@operation(permission=Permission.INVENTORY_VIEW, summary="A posting", answer=answers.PostingOut, path=POSTING)
def show_posting(actor: Actor, *, posting: UUID) -> Answer:
    """With what is left to reverse of each movement."""
    return Answer(200, schemas.posting(queries.one(actor, posting)))


@bp.post("/postings/<posting>/reversal")
@operation(
    permission=Permission.INVENTORY_REVERSE,
    summary="Take back a posting, whole or in part",
    answer=answers.PostingOut,
    status=201,
    path=POSTING,
    body=bodies.ReversalBody,
    stock_changing=True,
)
def reverse_posting(actor: Actor, *, posting: UUID, body: bodies.ReversalBody, dry_run: bool) -> Answer:
    """Mirrors it line by line: same lots, same costs. 409 names what stands in the way."""
    lines = None if body.lines is None else _lines(body.lines)
    posted = adjustment.reverse(actor, posting_id=posting, reason=body.reason, lines=lines, dry_run=dry_run)
    return Answer(201, schemas.posting(posted))


def _lines(said: Sequence[bodies.ReversalLineBody]) -> list[adjustment.ReversalLine]:
    wanted = [ids.parse(line.movement) for line in said]
    missing = [f"lines.{n}.movement" for n, movement_id in enumerate(wanted) if movement_id is None]
    if missing:
        message = "That movement does not exist."
        raise NotFound(message, errors={field: [message] for field in missing})
    return [
        adjustment.ReversalLine(movement_id, Quantity(line.quantity, line.unit))
        for movement_id, line in zip(wanted, said, strict=True)
        if movement_id is not None
    ]

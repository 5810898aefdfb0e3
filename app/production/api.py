"""Production's part of API v1: batches, from plan to reversal, with their labels and codes."""

from uuid import UUID

from flask import Blueprint, Response

from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform.api import operation
from app.platform.commands import Answer
from app.production import schemas
from app.production.queries import batches
from app.production.queries.batches import BatchFilter
from app.production.schemas import answers, bodies
from app.production.services import finishing, labels, making, planning, records, undoing
from app.recipes.services import references

bp = Blueprint("production_api", __name__, url_prefix="/api/v1")

BATCH = {"batch": records.find}


@bp.post("/batches")
@operation(
    permission=Permission.BATCHES_PLAN,
    summary="Plan a batch",
    answer=answers.BatchOut,
    status=201,
    body=bodies.BatchIn,
)
def plan(actor: Actor, *, body: bodies.BatchIn) -> Answer:
    """Its materials are written down as the recipe's version says them now."""
    batch_id = planning.plan(actor, body.said())
    return Answer(201, schemas.batch(batches.one(actor, batch_id)))


@bp.get("/batches")
@operation(
    permission=Permission.BATCHES_VIEW,
    summary="Batches, the latest planned first",
    answer=answers.BatchesOut,
    query=bodies.BatchPage,
)
def list_batches(actor: Actor, *, query: bodies.BatchPage) -> Answer:
    """By status, recipe, and the days on which they were planned."""
    recipe = references.find(actor, query.recipe, field="recipe") if query.recipe else None
    wanted = BatchFilter(query.status, recipe.id if recipe else None, query.since, query.until)
    page = batches.page(actor, wanted, limit=query.limit, cursor=query.cursor)
    return Answer(200, {"data": [schemas.batch(record) for record in page.rows], "next_cursor": page.next_cursor})


@bp.get("/batches/<batch>")
@operation(permission=Permission.BATCHES_VIEW, summary="One batch", answer=answers.BatchOut, path=BATCH)
def show(actor: Actor, *, batch: UUID) -> Answer:
    """Its whole record."""
    return Answer(200, schemas.batch(batches.one(actor, batch)))


@bp.post("/batches/<batch>/start")
@operation(
    permission=Permission.BATCHES_MAKE,
    summary="Start a batch: its materials are taken, all or nothing",
    answer=answers.BatchOut,
    path=BATCH,
    body=bodies.StartIn,
    stock_changing=True,
)
def start(actor: Actor, *, batch: UUID, body: bodies.StartIn, dry_run: bool) -> Answer:
    """Short: 409 insufficient_stock, and it is still planned."""
    return Answer(200, schemas.batch(making.start(actor, batch, skip=body.skip, dry_run=dry_run)))


@bp.post("/batches/<batch>/extras")
@operation(
    permission=Permission.BATCHES_MAKE,
    summary="Take more for a batch in progress, all or none",
    answer=answers.BatchOut,
    path=BATCH,
    body=bodies.ExtrasIn,
    stock_changing=True,
)
def take_extras(actor: Actor, *, batch: UUID, body: bodies.ExtrasIn, dry_run: bool) -> Answer:
    """Its cost joins that of the batch."""
    return Answer(200, schemas.batch(making.take_extras(actor, batch, body.said(), dry_run=dry_run)))


@bp.post("/batches/<batch>/finish")
@operation(
    permission=Permission.BATCHES_MAKE,
    summary="Finish a batch: its output comes in at what everything cost",
    answer=answers.BatchOut,
    path=BATCH,
    body=bodies.FinishIn,
    stock_changing=True,
)
def finish(actor: Actor, *, batch: UUID, body: bodies.FinishIn, dry_run: bool) -> Answer:
    """The good units carry all of the cost."""
    return Answer(200, schemas.batch(finishing.finish(actor, batch, body.said(), dry_run=dry_run)))


@bp.post("/batches/<batch>/fail")
@operation(
    permission=Permission.BATCHES_MAKE,
    summary="Give up a batch: what went in stays consumed",
    answer=answers.BatchOut,
    path=BATCH,
    body=bodies.ReasonIn,
)
def fail(actor: Actor, *, batch: UUID, body: bodies.ReasonIn) -> Answer:
    """Its cost is a loss."""
    return Answer(200, schemas.batch(finishing.fail(actor, batch, reason=body.reason)))


@bp.post("/batches/<batch>/cancel")
@operation(
    permission=Permission.BATCHES_CANCEL,
    summary="Call off a batch: every lot back as it was, at its cost",
    answer=answers.BatchOut,
    path=BATCH,
    body=bodies.CancelIn,
    stock_changing=True,
)
def cancel(actor: Actor, *, batch: UUID, body: bodies.CancelIn, dry_run: bool) -> Answer:
    """Planned or in progress."""
    return Answer(200, schemas.batch(undoing.cancel(actor, batch, reason=body.reason, dry_run=dry_run)))


@bp.post("/batches/<batch>/reversal")
@operation(
    permission=Permission.BATCHES_REVERSE,
    summary="Undo a finished batch: outputs out, inputs back",
    answer=answers.BatchOut,
    path=BATCH,
    body=bodies.ReasonIn,
    stock_changing=True,
)
def reverse(actor: Actor, *, batch: UUID, body: bodies.ReasonIn, dry_run: bool) -> Answer:
    """409 has_dependents when some of the output was used."""
    return Answer(200, schemas.batch(undoing.reverse(actor, batch, reason=body.reason, dry_run=dry_run)))


@bp.get("/batches/<batch>/label.pdf")
@operation(
    permission=Permission.BATCHES_VIEW,
    summary="A sheet of labels, A4",
    answer=None,
    path=BATCH,
    media_type="application/pdf",
)
def label_pdf(actor: Actor, *, batch: UUID) -> Response:
    """Name, label, made on, use by, QR code."""
    return Response(labels.pdf(actor, batch), mimetype="application/pdf")


@bp.get("/batches/<batch>/qr.svg")
@operation(
    permission=Permission.BATCHES_VIEW,
    summary="The QR code",
    answer=None,
    path=BATCH,
    media_type="image/svg+xml",
)
def qr_svg(actor: Actor, *, batch: UUID) -> Response:
    """It leads to the batch's page, through signing in."""
    return Response(labels.svg(actor, batch), mimetype="image/svg+xml")

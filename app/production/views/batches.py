"""The pages of batches: the list, one batch with its record, its labels and its QR code."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform.pages import PageForm
from app.platform.web import current_actor, is_htmx, requires
from app.production.forms import StartForm
from app.production.models import STATUSES
from app.production.queries import batches, pages, timers
from app.production.queries import bench as benches
from app.production.queries.batches import BatchFilter
from app.production.services import labels, records
from app.recipes.services import references

bp = Blueprint("production", __name__, url_prefix="/o/<slug>", template_folder="../templates")

_SHOWN = 40


@bp.get("/batches")
@requires(Permission.BATCHES_VIEW)
def index() -> ResponseReturnValue:
    """Batches, the latest first. To htmx the rows alone."""
    actor, said, recipe = current_actor(), request.args.get("status"), request.args.get("recipe") or None
    status = said if said in STATUSES else None
    wanted = BatchFilter(status=status, recipe_id=references.find(actor, recipe).id if recipe else None)
    found = batches.page(actor, wanted, limit=_SHOWN, cursor=request.args.get("cursor") or None)
    template = "production/_rows.html" if is_htmx() else "production/index.html"
    return render_template(template, batches=found, status=status, statuses=STATUSES, recipe=recipe)


@bp.get("/batches/<batch>")
@requires(Permission.BATCHES_VIEW)
def batch(batch: str) -> ResponseReturnValue:
    """One batch: what to do next, and its record."""
    return batch_page(current_actor(), batch, StartForm())


@bp.get("/batches/<batch>/labels.pdf")
@requires(Permission.BATCHES_VIEW)
def label_sheet(batch: str) -> ResponseReturnValue:
    """A sheet of its labels."""
    actor = current_actor()
    answer = Response(labels.pdf(actor, records.find(actor, batch)), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{batch}-labels.pdf"'
    return answer


@bp.get("/batches/<batch>/qr.svg")
@requires(Permission.BATCHES_VIEW)
def qr_code(batch: str) -> ResponseReturnValue:
    """Its QR code, for the page."""
    actor = current_actor()
    return Response(labels.svg(actor, records.find(actor, batch)), mimetype="image/svg+xml")


def batch_page(actor: Actor, batch: str, form: PageForm) -> str:
    """The page of a batch with the form that starts it, or one that was refused."""
    record = batches.one(actor, records.find(actor, batch))
    batch_id = record.header.id
    return render_template(
        "production/batch.html",
        batch=record,
        bench=pages.bench(actor, record),
        form=form,
        written=benches.written(actor, batch_id),
        timers=timers.running(actor, batch_id),
        now=clock.now(),
    )

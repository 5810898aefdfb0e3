"""One lot: where it came from, where it went, what its label says."""

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.inventory.forms.lots import ReasonForm, RelabelForm
from app.inventory.queries import lots, postings, trace
from app.inventory.queries.postings import PostingFilter
from app.inventory.services import adjustment
from app.inventory.services.adjustment import Posted
from app.inventory.views import trace_picture, trace_table
from app.inventory.views.blueprint import bp
from app.inventory.views.words import KINDS
from app.kernel.permissions import Permission
from app.platform import pages
from app.platform.commands import Answer
from app.platform.pages import PageForm
from app.platform.web import current_actor, requires

_EVENTS = 20


@bp.get("/lots/<lot>")
@requires(Permission.INVENTORY_VIEW)
def lot(lot: str) -> ResponseReturnValue:
    """The lot's page."""
    return _draw(lot)


@bp.get("/lots/<lot>/trace.csv")
@requires(Permission.INVENTORY_VIEW)
def trace_csv(lot: str) -> ResponseReturnValue:
    """The trace as a file for a spreadsheet."""
    actor = current_actor()
    found = trace.trace(actor, lots.find(actor, lot).id)
    answer = Response(trace_table.as_csv(found), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="trace-{found.lot.fifo_code}.csv"'
    return answer


@bp.post("/lots/<lot>/hold")
@requires(Permission.INVENTORY_HOLD)
def hold(lot: str) -> ResponseReturnValue:
    """Set the lot aside."""
    form = ReasonForm(prefix="hold-")
    found = lots.find(current_actor(), lot)
    return _perform(
        lot, form, lambda: adjustment.hold(current_actor(), lot_id=found.id, reason=form.reason.value), hold=form
    )


@bp.post("/lots/<lot>/release")
@requires(Permission.INVENTORY_HOLD)
def release(lot: str) -> ResponseReturnValue:
    """Let it be used again."""
    form = ReasonForm()
    ...

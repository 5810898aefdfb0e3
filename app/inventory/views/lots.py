"""One lot: where it came from, where it went, what its label says."""

from collections.abc import Callable
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.inventory.forms.lots import ReasonForm, RelabelForm
from app.inventory.queries import lots, postings, trace
from app.inventory.queries.lots import LotRow
from app.inventory.queries.postings import PostingFilter
from app.inventory.services import adjustment
from app.inventory.services.adjustment import Posted
from app.inventory.views import trace_picture, trace_table, words
from app.inventory.views.blueprint import bp
from app.kernel.permissions import Permission
from app.platform import pages
from app.platform.commands import Answer
from app.platform.pages import PageForm
from app.platform.web import current_actor, requires

_EVENTS = 20


@bp.get("/lots/<lot>")
@requires(Permission.INVENTORY_VIEW)
def lot(lot: str) -> ResponseReturnValue:
    """The lot's page: its trace, its postings."""
    actor = current_actor()
    found = trace.trace(actor, lots.find(actor, lot).id)
    log = postings.page(actor, PostingFilter(lot_id=found.lot.id), limit=_EVENTS)
    drawn = {
        "picture": trace_picture.draw(found),
        "steps": trace_table.steps(found),
        "holders": trace_table.holders(found),
    }
    return render_template("inventory/lot.html", lot=found.lot, trace=found, log=log, **drawn)


@bp.get("/lots/<lot>/trace.csv")
@requires(Permission.INVENTORY_VIEW)
def trace_csv(lot: str) -> ResponseReturnValue:
    """The trace as a file for a spreadsheet."""
    actor = current_actor()
    found = trace.trace(actor, lots.find(actor, lot).id)
    answer = Response(trace_table.as_csv(found), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="trace-{found.lot.fifo_code}.csv"'
    return answer


@bp.route("/lots/<lot>/hold", methods=["GET", "POST"])
@requires(Permission.INVENTORY_HOLD)
def hold(lot: str) -> ResponseReturnValue:
    """Set the lot aside: nothing uses it."""
    actor, found, form = current_actor(), _found(lot), ReasonForm()
    text = {"title": "Put on hold", "sub": "Nothing will use it until you release it.", "button": "Put on hold"}
    return _ask(form, found, text, lambda: adjustment.hold(actor, lot_id=found.id, reason=form.reason.value))


@bp.route("/lots/<lot>/release", methods=["GET", "POST"])
@requires(Permission.INVENTORY_HOLD)
def release(lot: str) -> ResponseReturnValue:
    """Let the lot be used again."""
    actor, found, form = current_actor(), _found(lot), ReasonForm()
    text = {"title": "Release", "sub": "It takes its place in the queue again.", "button": "Release"}
    return _ask(form, found, text, lambda: adjustment.release(actor, lot_id=found.id, reason=form.reason.value))


@bp.route("/lots/<lot>/relabel", methods=["GET", "POST"])
@requires(Permission.INVENTORY_HOLD)
def relabel(lot: str) -> ResponseReturnValue:
    """Put right the date or the supplier's lot."""
    actor, found = current_actor(), _found(lot)
    form = RelabelForm(data=None if request.method == "POST" else _label(found))
    text = {"title": "Change the label", "sub": "An empty field takes it off the label.", "button": "Save"}

    def change() -> Posted:
        new = {"expires_on": form.expires_on.value, "supplier_lot": form.supplier_lot.value}
        return adjustment.relabel(actor, lot_id=found.id, reason=form.reason.value, **new)

    return _ask(form, found, text, change)


def _found(reference: str) -> LotRow:
    actor = current_actor()
    return lots.one(actor, lots.find(actor, reference).id)


def _label(lot: LotRow) -> dict[str, Any]:
    day = lot.expires_on.isoformat() if lot.expires_on else None
    return {"expires_on": day, "supplier_lot": lot.supplier_lot}


def _ask(form: PageForm, lot: LotRow, text: dict[str, str], change: Callable[[], Posted]) -> ResponseReturnValue:
    """Ask why, then do it and go back to the lot."""
    back = url_for("inventory.lot", lot=lot.fifo_code)

    def command() -> Answer:
        return pages.went(back, f"{words.KINDS[change().kind].did}: {lot.fifo_code}.")

    answer = pages.perform(form, command) if request.method == "POST" else None
    if answer:
        return pages.done(answer)
    return pages.draw(form, "inventory/ask.html", "inventory/_ask.html", back=back, crumb=lot.fifo_code, **text)

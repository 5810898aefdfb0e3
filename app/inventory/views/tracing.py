"""The way of a lot: its page with the picture, the same as a file and on paper; holding all that a recall reaches."""

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.inventory.forms.lots import ReasonForm
from app.inventory.queries import lot_log, lots, postings, trace
from app.inventory.queries.lots import LotFilter
from app.inventory.queries.trace import Trace
from app.inventory.services import adjustment
from app.inventory.views import trace_graph, trace_picture, trace_table, trace_tree
from app.inventory.views.blueprint import bp
from app.inventory.views.trace_graph import Graph
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import pages
from app.platform.commands import Answer
from app.platform.pages import PageForm
from app.platform.web import current_actor, is_htmx, requires

_EVENTS, _FOUND, _LATEST = 8, 40, 12
_FEW = 8
_PARTS = {"tree", "now", "back", "on", "log"}
_SEARCH_LENGTH = 120
_LAYERS = 40
_UNDONE = "Undone"


@bp.get("/trace")
@requires(Permission.INVENTORY_VIEW)
def traces() -> ResponseReturnValue:
    """Lots by their code, the supplier's lot, the supplier or the item: where a trace begins; unasked, the latest."""
    said = request.args.get("q", "")[:_SEARCH_LENGTH].strip()
    if not said:
        return render_template("inventory/traces.html", q="", found=lots.latest(current_actor(), limit=_LATEST))
    asked = said if said.isprintable() else ""
    found = lots.page(current_actor(), LotFilter(q=asked), limit=_FOUND).rows if asked else ()
    return render_template("inventory/traces.html", q=asked, found=found)


@bp.get("/lots/<lot>")
@requires(Permission.INVENTORY_VIEW)
def lot(lot: str) -> ResponseReturnValue:
    """The lot's page: its trace, its postings. Of long lists the first few; to htmx the rest of the one it names."""
    found, show = _trace(lot), request.args.get("show", "")
    log = lot_log.page(current_actor(), found.lot.id, limit=_EVENTS, cursor=request.args.get("cursor"))
    whole, opened = trace_graph.graph(found), _opened()
    drawn = {
        "picture": trace_picture.draw(found, whole, opened),
        "back": trace_tree.back(found, whole, everything=show == "tree"),
        "on": trace_tree.on(found, whole, everything=show == "tree"),
        "opened": ",".join(map(str, sorted(opened))) or None,
    }
    template = "inventory/_lot_part.html" if is_htmx() and show in _PARTS else "inventory/lot.html"
    return render_template(template, log=log, show=show, few=_FEW, **drawn, **_told(found, whole))


@bp.get("/lots/<lot>/trace/print")
@requires(Permission.INVENTORY_VIEW)
def trace_sheet(lot: str) -> ResponseReturnValue:
    """The trace on paper: everything open, black on white."""
    found = _trace(lot)
    whole = trace_graph.graph(found)
    everything = {"picture": trace_picture.draw(found, whole), "now": clock.now(), "show": "", "few": None}
    return render_template("inventory/trace_sheet.html", **everything, **_told(found, whole))


@bp.get("/lots/<lot>/trace.csv")
@requires(Permission.INVENTORY_VIEW)
def trace_csv(lot: str) -> ResponseReturnValue:
    """The trace as a file for a spreadsheet."""
    found = _trace(lot)
    answer = Response(trace_table.as_csv(found), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="trace-{found.lot.fifo_code}.csv"'
    return answer


@bp.route("/lots/<lot>/hold-all", methods=["GET", "POST"])
@requires(Permission.INVENTORY_HOLD)
def hold_all(lot: str) -> ResponseReturnValue:
    """Set aside all that is left of the lot and of everything made with it."""
    actor, found = current_actor(), _trace(lot)
    form = ReasonForm() if request.method == "POST" else ReasonForm(data={"reason": _why(found)})
    answer = pages.perform(form, lambda: _hold(actor, found, form)) if request.method == "POST" else None
    if answer:
        return pages.done(answer)
    shelf = trace_table.on_shelf(found)
    held = {"free": [each for each in shelf if not each.on_hold], "held": [each for each in shelf if each.on_hold]}
    waiting = trace_table.waiting(found)
    return pages.draw(
        form, "inventory/hold_all.html", "inventory/_hold_all.html", lot=found.lot, waiting=waiting, **held
    )


@bp.post("/postings/<posting>/release")
@requires(Permission.INVENTORY_HOLD)
def release_all(posting: str) -> ResponseReturnValue:
    """Let go what one entry set aside: the way back from `hold_all`."""
    actor, form = current_actor(), PageForm()
    found = postings.find(actor, posting)
    back = url_for("inventory.posting", posting=str(found))

    def command() -> Answer:
        posted = adjustment.release_all(actor, posting_id=found, reason=_UNDONE)
        return pages.went(url_for("inventory.posting", posting=str(posted.id)), _("Released again."))

    answer = pages.perform(form, command)
    return pages.done(answer or pages.went(back, " ".join(form.form_errors)))


def _hold(actor: Actor, found: Trace, form: ReasonForm) -> Answer:
    lots_left = [each.id for each in trace_table.on_shelf(found)]
    posted = adjustment.hold_all(actor, lot_ids=lots_left, reason=form.reason.value)
    number = sum(not each.on_hold for each in trace_table.on_shelf(found))
    text = ngettext("Put %(num)s lot on hold.", "Put %(num)s lots on hold.", number)
    undo = url_for("inventory.release_all", posting=str(posted.id))
    return pages.went(url_for("inventory.lot", lot=found.lot.fifo_code), text, undo)


def _why(found: Trace) -> str:
    return str(_("Recall of %(lot)s", lot=found.lot.supplier_lot or found.lot.fifo_code))


def _trace(reference: str) -> Trace:
    return trace.trace(current_actor(), reference)


def _told(found: Trace, whole: Graph) -> dict[str, object]:
    """What the page and the paper say."""
    totals = found.totals
    batches, people = trace_table.reached(found)
    return {
        "lot": found.lot,
        "trace": found,
        "accounted": totals.used_in_batches + totals.sold + totals.disposed + totals.on_hand,
        "steps": trace_table.steps(found),
        "holders": trace_table.holders(found, whole),
        "batches": batches,
        "people": people,
    }


def _opened() -> set[int]:
    """The layers of the picture that the address asks to open."""
    said = request.args.get("open", "")[:_SEARCH_LENGTH].split(",")
    return {int(part) for part in said if part.lstrip("-").isdecimal() and part.isascii() and abs(int(part)) <= _LAYERS}

"""One lot: set aside, let go, and what its label says."""

from collections.abc import Callable
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.inventory.forms.lots import ReasonForm, RelabelForm, ReverseForm
from app.inventory.queries import lots
from app.inventory.queries.lots import LotRow
from app.inventory.services import adjustment
from app.inventory.services.adjustment import Posted
from app.inventory.views import words
from app.inventory.views.blueprint import bp
from app.kernel.permissions import Permission
from app.platform import pages
from app.platform.commands import Answer
from app.platform.pages import PageForm
from app.platform.web import current_actor, requires

_UNDONE = "Undone"


@bp.route("/lots/<lot>/hold", methods=["GET", "POST"])
@requires(Permission.INVENTORY_HOLD)
def hold(lot: str) -> ResponseReturnValue:
    """Set the lot aside: nothing uses it."""
    actor, found, form = current_actor(), _found(lot), _why()
    title, sub = _("Put on hold"), _("Nothing will use it until you release it.")
    text = {"title": title, "sub": sub, "button": title, "undone_by": "inventory.release"}
    return _ask(form, found, text, lambda: adjustment.hold(actor, lot_id=found.id, reason=_reason(form)))


@bp.route("/lots/<lot>/release", methods=["GET", "POST"])
@requires(Permission.INVENTORY_HOLD)
def release(lot: str) -> ResponseReturnValue:
    """Let the lot be used again."""
    actor, found, form = current_actor(), _found(lot), _why()
    title, sub = _("Release"), _("It takes its place in the queue again.")
    text = {"title": title, "sub": sub, "button": title, "undone_by": "inventory.hold"}
    return _ask(form, found, text, lambda: adjustment.release(actor, lot_id=found.id, reason=_reason(form)))


@bp.route("/lots/<lot>/relabel", methods=["GET", "POST"])
@requires(Permission.INVENTORY_HOLD)
def relabel(lot: str) -> ResponseReturnValue:
    """Put right the date or the supplier's lot."""
    actor, found = current_actor(), _found(lot)
    form = RelabelForm(data=None if request.method == "POST" else _label(found))
    text = {"title": _("Change the label"), "sub": _("An empty field takes it off the label."), "button": _("Save")}

    def change() -> Posted:
        new = {"expires_on": form.expires_on.value, "supplier_lot": form.supplier_lot.value}
        return adjustment.relabel(actor, lot_id=found.id, reason=form.reason.value, **new)

    return _ask(form, found, text, change)


def _found(reference: str) -> LotRow:
    return lots.one(current_actor(), reference)


def _why() -> ReasonForm | ReverseForm:
    """Why: asked of people, not of the toast's Undo."""
    return ReverseForm() if "undo" in request.args else ReasonForm()


def _reason(form: ReasonForm | ReverseForm) -> str:
    return form.reason.value or _UNDONE


def _label(lot: LotRow) -> dict[str, Any]:
    day = lot.expires_on.isoformat() if lot.expires_on else None
    return {"expires_on": day, "supplier_lot": lot.supplier_lot}


def _ask(form: PageForm, lot: LotRow, text: dict[str, str], change: Callable[[], Posted]) -> ResponseReturnValue:
    """Ask why, then do it and go back to the lot."""
    back, undone_by = url_for("inventory.lot", lot=lot.fifo_code), text.pop("undone_by", None)

    def command() -> Answer:
        did = _(words.KINDS[change().kind].did)
        undo = url_for(undone_by, lot=lot.fifo_code, undo=1) if undone_by else None
        return pages.went(back, _("%(did)s: %(lot)s.", did=did, lot=lot.fifo_code), undo)

    answer = pages.perform(form, command) if request.method == "POST" else None
    if answer:
        return pages.done(answer)
    return pages.draw(form, "inventory/ask.html", "inventory/_ask.html", back=back, crumb=lot.fifo_code, **text)

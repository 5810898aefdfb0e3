"""Use: what left the shelf, oldest lot first or from a lot that is named."""

from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.catalog.services import items
from app.inventory.forms.moves import FIELDS, UseForm
from app.inventory.queries import items as rows
from app.inventory.queries import lots
from app.inventory.queries.items import ItemRow
from app.inventory.queries.lots import LotFilter, LotRow
from app.inventory.services import adjustment
from app.inventory.services.adjustment import Issue
from app.inventory.views import answers, words
from app.inventory.views.blueprint import bp
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import filters, pages
from app.platform.commands import Answer
from app.platform.web import current_actor, requires

_LOTS_SHOWN = 200


@bp.route("/items/<item>/use", methods=["GET", "POST"])
@requires(Permission.INVENTORY_ISSUE)
def use(item: str) -> ResponseReturnValue:
    """The form, and what it does."""
    actor = current_actor()
    found = rows.one(actor, items.find(actor, item).id)
    form = _form(actor, found)
    if request.method == "POST":
        answer = pages.perform(form, lambda: _use(actor, found, form), FIELDS)
        if answer:
            return pages.done(answer)
    return pages.draw(form, "inventory/use.html", "inventory/_use.html", item=found)


@bp.post("/items/<item>/use/preview")
@requires(Permission.INVENTORY_ISSUE)
def preview_use(item: str) -> ResponseReturnValue:
    """Which lots it would take, and what they cost."""
    actor = current_actor()
    found = rows.one(actor, items.find(actor, item).id)
    form = UseForm()
    posted, troubles = pages.preview(form, lambda: adjustment.issue(actor, _said(actor, found, form), dry_run=True))
    amount = words.entered(posted) if posted else ""
    return render_template("inventory/_will_use.html", posted=posted, troubles=troubles, amount=amount)


def _form(actor: Actor, item: ItemRow) -> UseForm:
    """With what was typed, or with the lot and the amount that a link names; the open lots to choose from."""
    asked = {name: request.args.get(name, "") for name in ("lot", "quantity")}
    form = UseForm() if request.method == "POST" else UseForm(data=asked)
    open_lots = lots.page(actor, LotFilter(item_id=item.id, open=True), limit=_LOTS_SHOWN).rows
    form.offer({lot.fifo_code: _label(lot) for lot in open_lots})
    return form


def _label(lot: LotRow) -> str:
    left = words.amount(lot.remaining_quantity, lot.unit)
    told = {"lot": lot.fifo_code, "amount": left}
    if lot.status == "on_hold":
        return str(_("%(lot)s: %(amount)s (on hold)", **told))
    if lot.expired:
        return str(_("%(lot)s: %(amount)s (expired)", **told))
    if lot.expires_on:
        return str(_("%(lot)s: %(amount)s, use by %(day)s", day=filters.day(lot.expires_on), **told))
    return f"{lot.fifo_code}: {left}"


def _said(actor: Actor, item: ItemRow, form: UseForm) -> Issue:
    units = items.units_of(actor, items.find(actor, str(item.id)))
    return form.said(item.id, units, lot_id=_lot(actor, form.lot.data), zone=actor.zone)


def _lot(actor: Actor, said: str | None) -> UUID | None:
    return lots.find(actor, said, field="lot").id if said else None


def _use(actor: Actor, item: ItemRow, form: UseForm) -> Answer:
    posted = adjustment.issue(actor, _said(actor, item, form))
    return answers.moved(actor, posted, url_for("inventory.item", item=item.code))

"""Receive: what came in becomes a lot."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.catalog.services import items
from app.inventory.forms.moves import FIELDS, ReceiveForm
from app.inventory.queries import history
from app.inventory.queries import items as rows
from app.inventory.queries.items import ItemRow
from app.inventory.services import adjustment, expiration
from app.inventory.services.adjustment import Receipt
from app.inventory.views import answers, words
from app.inventory.views.blueprint import bp
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import pages
from app.platform.commands import Answer
from app.platform.web import current_actor, requires


@bp.route("/items/<item>/receive", methods=["GET", "POST"])
@requires(Permission.INVENTORY_RECEIVE)
def receive(item: str) -> ResponseReturnValue:
    """The form, and what it does."""
    actor = current_actor()
    found = rows.one(actor, items.find(actor, item).id)
    form = _form(actor, found)
    if request.method == "POST":
        answer = pages.perform(form, lambda: _receive(actor, found, form), FIELDS)
        if answer:
            return pages.done(answer)
    suppliers = history.supplier_names(actor)
    return pages.draw(form, "inventory/receive.html", "inventory/_receive.html", item=found, suppliers=suppliers)


@bp.post("/items/<item>/receive/preview")
@requires(Permission.INVENTORY_RECEIVE)
def preview_receive(item: str) -> ResponseReturnValue:
    """What receiving it would do."""
    actor = current_actor()
    found = rows.one(actor, items.find(actor, item).id)
    form = ReceiveForm()
    posted, troubles = pages.preview(form, lambda: adjustment.receive(actor, _said(actor, found, form), dry_run=True))
    use_by = expiration.expiry_for(
        perishable=found.perishable,
        shelf_life_days=found.shelf_life_days,
        received_on=form.received_on.value or clock.local_date(clock.now(), actor.zone),
        said=form.expires_on.value,
    )
    told = {"posted": posted, "troubles": troubles, "amount": words.entered(posted) if posted else ""}
    return render_template("inventory/_will_receive.html", use_by=use_by, **told)


def _form(actor: Actor, item: ItemRow) -> ReceiveForm:
    """With what was typed, or with the defaults of last time."""
    if request.method == "POST":
        return ReceiveForm()
    today = clock.local_date(clock.now(), actor.zone).isoformat()
    return ReceiveForm(data={"received_on": today, "supplier": history.last_supplier(actor, item.id)})


def _said(actor: Actor, item: ItemRow, form: ReceiveForm) -> Receipt:
    units = items.units_of(actor, items.find(actor, str(item.id)))
    return form.said(item.id, units)


def _receive(actor: Actor, item: ItemRow, form: ReceiveForm) -> Answer:
    posted = adjustment.receive(actor, _said(actor, item, form))
    return answers.moved(actor, posted, url_for("inventory.item", item=item.code))

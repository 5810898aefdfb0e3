"""Receive: what came in becomes lots, one for each line of the delivery."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.catalog.services import items
from app.inventory.forms.receiving import ReceiveForm
from app.inventory.queries import deliveries, history
from app.inventory.queries import items as rows
from app.inventory.queries.items import ItemRow
from app.inventory.services import adjustment
from app.inventory.views import answers, delivery, words
from app.inventory.views.blueprint import bp
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import pages
from app.platform.commands import Answer
from app.platform.web import current_actor, requires, safe_path


@bp.route("/receive", methods=["GET", "POST"], endpoint="pick_receive")
@requires(Permission.INVENTORY_RECEIVE)
def receive_any() -> ResponseReturnValue:
    """The form of a delivery, and what it does."""
    return _receive_page(current_actor(), None)


@bp.route("/items/<item>/receive", methods=["GET", "POST"])
@requires(Permission.INVENTORY_RECEIVE)
def receive(item: str) -> ResponseReturnValue:
    """The same with its first line begun."""
    actor = current_actor()
    return _receive_page(actor, rows.one(actor, items.find(actor, item).id))


@bp.post("/receive/preview")
@bp.post("/items/<item>/receive/preview")
@requires(Permission.INVENTORY_RECEIVE)
def preview_receive(item: str | None = None) -> ResponseReturnValue:
    """What receiving it would do, line by line: the sound ones show it, whatever is wrong with the others."""
    actor = current_actor()
    first = rows.one(actor, items.find(actor, item).id) if item else None
    lines = delivery.preview(actor, _form(actor, first))
    return render_template("inventory/_will_receive.html", lines=lines, totals=delivery.totals(lines))


def _receive_page(actor: Actor, item: ItemRow | None) -> ResponseReturnValue:
    form = _form(actor, item)
    if "add" in request.form:
        form.add_line()
    elif request.method == "POST":
        answer = pages.perform(form, lambda: _receive(actor, form))
        if answer:
            return pages.done(answer)
    here = url_for("inventory.receive", item=item.code, back=_back()) if item else url_for("inventory.pick_receive")
    shown = {"item": item, "here": here, "names": rows.names(actor), "suppliers": history.supplier_names(actor)}
    return pages.draw(form, "inventory/receive.html", "inventory/_receive.html", **shown)


def _form(actor: Actor, item: ItemRow | None) -> ReceiveForm:
    """With what was typed, or with the defaults of last time."""
    name = item.name if item else None
    if request.method == "POST":
        return ReceiveForm(item=name)
    said: dict[str, Any] = {"received_on": clock.local_date(clock.now(), actor.zone).isoformat()}
    last = deliveries.latest(actor, [item.id]).get(item.id) if item else None
    if last is not None:
        said["supplier"] = last.supplier
    asked = request.args
    return ReceiveForm(item=name or asked.get("item"), known=asked, data=said)


def _receive(actor: Actor, form: ReceiveForm) -> Answer:
    posted = adjustment.receive_each(actor, delivery.read(actor, form))
    first = posted[0].lines[0].item
    home = url_for("inventory.item", item=first.code) if len(posted) == 1 else url_for("inventory.stock")
    if len(posted) == 1:
        return answers.moved(actor, posted[0], _back() or home)
    undo = answers.undo_url(actor, posted[0], together=True)
    return pages.went(_back() or home, words.delivery(actor, posted, form.supplier.value), undo)


def _back() -> str | None:
    """The page that sent somebody here, to go back to."""
    return safe_path(request.args.get("back"))

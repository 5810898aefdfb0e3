"""Count: the book follows the shelf."""

from dataclasses import dataclass
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.catalog.services import items
from app.inventory.forms.moves import FIELDS, CountForm
from app.inventory.queries import items as rows
from app.inventory.queries import lots
from app.inventory.queries.items import ItemRow
from app.inventory.queries.lots import LotFilter, LotRow
from app.inventory.services import adjustment
from app.inventory.services.adjustment import Count
from app.inventory.views import answers, words
from app.inventory.views.blueprint import bp
from app.kernel import numbers
from app.kernel.actor import Actor
from app.kernel.errors import Conflict
from app.kernel.permissions import Permission
from app.platform import pages
from app.platform.commands import Answer
from app.platform.web import current_actor, requires

_LOTS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Counted:
    """What is being counted: an item, or one of its lots. `book` in millionths of the unit."""

    item: ItemRow
    lot: LotRow | None
    book: int

    @property
    def lot_id(self) -> UUID | None:
        """The lot that is counted, if it is one."""
        return self.lot.id if self.lot else None


@bp.route("/items/<item>/count", methods=["GET", "POST"])
@requires(Permission.INVENTORY_COUNT)
def count(item: str) -> ResponseReturnValue:
    """The form, and what it does."""
    actor, subject = current_actor(), _subject(item)
    form = _form(subject)
    if request.method == "POST":
        answer = pages.perform(form, lambda: _count(actor, subject, form), FIELDS)
        if answer:
            return pages.done(answer)
        _renew_book(form, item)
    open_lots = lots.page(actor, LotFilter(item_id=subject.item.id, open=True), limit=_LOTS_SHOWN)
    shown = {"item": subject.item, "subject": subject, "lots": open_lots.rows}
    return pages.draw(form, "inventory/count.html", "inventory/_count.html", **shown)


@bp.post("/items/<item>/count/preview")
@requires(Permission.INVENTORY_COUNT)
def preview_count(item: str) -> ResponseReturnValue:
    """What the count would change."""
    actor, subject = current_actor(), _subject(item)
    form = CountForm()
    posted, troubles = pages.preview(form, lambda: _planned(actor, subject, form))
    return render_template("inventory/_will_count.html", plan=posted, troubles=troubles, subject=subject)


def _subject(reference: str) -> Counted:
    actor = current_actor()
    item = rows.one(actor, items.find(actor, reference).id)
    said = request.values.get("lot")
    lot = lots.one(actor, said) if said else None
    return Counted(item, lot, lot.remaining_quantity if lot else item.on_hand or 0)


def _form(subject: Counted) -> CountForm:
    if request.method == "POST":
        return CountForm()
    lot = subject.lot.fifo_code if subject.lot else ""
    counted = request.args.get("quantity", "")
    return CountForm(data={"expected": numbers.plain(subject.book), "lot": lot, "counted": counted})


def _renew_book(form: CountForm, reference: str) -> None:
    """The book has changed since the form was drawn: from now on it is what the counter sees."""
    if isinstance(form.problem, Conflict) and form.problem.code == "stale_count":
        form.expected.data = numbers.plain(_subject(reference).book)


def _said(actor: Actor, subject: Counted, form: CountForm) -> Count:
    units = items.units_of(actor, items.find(actor, str(subject.item.id)))
    return form.said(subject.item.id, units, lot_id=subject.lot_id)


def _planned(actor: Actor, subject: Counted, form: CountForm) -> tuple[adjustment.Posted | None]:
    """The dry run in a pair of brackets: None inside means that the count agrees with the book."""
    return (adjustment.count(actor, _said(actor, subject, form), dry_run=True),)


def _count(actor: Actor, subject: Counted, form: CountForm) -> Answer:
    posted = adjustment.count(actor, _said(actor, subject, form))
    url = url_for("inventory.item", item=subject.item.code)
    if posted is None:
        return pages.went(url, _("Counted %(item)s: the book was right.", item=subject.item.name))
    difference = sum(line.quantity for line in posted.lines)
    amount = words.amount(abs(difference), subject.item.unit)
    said = _("Counted: %(amount)s more %(item)s") if difference > 0 else _("Counted: %(amount)s less %(item)s")
    text = said % {"amount": amount, "item": subject.item.name}
    return pages.went(url, text + words.cost(actor, posted.total_cost), answers.undo_url(actor, posted))

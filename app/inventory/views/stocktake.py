"""Stocktake: many things counted on one page, all of it written in one go and undone in one go."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.catalog.services import items
from app.inventory.forms.stocktake import MOST_LINES, Counted, StocktakeForm
from app.inventory.queries import pages as shelves
from app.inventory.services import adjustment
from app.inventory.services.adjustment import Count, Posted
from app.inventory.views import answers, words
from app.inventory.views.blueprint import bp
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid
from app.kernel.permissions import Permission
from app.platform import pages
from app.platform.commands import Answer
from app.platform.database import db
from app.platform.web import current_actor, requires


@dataclass(frozen=True, slots=True)
class Difference:
    """What one line would change: `posted`, None where the book is right; or why it cannot be: `troubles`."""

    name: str
    posted: Posted | None = None
    troubles: Sequence[str] = ()

    @property
    def quantity(self) -> int:
        """How much more than the book there is; less than zero for less."""
        return sum(line.quantity for line in self.posted.lines) if self.posted else 0


@bp.route("/count", methods=["GET", "POST"], endpoint="pick_count")
@requires(Permission.INVENTORY_COUNT)
def stocktake() -> ResponseReturnValue:
    """Every thing that is counted, with a field beside it; and what the form does."""
    actor = current_actor()
    form = StocktakeForm(data=None if request.method == "POST" else {"reason": _("Stocktake")})
    if request.method == "POST":
        answer = pages.perform(form, lambda: _count_each(actor, form))
        if answer:
            return pages.done(answer)
    shelf = shelves.shelf(actor)
    return pages.draw(form, "inventory/stocktake.html", "inventory/_stocktake.html", shelf=shelf)


@bp.post("/count/preview")
@requires(Permission.INVENTORY_COUNT)
def preview_stocktake() -> ResponseReturnValue:
    """What it would change, line by line."""
    actor, form = current_actor(), StocktakeForm()
    try:
        lines = _planned(actor, form)
    finally:
        db.session.rollback()
    total = sum(line.posted.total_cost for line in lines if line.posted)
    return render_template("inventory/_will_stocktake.html", lines=lines, total=total)


def _planned(actor: Actor, form: StocktakeForm) -> list[Difference]:
    lines = form.lines[:MOST_LINES]
    found = items.find_known(actor, [line.item for line in lines])
    units = items.units_of_each(actor, found.values())

    def planned(line: Counted) -> Difference:
        item = found.get(line.item)
        if item is None:
            return Difference(line.item, troubles=[_("That item does not exist.")])
        try:
            said = line.said(item.id, units[item.id], _reason(form))
            return Difference(item.name, adjustment.count(actor, said, dry_run=True))
        except (Invalid, Conflict) as error:
            troubles = [text for some in error.errors.values() for text in some]
            return Difference(item.name, troubles=troubles or [error.detail])

    return [planned(line) for line in lines]


def _reason(form: StocktakeForm) -> str:
    return form.reason.value or str(_("Stocktake"))


def _read(actor: Actor, form: StocktakeForm) -> list[Count]:
    """The counts that the form says.

    raises: Invalid, NotFound, naming every line that is wrong: `lines.0.counted`
    """
    found = items.find_each(actor, {f"lines.{n}.item": line.item for n, line in enumerate(form.lines)})
    units = items.units_of_each(actor, found.values())
    counts: list[Count] = []
    wrong: dict[str, list[str]] = {}
    for n, line in enumerate(form.lines):
        try:
            item_id = found[f"lines.{n}.item"].id
            counts.append(line.said(item_id, units[item_id], _reason(form)))
        except Invalid as error:
            wrong |= adjustment.in_line(n, error)
    if wrong:
        raise Invalid("Some lines are not right yet.", errors=wrong)
    return counts


def _count_each(actor: Actor, form: StocktakeForm) -> Answer:
    results = adjustment.count_each(actor, _read(actor, form))
    changed = [posted for posted in results if posted]
    told = ngettext("Counted %(num)s thing", "Counted %(num)s things", len(results))
    home = url_for("inventory.stock")
    if not changed:
        return pages.went(home, _("%(counted)s: the book was right.", counted=told))
    differ = ngettext("%(num)s differs", "%(num)s differ", len(changed))
    text = _("%(counted)s: %(differ)s", counted=told, differ=differ)
    text += words.cost(actor, sum(posted.total_cost for posted in changed), signed=True)
    return pages.went(home, text, answers.undo_url(actor, changed[0], together=True))

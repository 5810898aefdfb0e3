"""Drawers that put right what stands in the way of something else: a material nobody wrote down, all that is short."""

from fractions import Fraction
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.catalog.services import items as catalog
from app.catalog.services import unit_conversion
from app.inventory.forms import shortage
from app.inventory.forms.items import QuickItemForm
from app.inventory.forms.shortage import Asked, ShortageForm, ShortRow
from app.inventory.queries import history
from app.inventory.queries import items as rows
from app.inventory.queries.items import ItemRow
from app.inventory.services import adjustment
from app.inventory.views.blueprint import bp
from app.kernel import numbers
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.kernel.permissions import Permission
from app.platform import pages
from app.platform.commands import Answer
from app.platform.web import current_actor, is_htmx, requires

_LONGEST = 200
_THOUSANDTH = 1_000
_CENT = 10_000  # millionths of the currency


@bp.route("/items/quick", methods=["GET", "POST"])
@requires(Permission.CATALOG_EDIT)
def quick_item() -> ResponseReturnValue:
    """A new item with the least that it needs; in a drawer, the form behind uses it at once."""
    actor = current_actor()
    begins = {name: request.args.get(name, "")[:_LONGEST] for name in ("name", "field")}
    form = QuickItemForm(data={**begins, "unit": "g", "tracked": True})
    if request.method == "POST":
        answer = pages.perform(form, lambda: _create(actor, form))
        if answer and is_htmx():
            return pages.cured("item.created", {form.field.data: answer.body["name"]} if form.field.data else {})
        if answer:
            return pages.done(answer)
    words = sorted({unit.code for unit in unit_conversion.system_units()} | unit_conversion.counting_words())
    said = {"unit_words": words, "categories": history.categories(actor)}
    return pages.draw(form, "inventory/quick_item.html", "inventory/_quick_drawer.html", **said)


@bp.route("/shortages", methods=["GET", "POST"])
@requires(Permission.INVENTORY_VIEW)
def shortages() -> ResponseReturnValue:
    """All that is short for one thing: receive it now, do without it, or make less. See `forms.shortage.asked`."""
    actor, asked = current_actor(), shortage.asked(request.args)
    found = rows.each(actor, asked.needs)
    then = request.form.get("then")
    if then in {"skip", "less"} and is_htmx():
        return pages.cured("stock.received", _instead(asked, found, then))
    form = ShortageForm() if request.method == "POST" else ShortageForm(data={"rows": _begins(actor, asked, found)})
    if request.method == "POST":
        answer = pages.perform(form, lambda: _receive(actor, form))
        if answer:
            return pages.cured("stock.received") if is_htmx() else pages.done(answer)
    return _draw(form, asked, found)


def _draw(form: ShortageForm, asked: Asked, found: dict[UUID, ItemRow]) -> ResponseReturnValue:
    template = "inventory/_shortage_drawer.html" if is_htmx() else "inventory/shortage.html"
    short = [row for row in found.values() if _missing(row, asked) > 0]
    said = {"items": {str(row.id): row for row in found.values()}, "asked": asked, "less": _less(asked, found)}
    return render_template(template, form=form, short=short, **said), pages.status_of(form)


def _create(actor: Actor, form: QuickItemForm) -> Answer:
    made = catalog.create(actor, form.new())
    text = _("%(item)s is on the list. Receive some of it.", item=made.name)
    return pages.went(url_for("inventory.item", item=made.code), text, name=made.name)


def _missing(row: ItemRow, asked: Asked) -> int:
    return 0 if row.available is None else asked.needs[row.id] - row.available


def _begins(actor: Actor, asked: Asked, found: dict[UUID, ItemRow]) -> list[dict[str, str]]:
    """What is missing of each, at what the shelf's cost on average."""
    short = [(row, missing) for row in found.values() if (missing := _missing(row, asked)) > 0]
    return [
        {
            "item": str(row.id),
            "quantity": f"{numbers.plain(-(-missing // _THOUSANDTH) * _THOUSANDTH)} {row.unit}",
            "cost": _usual_cost(actor, row, missing),
        }
        for row, missing in short
    ]


def _usual_cost(actor: Actor, row: ItemRow, missing: int) -> str:
    if not row.on_hand or not row.value or not actor.may(Permission.INVENTORY_VIEW_COSTS):
        return ""
    return numbers.plain(round(Fraction(row.value * missing, row.on_hand * _CENT)) * _CENT)


def _less(asked: Asked, found: dict[UUID, ItemRow]) -> str | None:
    """The largest amount that the shelf allows, with its unit."""
    most = asked.less({row.id: row.available for row in found.values() if row.available is not None})
    unit = asked.unit if asked.makes else next((row.unit for row in found.values()), "")
    return f"{numbers.plain_of(most)} {unit}".strip() if most else None


def _instead(asked: Asked, found: dict[UUID, ItemRow], then: str) -> dict[str, object]:
    """What the form behind says from now on."""
    if then == "skip":
        return {"skip": [str(row.id) for row in found.values() if _missing(row, asked) > 0]}
    less = _less(asked, found)
    names = ("make",) if asked.makes else ("quantity", "amount")
    return dict.fromkeys(names, less) if less else {}


def _receive(actor: Actor, form: ShortageForm) -> Answer:
    typed = form.typed()
    if not typed:
        raise Invalid("Nothing came in yet: write how much, and what it cost.")
    for n, row in sorted(typed.items(), key=lambda pair: pair[1].item.data or ""):
        _receive_row(actor, row, n)
    text = ngettext("%(num)s material is received.", "%(num)s materials are received.", len(typed))
    return pages.went(url_for("inventory.stock"), text)


def _receive_row(actor: Actor, row: ShortRow, n: int) -> None:
    found = catalog.find(actor, row.item.data or "", field=f"rows.{n}.item")
    try:
        adjustment.receive(actor, row.said(catalog.units_of(actor, found), n))
    except Invalid as error:
        at_row = {name if "." in name else f"rows.{n}.{name}": said for name, said in error.errors.items()}
        raise Invalid(error.detail, errors=at_row, drawer=error.drawer) from None

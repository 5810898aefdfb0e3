"""How heavy an item is, and its own units: as pages, and as drawers that cure a refusal elsewhere."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from app.catalog.services import items as catalog
from app.catalog.services import own_units
from app.inventory.forms.items import WEIGHED, DensityForm, UnitForm
from app.inventory.queries import items as rows
from app.inventory.services import items as stocked
from app.inventory.views.blueprint import bp
from app.kernel import numbers
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import pages
from app.platform.commands import Answer
from app.platform.web import current_actor, is_htmx, requires

_NAME_LENGTH = 60


@bp.route("/items/<item>/density", methods=["GET", "POST"])
@requires(Permission.CATALOG_EDIT)
def density(item: str) -> ResponseReturnValue:
    """How many grams a millilitre weighs."""
    actor = current_actor()
    found = rows.one(actor, catalog.find(actor, item).id)
    known = numbers.plain_of(found.density.g_per_ml) if found.density else None
    form = DensityForm(data=None if request.method == "POST" else {"density": known})
    if request.method == "POST":
        answer = pages.perform(form, lambda: _weigh(actor, str(found.id), form), WEIGHED)
        if answer:
            return pages.cured("density.saved") if is_htmx() else pages.done(answer)
    return pages.draw(form, "inventory/density.html", "inventory/_density_drawer.html", item=found)


@bp.route("/items/<item>/units", methods=["GET", "POST"])
@requires(Permission.CATALOG_EDIT)
def units(item: str) -> ResponseReturnValue:
    """What one of a unit of one's own is."""
    actor = current_actor()
    found = catalog.find(actor, item)
    row, own = rows.one(actor, found.id), dict(catalog.units_of(actor, found).own)
    asked = {"name": request.args.get("name", "")[:_NAME_LENGTH], "unit": row.unit}
    form = UnitForm(data=None if request.method == "POST" else asked)
    if request.method == "POST":
        answer = pages.perform(form, lambda: _name(actor, str(row.id), form))
        if answer:
            return pages.cured("unit.saved") if is_htmx() else pages.done(answer)
    return pages.draw(form, "inventory/units.html", "inventory/_unit_drawer.html", item=row, own=own)


@bp.post("/items/<item>/units/remove")
@requires(Permission.CATALOG_EDIT)
def remove_unit(item: str) -> ResponseReturnValue:
    """Forget a unit that nothing was said in."""
    actor = current_actor()
    found = catalog.find(actor, item)
    row, own = rows.one(actor, found.id), dict(catalog.units_of(actor, found).own)
    form = pages.PageForm()
    answer = pages.perform(form, lambda: _forget(actor, str(row.id), request.form.get("name", "")))
    if answer:
        return pages.done(answer)
    empty = UnitForm(formdata=None, data={"unit": row.unit})
    empty.take_over(form)
    return pages.draw(empty, "inventory/units.html", "inventory/_unit_drawer.html", item=row, own=own)


def _weigh(actor: Actor, reference: str, form: DensityForm) -> Answer:
    found = catalog.find(actor, reference)
    changed = stocked.change(actor, found, {"density": form.said(catalog.density_of(found))})
    return pages.went(url_for("inventory.item", item=changed.code), "The density is saved.")


def _name(actor: Actor, reference: str, form: UnitForm) -> Answer:
    found = catalog.find(actor, reference)
    row = own_units.put(actor, found, form.name.value, quantity=form.quantity.value, unit=form.unit.value)
    text = f"1 {row.name} is {numbers.plain(row.quantity)} {row.unit}."
    return pages.went(url_for("inventory.units", item=found.code), text)


def _forget(actor: Actor, reference: str, name: str) -> Answer:
    found = catalog.find(actor, reference)
    row = stocked.remove_unit(actor, found, name)
    return pages.went(url_for("inventory.units", item=found.code), f"The unit {row.name} is gone.")

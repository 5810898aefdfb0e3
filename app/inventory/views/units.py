"""How heavy an item is, and its own units: as pages, and as drawers that cure a refusal elsewhere."""

from dataclasses import replace

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.catalog.services import densities, own_units, unit_conversion
from app.catalog.services import items as catalog
from app.inventory.forms.items import WEIGHED, DensityForm, UnitForm
from app.inventory.queries import items as rows
from app.inventory.queries import outlook
from app.inventory.queries.items import ItemRow
from app.inventory.queries.outlook import Outlook
from app.inventory.services import items as stocked
from app.inventory.views.blueprint import bp
from app.kernel import numbers
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import pages
from app.platform.commands import Answer
from app.platform.web import current_actor, is_htmx, requires

_LONGEST = 60


@bp.route("/items/<item>/density", methods=["GET", "POST"])
@requires(Permission.CATALOG_EDIT)
def density(item: str) -> ResponseReturnValue:
    """How many grams a millilitre weighs."""
    actor = current_actor()
    found = _row(actor, item)
    typical = None if found.density else densities.typical(found.name)
    known = found.density.g_per_ml if found.density else typical and typical.g_per_ml
    begins = {"density": known and numbers.plain_of(known), "need": _asked("need")}
    form = DensityForm(data=None if request.method == "POST" else begins)
    if request.method == "POST":
        answer = pages.perform(form, lambda: _weigh(actor, str(found.id), form), WEIGHED)
        if answer:
            return pages.cured("density.saved") if is_htmx() else pages.done(answer)
    return pages.draw(form, "inventory/density.html", "inventory/_density_drawer.html", item=found, typical=typical)


@bp.post("/items/<item>/density/preview")
@requires(Permission.CATALOG_EDIT)
def preview_density(item: str) -> ResponseReturnValue:
    """What an amount of it would come to with the density that is typed."""
    actor, form = current_actor(), DensityForm()
    found = _row(actor, item)
    seen, troubles = pages.preview(form, lambda: _with_density(actor, found, form))
    return render_template("inventory/_will_measure.html", outlook=seen, troubles=troubles, item=found)


@bp.route("/items/<item>/units", methods=["GET", "POST"])
@requires(Permission.CATALOG_EDIT)
def units(item: str) -> ResponseReturnValue:
    """What one of a unit of one's own is."""
    actor = current_actor()
    row = _row(actor, item)
    own = dict(catalog.units_of(actor, catalog.find(actor, item)).own)
    form = UnitForm(data={"name": _asked("name"), "unit": row.unit, "need": _asked("need")})
    if request.method == "POST":
        answer = pages.perform(form, lambda: _name(actor, str(row.id), form))
        if answer:
            return pages.cured("unit.saved") if is_htmx() else pages.done(answer)
    return pages.draw(form, "inventory/units.html", "inventory/_unit_drawer.html", item=row, own=own)


@bp.post("/items/<item>/units/preview")
@requires(Permission.CATALOG_EDIT)
def preview_units(item: str) -> ResponseReturnValue:
    """What an amount of it would come to with the unit that is typed."""
    actor, form = current_actor(), UnitForm()
    found = _row(actor, item)
    seen, troubles = pages.preview(form, lambda: _with_unit(actor, found, form))
    return render_template("inventory/_will_measure.html", outlook=seen, troubles=troubles, item=found)


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


def _row(actor: Actor, reference: str) -> ItemRow:
    return rows.one(actor, catalog.find(actor, reference).id)


def _asked(name: str) -> str:
    return request.args.get(name, "")[:_LONGEST]


def _weigh(actor: Actor, reference: str, form: DensityForm) -> Answer:
    found = catalog.find(actor, reference)
    changed = stocked.change(actor, found, {"density": form.said(catalog.density_of(found))})
    return pages.went(url_for("inventory.item", item=changed.code), _("The density is saved."))


def _with_density(actor: Actor, item: ItemRow, form: DensityForm) -> Outlook | None:
    """With what it is needed for; without, how much of it there is by volume."""
    known = replace(catalog.units_of(actor, catalog.find(actor, str(item.id))), density=form.said(item.density))
    return outlook.outlook(item, known, form.need.data or "1 cup")


def _name(actor: Actor, reference: str, form: UnitForm) -> Answer:
    found = catalog.find(actor, reference)
    row = own_units.put(actor, found, form.name.value, quantity=form.quantity.value, unit=form.unit.value)
    said = {"name": row.name, "amount": f"{numbers.plain(row.quantity)} {row.unit}"}
    return pages.went(url_for("inventory.units", item=found.code), _("1 %(name)s is %(amount)s.", **said))


def _with_unit(actor: Actor, item: ItemRow, form: UnitForm) -> Outlook:
    known = catalog.units_of(actor, catalog.find(actor, str(item.id)))
    key, micro, unit = unit_conversion.own_unit(
        form.name.value, quantity=form.quantity.value, unit=form.unit.value or item.unit, item=known
    )
    new = replace(known, own={**known.own, key: (micro, unit)})
    return outlook.outlook(item, new, form.need.data or f"1 {form.name.value}")


def _forget(actor: Actor, reference: str, name: str) -> Answer:
    found = catalog.find(actor, reference)
    row = stocked.remove_unit(actor, found, name)
    return pages.went(url_for("inventory.units", item=found.code), _("The unit %(name)s is gone.", name=row.name))

"""One item: what there is of it, what happened to it, what it is."""

from datetime import date, datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.catalog.services import items as catalog
from app.catalog.services import unit_conversion
from app.inventory.forms.items import TYPE_WORDS, ItemForm, shown
from app.inventory.queries import deliveries, history, lots, pace
from app.inventory.queries import items as rows
from app.inventory.queries.lots import LotFilter
from app.inventory.services import items as stocked
from app.inventory.views import prices
from app.inventory.views.blueprint import bp
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import pages
from app.platform.commands import Answer
from app.platform.web import current_actor, is_htmx, requires

_LOTS, _EVENTS, _PAGE = 12, 10, 50
_DELIVERIES, _PRICES = 60, 18
_FIELDS = {"density_g_per_ml": "density"}


@bp.get("/items/<item>")
@requires(Permission.INVENTORY_VIEW)
def item(item: str) -> ResponseReturnValue:
    """The item's page; to htmx more of its history."""
    actor = current_actor()
    found = catalog.find(actor, item)
    events = history.history(actor, found.id, limit=_EVENTS, cursor=request.args.get("cursor"))
    if is_htmx():
        return render_template("inventory/_events.html", item=rows.one(actor, found.id), events=events)
    row = rows.one(actor, found.id)
    return render_template(
        "inventory/item.html",
        item=row,
        lots=lots.page(actor, LotFilter(item_id=found.id, open=True), limit=_LOTS),
        reasons=lots.hold_reasons(actor, found.id),
        events=events,
        own=catalog.units_of(actor, found).own,
        type_words=TYPE_WORDS,
        days_left=_days_left(actor, row, found.created_at),
        **_paid(actor, row),
    )


def _days_left(actor: Actor, item: rows.ItemRow, created_at: datetime) -> int | None:
    if item.available is None:
        return None
    since = clock.local_date(created_at, actor.zone)
    return pace.lasts(actor, item.id, available=item.available, since=since, today=_today(actor))


def _paid(actor: Actor, item: rows.ItemRow) -> dict[str, Any]:
    """What its page says of prices and suppliers; prices only to those who may see them."""
    if not item.tracked:
        return {}
    bought = deliveries.of_item(actor, item.id, limit=_DELIVERIES)
    seen = actor.may(Permission.INVENTORY_VIEW_COSTS)
    drawn = prices.draw(bought[:_PRICES], _today(actor)) if seen else None
    return {"prices": drawn, "price_size": (prices.WIDTH, prices.HEIGHT), "sources": prices.sources(bought)}


def _today(actor: Actor) -> date:
    return clock.local_date(clock.now(), actor.zone)


@bp.get("/items/<item>/lots")
@requires(Permission.INVENTORY_VIEW)
def item_lots(item: str) -> ResponseReturnValue:
    """All lots the item ever had, in the order they are used."""
    actor = current_actor()
    found = rows.one(actor, catalog.find(actor, item).id)
    wanted = LotFilter(item_id=found.id)
    page = lots.page(actor, wanted, limit=_PAGE, cursor=request.args.get("cursor"))
    template = "inventory/_lots.html" if is_htmx() else "inventory/item_lots.html"
    return render_template(template, item=found, lots=page, reasons=lots.hold_reasons(actor, found.id), every=True)


@bp.route("/items/new", methods=["GET", "POST"])
@requires(Permission.CATALOG_EDIT)
def new_item() -> ResponseReturnValue:
    """Say what there is to keep."""
    known = {name: request.args.get(name) for name in ("name", "barcode")}
    form = ItemForm(data=None if request.method == "POST" else known)
    if request.method == "POST":
        answer = pages.perform(form, lambda: _create(current_actor(), form), _FIELDS)
        if answer:
            return pages.done(answer)
    return _draw(form, None)


@bp.route("/items/<item>/edit", methods=["GET", "POST"])
@requires(Permission.CATALOG_EDIT)
def edit_item(item: str) -> ResponseReturnValue:
    """Change what is said of an item."""
    actor = current_actor()
    found = catalog.find(actor, item)
    row = rows.one(actor, found.id)
    if request.method == "GET":
        return _draw(ItemForm(data=shown(found, row.density)), row)
    form = ItemForm()
    answer = pages.perform(form, lambda: _change(actor, str(row.id), form), _FIELDS)
    return pages.done(answer) if answer else _draw(form, row)


@bp.post("/items/<item>/archive")
@requires(Permission.CATALOG_EDIT)
def archive_item(item: str) -> ResponseReturnValue:
    """Take an item off the shelf's list, or bring it back."""
    actor = current_actor()
    found = rows.one(actor, catalog.find(actor, item).id)
    form = pages.PageForm()
    answer = pages.perform(form, lambda: _archive(actor, str(found.id), archived="archive" in request.form))
    if answer:
        return pages.done(answer)
    drawn = ItemForm(formdata=None, data=shown(catalog.find(actor, item), found.density))
    drawn.take_over(form)
    return _draw(drawn, found)


def _draw(form: ItemForm, item: rows.ItemRow | None) -> ResponseReturnValue:
    actor = current_actor()
    words = sorted({unit.code for unit in unit_conversion.system_units()} | unit_conversion.counting_words())
    categories = history.categories(actor)
    page, fragment = "inventory/item_form.html", "inventory/_item_form.html"
    return pages.draw(form, page, fragment, item=item, categories=categories, unit_words=words)


def _create(actor: Actor, form: ItemForm) -> Answer:
    made = catalog.create(actor, form.new())
    return pages.went(
        url_for("inventory.item", item=made.code), _("%(item)s is on the list. Receive some of it.", item=made.name)
    )


def _change(actor: Actor, reference: str, form: ItemForm) -> Answer:
    found = catalog.find(actor, reference)
    changes = form.changes(found, catalog.density_of(found))
    changed = stocked.change(actor, found, changes)
    return pages.went(url_for("inventory.item", item=changed.code), _("Saved."))


def _archive(actor: Actor, reference: str, *, archived: bool) -> Answer:
    changed = stocked.change(actor, catalog.find(actor, reference), {"archived": archived})
    said = _("%(item)s is archived.", item=changed.name) if archived else _("%(item)s is back.", item=changed.name)
    return pages.went(url_for("inventory.item", item=changed.code), said)

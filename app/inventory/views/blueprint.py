"""The pages' blueprint, what all of its templates know, and the ways that lead to it."""

from typing import Any

from flask import Blueprint, g

from app.inventory.views import words
from app.kernel import clock, numbers
from app.kernel.permissions import Permission
from app.platform.navigation import Way

bp = Blueprint("inventory", __name__, url_prefix="/o/<slug>", template_folder="../templates")

_STOCK_PAGES = (
    "inventory.item",
    "inventory.item_lots",
    "inventory.new_item",
    "inventory.edit_item",
    "inventory.density",
    "inventory.units",
    "inventory.pick_receive",
    "inventory.pick_use",
    "inventory.pick_count",
    "inventory.receive",
    "inventory.use",
    "inventory.count",
    "inventory.hold",
    "inventory.release",
    "inventory.relabel",
)
_TRACE_PAGES = ("inventory.lot", "inventory.hold_all", "inventory.trace_sheet")

_LOG_PAGES = (
    "inventory.posting",
    "inventory.reverse",
    "inventory.reverse_together",
    "inventory.books",
    "inventory.proof",
)

WAYS = (
    Way("Stock", "packages", "inventory.stock", Permission.INVENTORY_VIEW, 20, covers=_STOCK_PAGES, keys="g s"),
    Way("Trace", "route", "inventory.traces", Permission.INVENTORY_VIEW, 45, covers=_TRACE_PAGES, keys="g a"),
    Way(
        "Log",
        "history",
        "inventory.log",
        Permission.INVENTORY_VIEW,
        60,
        covers=_LOG_PAGES,
        keys="g l",
    ),
    Way("Stock", "packages", "inventory.stock", Permission.INVENTORY_VIEW, 40, place="dock", covers=_STOCK_PAGES),
    Way(
        "Receive",
        "truck-delivery",
        "inventory.pick_receive",
        Permission.INVENTORY_RECEIVE,
        10,
        place="plus",
        keys="n r",
        on="inventory.receive",
    ),
    Way("Use", "minus", "inventory.pick_use", Permission.INVENTORY_ISSUE, 20, "plus", keys="n u", on="inventory.use"),
    Way(
        "Count",
        "list-check",
        "inventory.pick_count",
        Permission.INVENTORY_COUNT,
        30,
        place="plus",
        keys="n c",
        on="inventory.count",
    ),
    Way(
        "Material or product",
        "package",
        "inventory.new_item",
        Permission.CATALOG_EDIT,
        60,
        place="plus",
        does="Add a material or product",
        keys="n m",
    ),
)


@bp.app_context_processor
def _facts() -> dict[str, Any]:
    """What every page of an organization may need: its day, zone and currency, and whether costs are shown."""
    actor = g.get("actor")
    if actor is None:
        return {}
    return {
        "today": clock.local_date(clock.now(), actor.zone),
        "zone": actor.zone,
        "currency": actor.currency,
        "costs": actor.may(Permission.INVENTORY_VIEW_COSTS),
        "kind_words": words.KINDS,
        "price": words.price,
        "plain": numbers.plain,
        "plain_of": numbers.plain_of,
    }

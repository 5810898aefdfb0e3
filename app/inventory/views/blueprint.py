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
    "inventory.lot",
    "inventory.hold",
    "inventory.release",
    "inventory.relabel",
)

WAYS = (
    Way("Stock", "packages", "inventory.stock", Permission.INVENTORY_VIEW, 20, covers=_STOCK_PAGES),
    Way(
        "Log",
        "history",
        "inventory.log",
        Permission.INVENTORY_VIEW,
        60,
        covers=("inventory.posting", "inventory.reverse", "inventory.books", "inventory.proof"),
    ),
    Way("Stock", "packages", "inventory.stock", Permission.INVENTORY_VIEW, 40, place="dock", covers=_STOCK_PAGES),
    Way("Receive", "truck-delivery", "inventory.pick_receive", Permission.INVENTORY_RECEIVE, 10, place="plus"),
    Way("Use", "minus", "inventory.pick_use", Permission.INVENTORY_ISSUE, 20, place="plus"),
    Way("Count", "list-check", "inventory.pick_count", Permission.INVENTORY_COUNT, 30, place="plus"),
    Way("Material or product", "package", "inventory.new_item", Permission.CATALOG_EDIT, 60, place="plus"),
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
        "plain_of": numbers.plain_of,
    }

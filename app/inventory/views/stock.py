"""The shelf, and the way from it to what left it."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.inventory.queries import pages as shelves
from app.inventory.queries.pace import PACE_DAYS
from app.inventory.views.blueprint import bp
from app.kernel.permissions import Permission
from app.platform.web import current_actor, is_htmx, requires

_WORDS_LENGTH = 80
_DRAWN = 30
"""Rows that a page begins with: the rest comes as one reads on."""


@bp.get("/stock")
@requires(Permission.INVENTORY_VIEW)
def stock() -> ResponseReturnValue:
    """Everything on the shelf, by category. To htmx the list alone, or its further rows."""
    words, show = request.args.get("q", "")[:_WORDS_LENGTH], request.args.get("show", "all")
    start = request.args.get("start", 0, type=int)
    shelf = shelves.shelf(current_actor(), words=words, show=show, start=max(start, 0), limit=_DRAWN)
    fragment = "inventory/_shelf_rows.html" if start > 0 else "inventory/_shelf.html"
    template = fragment if is_htmx() else "inventory/stock.html"
    shown = show if show in shelves.CHIPS else "all"
    return render_template(template, shelf=shelf, q=words, show=shown, pace_days=PACE_DAYS)


@bp.get("/use", endpoint="pick_use")
@requires(Permission.INVENTORY_ISSUE)
def pick_use() -> ResponseReturnValue:
    """Choose what left."""
    words = request.args.get("q", "")[:_WORDS_LENGTH]
    shelf = shelves.shelf(current_actor(), words=words, limit=_DRAWN)
    template = "inventory/_pick.html" if is_htmx() else "inventory/pick.html"
    return render_template(template, shelf=shelf, q=words, here=url_for("inventory.pick_use"))

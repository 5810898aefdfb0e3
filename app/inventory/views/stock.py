"""The shelf, and the way from it to what came in, left or was counted."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.inventory.queries import pages as shelves
from app.inventory.views.blueprint import bp
from app.kernel.permissions import Permission
from app.platform.web import current_actor, is_htmx, requires

_WORDS_LENGTH = 80
_TITLES = {"receive": "What came in?", "use": "What left the shelf?", "count": "What did you count?"}


@bp.get("/stock")
@requires(Permission.INVENTORY_VIEW)
def stock() -> ResponseReturnValue:
    """Everything on the shelf, by category. To htmx the list alone."""
    words, show = request.args.get("q", "")[:_WORDS_LENGTH], request.args.get("show", "all")
    shelf = shelves.shelf(current_actor(), words=words, show=show)
    template = "inventory/_shelf.html" if is_htmx() else "inventory/stock.html"
    return render_template(template, shelf=shelf, q=words, show=show if show in shelves.CHIPS else "all")


@bp.get("/receive", endpoint="pick_receive", defaults={"then": "receive"})
@requires(Permission.INVENTORY_RECEIVE)
def pick_receive(then: str) -> ResponseReturnValue:
    """Choose what came in."""
    return _pick(then)


@bp.get("/use", endpoint="pick_use", defaults={"then": "use"})
@requires(Permission.INVENTORY_ISSUE)
def pick_use(then: str) -> ResponseReturnValue:
    """Choose what left."""
    return _pick(then)


@bp.get("/count", endpoint="pick_count", defaults={"then": "count"})
@requires(Permission.INVENTORY_COUNT)
def pick_count(then: str) -> ResponseReturnValue:
    """Choose what was counted."""
    return _pick(then)


def _pick(then: str) -> str:
    words = request.args.get("q", "")[:_WORDS_LENGTH]
    shelf = shelves.shelf(current_actor(), words=words)
    template = "inventory/_pick.html" if is_htmx() else "inventory/pick.html"
    here = url_for(f"inventory.pick_{then}")
    return render_template(template, shelf=shelf, q=words, then=then, title=_TITLES[then], here=here)

"""Today's page, and the way from a code to the page of what it stands for."""

import re

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.insights.queries import codes, today
from app.insights.queries.codes import Found
from app.kernel.permissions import Permission
from app.platform.web import current_actor, requires

bp = Blueprint("insights", __name__, url_prefix="/o/<slug>", template_folder="templates")

_CODE_LENGTH = 200
_QR_ADDRESS = re.compile(r"https?://[^/\s]+/q/([A-Za-z0-9_-]{1,64})", re.ASCII)


@bp.get("/", endpoint="today")
@requires(Permission.INVENTORY_VIEW)
def show_today() -> ResponseReturnValue:
    """What waits for somebody today."""
    return render_template("insights/today.html", now=today.read(current_actor()))


@bp.get("/find")
@requires(Permission.INVENTORY_VIEW)
def find() -> ResponseReturnValue:
    """Open what a code stands for; without one, say how to scan."""
    said = request.args.get("code", "")[:_CODE_LENGTH].strip()
    scanned = _QR_ADDRESS.fullmatch(said)
    if scanned:
        return redirect(url_for("codes.open_code", token=scanned[1]))
    found = codes.find(current_actor(), said) if said and said.isprintable() else None
    return redirect(_place(found)) if found else render_template("insights/find.html", code=said)


def _place(found: Found) -> str:
    if found.kind == "batch":
        return url_for("production.batch", batch=found.code)
    if found.kind == "lot":
        return url_for("inventory.lot", lot=found.code)
    return url_for("inventory.item", item=found.code)

"""Today's page, the way from a code to the page of what it stands for, and taking everything away."""

import re

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.identity.services import audit
from app.identity.services.audit import Subject
from app.insights.queries import codes, everything, today
from app.insights.queries.codes import Found
from app.kernel import clock
from app.kernel.permissions import Permission
from app.platform import commands, downloads
from app.platform.pages import PageForm
from app.platform.web import current_actor, reauthenticated, requires

bp = Blueprint("insights", __name__, url_prefix="/o/<slug>", template_folder="templates")

_CODE_LENGTH = 200
_SEE_OTHER = 303
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


@bp.get("/settings/export", endpoint="export")
@requires(Permission.DATA_EXPORT)
@reauthenticated
def show_export() -> ResponseReturnValue:
    """What the export of everything holds."""
    missing = everything.missing(current_actor())
    return render_template("insights/export.html", form=PageForm(), missing=missing)


@bp.post("/settings/export", endpoint="take_export")
@requires(Permission.DATA_EXPORT)
@reauthenticated
def take_export() -> ResponseReturnValue:
    """Everything, as one zip; that it was taken stands in the audit log, the one in the zip too."""
    actor = current_actor()
    if not PageForm().validate() or everything.missing(actor):
        return redirect(url_for("insights.export"), _SEE_OTHER)  # the page says what is missing
    with commands.transaction():
        audit.record(actor, "exports.everything", Subject("organization", actor.organization_id))
    name = f"batchtrack-{g.slug}-{clock.local_date(clock.now(), actor.zone)}.zip"
    return downloads.sent(name, "application/zip", lambda file: everything.write(actor, file, downloads.write_csv))


def _place(found: Found) -> str:
    if found.kind == "batch":
        return url_for("production.batch", batch=found.code)
    if found.kind == "lot":
        return url_for("inventory.lot", lot=found.code)
    return url_for("inventory.item", item=found.code)

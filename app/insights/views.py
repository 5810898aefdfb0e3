"""Today's page, the palette, and taking everything away."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.identity.services import audit
from app.identity.services.audit import Subject
from app.insights.queries import asked, everything, palette, today
from app.kernel import clock
from app.kernel.permissions import Permission
from app.platform import commands, downloads, navigation
from app.platform.pages import PageForm
from app.platform.web import current_actor, is_htmx, reauthenticated, requires

bp = Blueprint("insights", __name__, url_prefix="/o/<slug>", template_folder="templates")

_CODE_LENGTH = 200
_SEE_OTHER = 303


@bp.get("/", endpoint="today")
@requires(Permission.INVENTORY_VIEW)
def show_today() -> ResponseReturnValue:
    """What waits for somebody today."""
    return render_template("insights/today.html", now=today.read(current_actor()))


@bp.get("/palette", endpoint="palette")
@requires(Permission.INVENTORY_VIEW)
def show_palette() -> ResponseReturnValue:
    """What one may do, and what there is, by a few letters; to the palette that lies over a page its rows alone."""
    actor = current_actor()
    said = request.args.get("q", "")[:_CODE_LENGTH].strip()
    actions = navigation.actions(actor)
    order = asked.read(said, actions) if said else None
    hits = palette.search(actor, said, order.thing if order else "") if said.isprintable() else ()
    return render_template(
        "insights/_palette.html" if is_htmx() else "insights/palette.html",
        said=said,
        order=order,
        meant=[hit for hit in hits if order and hit.kind == "item" and palette.holds(hit.ref, order.thing)],
        hits=hits,
        actions=navigation.matching(actions, said),
        places=navigation.matching(navigation.places(actor), said),
    )


@bp.get("/shortcuts", endpoint="shortcuts")
@requires(Permission.INVENTORY_VIEW)
def show_shortcuts() -> ResponseReturnValue:
    """The keys that do something, and the switch that turns them off."""
    actor = current_actor()
    return render_template(
        "insights/_shortcuts.html" if is_htmx() else "insights/shortcuts.html",
        places=[place for place in navigation.places(actor) if place.keys],
        actions=[action for action in navigation.actions(actor) if action.keys],
    )


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

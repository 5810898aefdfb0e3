"""Where a QR code leads: `/q/<token>` to the batch's page in its own organization, through signing in.

The token says which organization, so that the person's place there is found, and the session bound, before any row of
it is read. Somebody else's batch, and one that never was, get the same answer.
"""

from flask import Blueprint, g, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Unauthorized

from app.identity.services import access
from app.identity.views import doors
from app.kernel.errors import NotFound
from app.kernel.permissions import Permission
from app.platform import tenancy
from app.platform.web import current_actor, requires
from app.production.services import qr, records

bp = Blueprint("codes", __name__)


@bp.before_request
def _enter() -> None:
    """Who is asking, in the organization of the code."""
    known = doors.visitor()
    if known is None:
        raise Unauthorized
    target = qr.read((request.view_args or {})["token"])
    entry = target and access.by_id(known.signed_in.person_id, target.organization_id, entry_point="web")
    if not entry:
        raise NotFound("That page does not exist.")
    tenancy.bind(entry.organization.id)
    g.actor, g.organization = entry.actor, entry.organization


@bp.get("/q/<token>")
@requires(Permission.BATCHES_VIEW)
def open_code(token: str) -> ResponseReturnValue:
    """Go to the batch's page."""
    target = qr.read(token)
    if target is None:
        raise NotFound("That page does not exist.")
    batch = records.read(current_actor(), target.batch_id)
    return redirect(f"/o/{g.organization.slug}/batches/{batch.header.label}")

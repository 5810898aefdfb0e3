"""Where a QR code leads: `/q/<token>` to the page of a batch, lot or item in its own organization, through signing in.

The token says which organization, so that the person's place there is found, and the session bound, before any row of
it is read. Somebody else's thing, and one that never was, get the same answer.
"""

from flask import Blueprint, Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Unauthorized

from app.identity.services import access
from app.identity.views import doors
from app.kernel.errors import NotFound
from app.kernel.permissions import Permission
from app.platform import codes, rate, tenancy
from app.platform.web import current_actor, requires
from app.production.queries import scans
from app.production.queries.scans import Found

bp = Blueprint("codes", __name__)
_UNKNOWN_CODES = {"limit": 30, "seconds": 60}  # of one person: nobody scans so many, and a guesser must wait


@bp.before_request
def _enter() -> ResponseReturnValue | None:
    """Who is asking, in the organization of the code."""
    known = doors.visitor()
    if known is None:
        raise Unauthorized
    person_id = known.signed_in.person_id
    rate.refuse(rate.wait_for("unknown_code", str(person_id), **_UNKNOWN_CODES))
    target = codes.read((request.view_args or {})["token"])
    entry = target and access.by_id(person_id, target.organization_id, entry_point="web")
    if not entry:
        raise NotFound("That page does not exist.")
    if doors.lacks_second_factor(entry):
        return doors.to_security()
    tenancy.bind(entry.organization.id)
    g.actor, g.organization = entry.actor, entry.organization
    return None


@bp.after_request
def _count_unknown(response: Response) -> Response:
    """Foreign codes, invented ones, and those of batches that never were count alike."""
    known = doors.visitor()
    if known is not None and response.status_code == NotFound.status:
        rate.take_for("unknown_code", str(known.signed_in.person_id), **_UNKNOWN_CODES)
    return response


@bp.get("/q/<token>")
@requires(Permission.INVENTORY_VIEW)
def open_code(token: str) -> ResponseReturnValue:
    """Go to the page of what it names; that page has a door of its own."""
    target = codes.read(token)
    found = target and scans.of_id(current_actor(), target.thing_id)
    if not found:
        raise NotFound("That page does not exist.")
    return redirect(place(found, g.organization.slug))


def place(found: Found, slug: str) -> str:
    """The page of what a code stands for."""
    if found.kind == "batch":
        return url_for("production.batch", slug=slug, batch=found.code)
    if found.kind == "lot":
        return url_for("inventory.lot", slug=slug, lot=found.code)
    return url_for("inventory.item", slug=slug, item=found.code)

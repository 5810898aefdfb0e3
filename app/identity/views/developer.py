"""Pages of developer users, outside organizations: the list of them, entering one, leaving it.

Nobody else finds these pages. Whoever is one and has no second factor is sent to set it up.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Unauthorized

from app.identity.forms.developer import EnterForm
from app.identity.queries import developers as developer_queries
from app.identity.services import developers, second_factors
from app.identity.views import doors
from app.kernel.errors import Conflict, Invalid, NotFound
from app.platform import commands, pages
from app.platform.database import db
from app.platform.navigation import has_page
from app.platform.web import public, reauthenticated

bp = Blueprint("developer", __name__, url_prefix="/developer", template_folder="../templates")

View = TypeVar("View", bound=Callable[..., Any])
_PAGE, _SEARCH_LENGTH = 50, 100
_SECURITY = "security.show"
_SEE_OTHER = 303


def developers_only(view: View) -> View:
    """The sign on these doors: a developer user with a second factor. To everybody else there is no such page."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        known = doors.visitor()
        if known is None:
            raise Unauthorized
        if not developers.is_developer(known.signed_in.person_id):
            raise NotFound("That page does not exist.")
        if not second_factors.has_any(known.signed_in.person_id):
            return _set_up_first()
        return view(*args, **kwargs)

    return cast("View", guarded)


@bp.get("/", endpoint="organizations")
@public("developer.organizations")
@developers_only
def show_organizations() -> ResponseReturnValue:
    """Every organization by name, size and standing; nothing that is theirs."""
    search = request.args.get("q", "")[:_SEARCH_LENGTH].strip()
    search = search if search.isprintable() else ""
    found = developer_queries.page(person_id(), search=search, limit=_PAGE, cursor=request.args.get("cursor"))
    return render_template("identity/developer/organizations.html", found=found, search=search)


@bp.route("/organizations/<organization>/enter", methods=["GET", "POST"])
@public("developer.enter")
@developers_only
@reauthenticated
def enter(organization: str) -> ResponseReturnValue:
    """Ask why and for how long; then in."""
    found = developer_queries.one(person_id(), organization)
    form = EnterForm()
    if request.method == "POST" and form.validate() and _entered(found.id, form):
        return redirect(f"/o/{found.slug}/", _SEE_OTHER)
    page = "identity/developer/enter.html"
    return render_template(page, form=form, found=found), pages.status_of(form)


@bp.post("/organizations/<organization>/leave")
@public("developer.leave")
@developers_only
def leave(organization: str) -> ResponseReturnValue:
    """End the visit."""
    found = developer_queries.one(person_id(), organization)
    with commands.transaction():
        developers.leave(person_id(), organization_id=found.id, address=request.remote_addr)
    return redirect(url_for("developer.organizations"), _SEE_OTHER)


def person_id() -> UUID:
    """Who is asking.

    raises: Unauthorized
    """
    known = doors.visitor()
    if known is None:
        raise Unauthorized
    return known.signed_in.person_id


def _entered(organization_id: UUID, form: EnterForm) -> bool:
    try:
        with commands.transaction():
            developers.enter(
                person_id(),
                organization_id=organization_id,
                reason=form.reason.value or "",
                minutes=int(form.minutes.data),
                address=request.remote_addr,
            )
    except (Invalid, Conflict) as error:
        db.session.rollback()
        form.refuse(error)
        return False
    return True


def _set_up_first() -> ResponseReturnValue:
    if has_page(_SECURITY):
        return redirect(url_for(_SECURITY), _SEE_OTHER)
    raise NotFound("That page does not exist.")

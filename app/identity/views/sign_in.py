"""Pages of signing in and out, and of choosing where to go."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.identity.forms.sign_in import SignInForm
from app.identity.services import developers, organizations, sign_in
from app.identity.services.organizations import OrganizationFacts
from app.identity.services.sign_in import NeedsSecondFactor, Refused
from app.identity.views import doors, refused, second_step
from app.platform.web import public, safe_path

bp = Blueprint("identity", __name__, template_folder="../templates")

_SHORTCUTS = {"scan": "scan", "plan": "batches/plan", "stock": "stock"}
"""Pages that the installed app opens at once: /?to=scan."""

_UNKNOWN = "That email and password do not belong together."


@bp.route("/sign-in", endpoint="sign_in", methods=["GET", "POST"])
@public("identity.sign_in")
def sign_in_page() -> ResponseReturnValue:
    """Ask for email and password; go where the person was going."""
    form = SignInForm()
    if request.method == "GET":
        form.next.data = safe_path(request.args.get("next"))
        return redirect(form.next.data or "/") if doors.visitor() else _page(form)
    if not form.validate():
        return _page(form, 422)
    given = sign_in.sign_in(
        email=form.email.data or "",
        password=form.password.data or "",
        address=doors.address(),
        browser=doors.browser(),
    )
    if isinstance(given, Refused):
        refused.say(form, given, wrong=_UNKNOWN)
        return refused.answer(_page(form, 401), given)
    if isinstance(given, NeedsSecondFactor):
        return second_step.begin(given.person_id, safe_path(form.next.data))
    doors.let_in(given)
    return redirect(safe_path(form.next.data) or "/")


@bp.post("/sign-out")
@public("identity.sign_out")
def sign_out() -> ResponseReturnValue:
    """End this browser's session."""
    doors.let_out()
    return redirect(url_for("identity.sign_in"))


@bp.get("/")
@public("identity.home")
def home() -> ResponseReturnValue:
    """The way to the person's organization; a choice when there are several, and for developer users."""
    known = doors.visitor()
    if known is None:
        return redirect(url_for("identity.sign_in", next=request.full_path.rstrip("?") if request.args else None))
    places = organizations.of_person(known.signed_in.person_id)
    page = _SHORTCUTS.get(request.args.get("to", ""), "")
    looks_after = developers.is_developer(known.signed_in.person_id)
    if len(places) == 1 and not looks_after:
        return redirect(path_of(places[0]) + page)
    choices = [{"name": place.name, "url": path_of(place) + page} for place in places]
    return render_template(
        "identity/choose.html", choices=choices, looks_after=looks_after, person_name=known.signed_in.name
    )


def path_of(organization: OrganizationFacts) -> str:
    """The first page of an organization."""
    return f"/o/{organization.slug}/"


def _page(form: SignInForm, status: int = 200) -> ResponseReturnValue:
    return render_template("identity/sign_in.html", form=form), status

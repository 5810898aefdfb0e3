"""Pages of signing in and out, and of choosing where to go."""

from urllib.parse import urlsplit

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.identity.forms.sign_in import SignInForm
from app.identity.services import organizations, sign_in
from app.identity.services.organizations import OrganizationFacts
from app.identity.views import doors
from app.platform.web import public

bp = Blueprint("identity", __name__, template_folder="../templates")

_UNKNOWN = "That email and password do not belong together."
_LIMITED = "Too many tries. Wait {minutes} and try again."


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
        email=form.email.data or "", password=form.password.data or "", address=request.remote_addr or "unknown"
    )
    if isinstance(given, sign_in.Refused):
        return _refused(form, given)
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
    """The way to the person's organization; a choice when there are several."""
    known = doors.visitor()
    if known is None:
        return redirect(url_for("identity.sign_in"))
    places = organizations.of_person(known.signed_in.person_id)
    if len(places) == 1:
        return redirect(path_of(places[0]))
    choices = [{"name": place.name, "url": path_of(place)} for place in places]
    return render_template("identity/choose.html", choices=choices, person_name=known.signed_in.name)


def path_of(organization: OrganizationFacts) -> str:
    """The first page of an organization."""
    return f"/o/{organization.slug}/"


def safe_path(target: str | None) -> str | None:
    """`target` when it is a path on this site, else None: no open redirect."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    if not target.isprintable() or any(letter.isspace() for letter in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def _refused(form: SignInForm, refused: sign_in.Refused) -> ResponseReturnValue:
    if refused.retry_after is None:
        form.form_errors.append(_UNKNOWN)
        return _page(form, 401)
    minutes = -(-refused.retry_after // 60)
    form.form_errors.append(_LIMITED.format(minutes="a minute" if minutes == 1 else f"{minutes} minutes"))
    answer = make_response(_page(form, 429))
    answer.headers["Retry-After"] = str(refused.retry_after)
    return answer


def _page(form: SignInForm, status: int = 200) -> ResponseReturnValue:
    return render_template("identity/sign_in.html", form=form), status

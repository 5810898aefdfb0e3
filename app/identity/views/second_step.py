"""The second step of signing in: the password was right, and a code or a passkey is asked for. Nobody is in yet."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.identity.forms.second_factors import SecondStepForm
from app.identity.services import authenticators, challenges, passkeys, second_factors, second_step
from app.identity.services.passkeys import NotProven
from app.identity.services.second_factors import Held
from app.identity.services.second_step import Visit
from app.identity.services.sign_in import Refused
from app.identity.views import doors, passkey_asking, refused
from app.platform import commands
from app.platform.pages import status_of
from app.platform.web import public

bp = Blueprint("second_step", __name__, url_prefix="/sign-in/second", template_folder="../templates")

_SECRET, _NEXT = "second_step", "second_step_next"
_SEE_OTHER, _UNAUTHORIZED = 303, 401
_WRONG = "That code is not right, or it was used before. Wait for the next one."


def begin(person_id: UUID, next_path: str | None) -> Response:
    """The password was right: go to where the second factor is asked for.

    next_path: where to go afterwards; a path of this site, already checked
    """
    secret = commands.carry_out(lambda: second_step.begin(person_id))
    session[_SECRET], session[_NEXT] = secret, next_path
    return redirect(url_for("second_step.ask"), _SEE_OTHER)


@bp.route("", endpoint="ask", methods=["GET", "POST"])
@public("second_step.ask")
def ask() -> ResponseReturnValue:
    """Ask for a code; let in who types a right one."""
    form = SecondStepForm()
    held = second_factors.held(second_step.asked(_visit().secret))
    if request.method == "GET" or not form.validate():
        return _page(form, held)
    given = second_step.by_code(_visit(), code=form.code.value)
    if isinstance(given, Refused):
        refused.say(form, given, wrong=_WRONG)
        return refused.answer(_page(form, held, _UNAUTHORIZED), given)
    return _in(given)


@bp.post("/passkey/options", endpoint="passkey_options")
@public("second_step.passkey_options")
def passkey_options() -> ResponseReturnValue:
    """Ask the browser for a passkey of the person who is at the second step."""
    person_id = second_step.asked(_visit().secret)
    offered = commands.carry_out(lambda: passkeys.offer(challenges.PASSKEY_SIGN_IN, person_id=person_id))
    return passkey_asking.asked(offered)


@bp.post("/passkey", endpoint="passkey")
@public("second_step.passkey")
def passkey() -> ResponseReturnValue:
    """Let in whose passkey answered."""
    said, visit = passkey_asking.said(), _visit()
    held = second_factors.held(second_step.asked(visit.secret))
    try:
        return _in(second_step.by_passkey(visit, passkey_secret=said.secret, credential=said.credential))
    except NotProven as refusal:
        form = SecondStepForm(formdata=None)
        form.refuse(refusal)
        return _page(form, held)


@bp.errorhandler(authenticators.Unreadable)
def unreadable(problem: authenticators.Unreadable) -> ResponseReturnValue:
    """The app cannot be checked: another way."""
    form = SecondStepForm()
    form.refuse(problem)
    return _page(form, second_factors.held(second_step.asked(_visit().secret)))


@bp.errorhandler(second_step.Over)
def start_over(over: second_step.Over) -> ResponseReturnValue:
    """Back to the password; home for somebody who is in by now."""
    there = session.pop(_NEXT, None)
    session.pop(_SECRET, None)
    if doors.visitor() is not None:
        return redirect("/", _SEE_OTHER)
    flash(over.detail, "bad")
    return redirect(url_for("identity.sign_in", next=there), _SEE_OTHER)


def _visit() -> Visit:
    return Visit(str(session.get(_SECRET, "")), doors.address(), doors.browser())


def _in(secret: str) -> ResponseReturnValue:
    there = session.get(_NEXT) or "/"
    doors.let_in(secret)
    return redirect(there, _SEE_OTHER)


def _page(form: SecondStepForm, held: Held, status: int | None = None) -> tuple[str, int]:
    if not held.authenticator:
        form.code.label.text = "Recovery code"
    return render_template("identity/second_step.html", form=form, held=held), status or status_of(form)

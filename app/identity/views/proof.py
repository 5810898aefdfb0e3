"""Pages on which a person proves again who they are, and changes their password. Parts of the account's pages."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.identity.forms.account import ChangePasswordForm, ConfirmForm
from app.identity.queries import account as queries
from app.identity.services import authenticators, emails, passwords, second_factors, second_step, sessions, sign_in
from app.identity.services.sign_in import Refused
from app.identity.views import account_of, doors, refused
from app.identity.views.account import bp
from app.kernel.errors import Conflict, Invalid
from app.platform import commands
from app.platform.pages import status_of
from app.platform.web import public, safe_path

__all__ = ["bp"]

_WRONG = "That is not your password."
_WRONG_CODE = "That code is not right, or it was used before. Wait for the next one."
_UNPROCESSABLE = 422


@bp.get("/account/confirm")
@public("account.confirm")
@doors.own_account
def confirm() -> ResponseReturnValue:
    """Ask for the password once more, before something that matters."""
    form = ConfirmForm()
    form.next.data = safe_path(request.args.get("next"))
    return _confirm_page(form)


@bp.post("/account/confirm")
@public("account.prove")
@doors.own_account
def prove() -> ResponseReturnValue:
    """Go on to where the person was going. Who has a second factor shows it besides the password."""
    form, me = ConfirmForm(), doors.signed_in()
    two_step = second_factors.asked_after_password(me.person_id)
    if not form.validate() or not form.has_code(needed=two_step):
        return _confirm_page(form)
    given = sign_in.prove(me.person_id, email=me.email, password=form.password.data or "", address=doors.address())
    if isinstance(given, Refused):
        return _not_confirmed(form, given, _WRONG)
    wrong = second_step.prove(account_of.me(), code=form.code.data or "") if two_step else None
    if wrong is not None:
        return _not_confirmed(form, wrong, _WRONG_CODE)
    with commands.transaction():
        sessions.confirm(me.session_id)
    return redirect(safe_path(form.next.data) or url_for("account.profile"), 303)


@bp.errorhandler(authenticators.Unreadable)
def unreadable(problem: authenticators.Unreadable) -> ResponseReturnValue:
    """The app cannot be checked: another way."""
    form = ConfirmForm()
    form.refuse(problem)
    return _confirm_page(form)


@bp.get("/account/password")
@public("account.password")
@doors.own_account
def password() -> ResponseReturnValue:
    """The present one and a new one."""
    return _password_page(ChangePasswordForm())


@bp.post("/account/password")
@public("account.change_password")
@doors.own_account
def change_password() -> ResponseReturnValue:
    """Set the new one; every other session ends."""
    form, me = ChangePasswordForm(), doors.signed_in()
    if not form.validate():
        return _password_page(form)
    known = emails.find(me.person_id).password_hash  # before it is proved: only the one that was proved is replaced
    proved = sign_in.prove(me.person_id, email=me.email, password=form.password.data or "", address=doors.address())
    if isinstance(proved, Refused):
        refused.say(form, proved, wrong=_WRONG)
        return refused.answer(_password_page(form), proved)
    try:
        hashed = passwords.hash_new(form.new_password.data or "", email=me.email)
        with commands.transaction():
            passwords.change(me.person_id, known=known, new=hashed, session_id=me.session_id, address=doors.address())
    except (Invalid, Conflict) as error:
        form.refuse(error, {"password": "new_password"})
        return _password_page(form)
    flash(_("Your password is changed. You are signed out everywhere else."), "done")
    return redirect(url_for("account.profile"), 303)


def _confirm_page(form: ConfirmForm) -> ResponseReturnValue:
    me = doors.signed_in()
    held = second_factors.held(me.person_id)
    return render_template("identity/confirm.html", form=form, email=me.email, held=held), status_of(form)


def _not_confirmed(form: ConfirmForm, given: Refused, wrong: str) -> ResponseReturnValue:
    refused.say(form, given, wrong=wrong)
    return refused.answer(_confirm_page(form), given)


def _password_page(form: ChangePasswordForm) -> ResponseReturnValue:
    profile = queries.profile(doors.signed_in().person_id)
    return render_template("identity/account_password.html", form=form, profile=profile), status_of(form)

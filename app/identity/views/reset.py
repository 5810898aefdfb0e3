"""Pages for somebody who forgot their password: ask for the link, set a new one."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.identity.forms.account import AskResetForm, ResetForm
from app.identity.services import mail_links, passwords
from app.identity.services.mail_links import Purpose, UselessLink
from app.identity.views import doors, mailed
from app.kernel.errors import Invalid
from app.platform import commands, rate
from app.platform.pages import status_of
from app.platform.web import public

bp = Blueprint("reset", __name__, url_prefix="/reset")

_AN_HOUR, _PER_ADDRESS = 3600, 20
_SIGN_IN = (
    "Your new password is set. Sign in with it and with your second step, then see whether you know all that opens "
    "your account."
)
_DONE = "Your new password is set. You are signed out everywhere else."


@bp.get("")
@public("reset.form")
def form() -> ResponseReturnValue:
    """Which email?"""
    return _ask_page(AskResetForm())


@bp.post("")
@public("reset.ask")
def ask() -> ResponseReturnValue:
    """Mail the link; the same page for any email."""
    form = AskResetForm()
    if not form.validate():
        return _ask_page(form)
    rate.require("reset", rate.sender(), limit=_PER_ADDRESS, seconds=_AN_HOUR)
    with commands.transaction():
        passwords.ask_reset(form.email.value)
    return mailed.check_your_mail(form.email.value, again=url_for("reset.form"))


@bp.get("/<link>")
@public("reset.link")
def link(link: str) -> ResponseReturnValue:
    """The form for a new password."""
    try:
        mail_links.find(Purpose.RESET_PASSWORD, link)
    except UselessLink:
        return _useless()
    return _set_page(ResetForm())


@bp.post("/<link>")
@public("reset.set_password")
def set_password(link: str) -> ResponseReturnValue:
    """Set it, and go in; who has a second factor signs in with both."""
    form = ResetForm()
    try:
        email = mail_links.find(Purpose.RESET_PASSWORD, link).email
        if not form.validate():
            return _set_page(form)
        hashed = passwords.hash_new(form.password.data or "", email=email)
        with commands.transaction():
            secret = passwords.reset(link, new=hashed, address=doors.address(), browser=doors.browser())
    except UselessLink:
        return _useless()
    except Invalid as error:
        form.refuse(error)
        return _set_page(form)
    if secret is None:
        doors.let_out()
        flash(_SIGN_IN, "done")
        return redirect(url_for("identity.sign_in", next=url_for("security.show")), 303)
    doors.let_in(secret)
    flash(_DONE, "done")
    return redirect("/", 303)


def _ask_page(form: AskResetForm) -> ResponseReturnValue:
    return render_template("identity/reset_ask.html", form=form), status_of(form)


def _set_page(form: ResetForm) -> ResponseReturnValue:
    return render_template("identity/reset_set.html", form=form), status_of(form)


def _useless() -> ResponseReturnValue:
    return mailed.useless(again=url_for("reset.form"), again_label="Send me a new link")

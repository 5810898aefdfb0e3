"""Pages of signing up: the form, "check your mail", and the link that opens the workshop."""

import secrets

from flask import Blueprint, current_app, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.identity.forms.sign_up import OpenElsewhereForm, SignUpForm, zones
from app.identity.forms.typed import PersonForm
from app.identity.models import MailLink
from app.identity.services import mail_links, passwords, people, sign_up
from app.identity.services.mail_links import Purpose, UselessLink
from app.identity.views import doors, mailed
from app.kernel.errors import Conflict, Invalid
from app.platform import commands, rate
from app.platform.pages import status_of
from app.platform.web import public

bp = Blueprint("sign_up", __name__, url_prefix="/sign-up")

_AN_HOUR, _PER_ADDRESS, _MAILS = 3600, 20, 3
_TYPED_IN = "typed_in"
_OTHER_PASSWORD = "This is not the password that was chosen when the form was filled in."  # noqa: S105 - words
_PASSWORD_TRIES = 20


@bp.get("")
@public("sign_up.form")
def form() -> ResponseReturnValue:
    """Who, which workshop, where."""
    return _page(SignUpForm())


@bp.post("")
@public("sign_up.ask")
def ask() -> ResponseReturnValue:
    """Mail the link; the same page for any email."""
    form = SignUpForm()
    if not current_app.config["SIGN_UP"] or not form.validate():
        return _page(form)
    rate.require("sign_up", rate.sender(), limit=_PER_ADDRESS, seconds=_AN_HOUR)
    wanted = form.wanted()
    try:
        hashed = passwords.hash_new(form.password.data or "", email=wanted.email)
    except Invalid as error:
        form.refuse(error)
        return _page(form)
    typed_in = session.setdefault(_TYPED_IN, secrets.token_urlsafe())
    again = f"{people.email_key(wanted.email)} {rate.sender()}"
    enough = bool(rate.take_for("sign_up_mail", again, limit=_MAILS, seconds=_AN_HOUR))
    with commands.transaction():
        sign_up.ask(wanted, password_hash=hashed, typed_in=typed_in, silent=enough)
    return mailed.check_your_mail(wanted.email, again=url_for("sign_up.form"))


@bp.get("/<link>")
@public("sign_up.link")
def link(link: str) -> ResponseReturnValue:
    """One button: programs that read mail open links, and must not use them up."""
    try:
        found = mail_links.find(Purpose.SIGN_UP, link)
    except UselessLink:
        return _useless()
    return _open_page(found, _form_for(found))


@bp.post("/<link>")
@public("sign_up.open_workshop")
def open_workshop(link: str) -> ResponseReturnValue:
    """Make the workshop, and go in."""
    try:
        found = mail_links.find(Purpose.SIGN_UP, link)
        form = _form_for(found)
        if not form.validate() or not _is_theirs(found, form):
            return _open_page(found, form)
        made = commands.carry_out(
            lambda: sign_up.complete(link, tier=_tier(), address=doors.address(), browser=doors.browser())
        )
    except (UselessLink, Conflict):  # the second: the email got an account meanwhile
        return _useless()
    doors.let_in(made.secret)
    flash(_("Welcome. %(name)s is ready.", name=made.organization.name), "done")
    return redirect(f"/o/{made.organization.slug}/", 303)


def _tier() -> str:
    """Where nothing is sold, nothing is withheld."""
    return "free" if current_app.config["STRIPE_SECRET_KEY"] else "exempt"


def _form_for(found: MailLink) -> PersonForm:
    here = sign_up.was_typed_in(found, session.get(_TYPED_IN))
    return PersonForm() if here else OpenElsewhereForm()


def _is_theirs(found: MailLink, form: PersonForm) -> bool:
    if not isinstance(form, OpenElsewhereForm):
        return True
    rate.require("sign_up_password", rate.sender(), limit=_PASSWORD_TRIES, seconds=_AN_HOUR)
    right = sign_up.is_password(found, form.password.data or "")
    if not right:
        form.refuse(Invalid.field("password", _OTHER_PASSWORD))
    return right


def _page(form: SignUpForm) -> ResponseReturnValue:
    if not current_app.config["SIGN_UP"]:
        return render_template("identity/sign_up_closed.html")
    return render_template("identity/sign_up.html", form=form, zones=zones()), status_of(form)


def _open_page(found: MailLink, form: PersonForm) -> ResponseReturnValue:
    wanted = sign_up.wanted_of(found)
    return render_template("identity/sign_up_open.html", form=form, wanted=wanted), status_of(form)


def _useless() -> ResponseReturnValue:
    return mailed.useless(again=url_for("sign_up.form"), again_label="Sign up")

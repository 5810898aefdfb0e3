"""Pages of a person's own account: name, email, and where they are signed in. They belong to no organization."""

from uuid import UUID

from flask import Blueprint, current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.identity.forms.account import EndSessionForm, LanguageForm, NameForm, NewEmailForm
from app.identity.forms.typed import PersonForm
from app.identity.queries import account as queries
from app.identity.services import audit, emails, mail_links, people, sessions
from app.identity.services.audit import Subject
from app.identity.services.mail_links import Purpose, UselessLink
from app.identity.views import doors, mailed
from app.kernel import ids
from app.kernel.errors import Conflict, Invalid, NotFound
from app.platform import commands, rate, words
from app.platform.pages import status_of
from app.platform.web import public, reauthenticated

bp = Blueprint("account", __name__)

_AN_HOUR, _MAILS = 3600, 10
_SENT = "We sent a letter to %(email)s. Open the link in it."


@bp.get("/account")
@public("account.profile")
@doors.own_account
def profile() -> ResponseReturnValue:
    """Name and email."""
    return _profile_page()


@bp.post("/account/name")
@public("account.rename")
@doors.own_account
def rename() -> ResponseReturnValue:
    """Another name."""
    form = NameForm()
    if not form.validate():
        return _profile_page(name_form=form)
    try:
        with commands.transaction():
            people.rename(doors.signed_in().person_id, form.name.value, address=doors.address())
    except Invalid as error:
        form.refuse(error)
        return _profile_page(name_form=form)
    return _back(_("Your name is changed."))


@bp.post("/account/language")
@public("account.choose_language")
@doors.own_account
def choose_language() -> ResponseReturnValue:
    """The language and locale that pages and mails speak to them from now on."""
    form = LanguageForm()
    if not form.validate():
        return _profile_page(language_form=form)
    with commands.transaction():
        people.choose_locale(doors.signed_in().person_id, form.locale.data or None)
    g.locale = form.locale.data or None
    words.speak_anew()
    return _back(_("From now on this is your language."))


@bp.post("/account/email")
@public("account.change_email")
@doors.own_account
@reauthenticated
def change_email() -> ResponseReturnValue:
    """Mail a link to the new one."""
    form, me = NewEmailForm(), doors.signed_in()
    if not form.validate():
        return _profile_page(email_form=form)
    rate.require("account_mail", str(me.person_id), limit=_MAILS, seconds=_AN_HOUR)
    try:
        with commands.transaction():
            emails.ask_to_change(me.person_id, form.email.value)
    except Invalid as error:
        form.refuse(error)
        return _profile_page(email_form=form)
    return _back(_(_SENT, email=form.email.value))


@bp.post("/account/verify")
@public("account.ask_to_verify")
@doors.own_account
def ask_to_verify() -> ResponseReturnValue:
    """Mail a link to the email as it is."""
    me = doors.signed_in()
    rate.require("account_mail", str(me.person_id), limit=_MAILS, seconds=_AN_HOUR)
    with commands.transaction():
        emails.ask_to_verify(me.person_id)
    return _back(_(_SENT, email=me.email))


@bp.get("/verify-email/<link>")
@public("account.verify_link")
@doors.own_account
def verify_link(link: str) -> ResponseReturnValue:
    """One button: programs that read mail open links, and must not use them up. Whoever opens it is signed in: a mail
    alone does not make an account theirs that somebody else opened with their email."""
    return _link_page(Purpose.VERIFY_EMAIL, link)


@bp.post("/verify-email/<link>")
@public("account.verify")
@doors.own_account
def verify(link: str) -> ResponseReturnValue:
    """The email is theirs."""
    try:
        with commands.transaction():
            emails.verify(link, person_id=doors.signed_in().person_id, address=doors.address())
    except UselessLink:
        return _useless()
    return _back(_("Your email is verified."))


@bp.get("/change-email/<link>")
@public("account.new_email_link")
def new_email_link(link: str) -> ResponseReturnValue:
    """One button."""
    return _link_page(Purpose.CHANGE_EMAIL, link)


@bp.post("/change-email/<link>")
@public("account.take_new_email")
def take_new_email(link: str) -> ResponseReturnValue:
    """From now on it is the one to sign in with; every other browser is signed out."""
    known = doors.visitor()
    here = None if known is None else known.signed_in.session_id
    try:
        commands.carry_out(lambda: emails.change(link, address=doors.address(), session_id=here))
    except (UselessLink, Conflict):  # the second: it got an account meanwhile
        return _useless()
    return _back(_("Your email is changed. Sign in with it from now on."))


@bp.get("/account/sessions", endpoint="sessions")
@public("account.sessions")
@doors.own_account
def list_sessions() -> ResponseReturnValue:
    """Where the person is signed in."""
    me = doors.signed_in()
    mine, own = queries.profile(me.person_id), queries.live_sessions(me.person_id, this=me.session_id)
    return render_template("identity/account_sessions.html", profile=mine, sessions=own)


@bp.post("/account/sessions")
@public("account.end_sessions")
@doors.own_account
def end_sessions() -> ResponseReturnValue:
    """End one, or all but this one."""
    form, me = EndSessionForm(), doors.signed_in()
    if not form.validate():
        raise NotFound("That session is over.")
    said = _end(form.session.data or "", me.person_id, me.session_id)
    flash(said, "done")
    return redirect(url_for("account.sessions"), 303)


def _end(session: str, person_id: UUID, this: UUID) -> str:
    if session:
        session_id = ids.parse(session)
        if session_id is None:
            raise NotFound("That session is over.")
        with commands.transaction():
            sessions.end_one(person_id, session_id)
            audit.record_for_person(
                person_id, "people.session_ended", Subject("session", session_id), address=doors.address()
            )
        return str(_("That session is over."))
    with commands.transaction():
        count = sessions.end_all(person_id, but=this)
        if count:
            audit.record_for_person(person_id, "people.signed_out_everywhere", address=doors.address())
    return str(_("You are signed out everywhere else.") if count else _("You were signed in nowhere else."))


def _profile_page(
    *,
    name_form: NameForm | None = None,
    email_form: NewEmailForm | None = None,
    language_form: LanguageForm | None = None,
) -> ResponseReturnValue:
    mine = queries.profile(doors.signed_in().person_id)
    said = name_form or email_form or language_form
    page = render_template(
        "identity/account.html",
        profile=mine,
        name_form=name_form or NameForm(formdata=None, data={"name": mine.name}),
        email_form=email_form or NewEmailForm(formdata=None),
        language_form=language_form or LanguageForm(formdata=None, data={"locale": mine.locale or ""}),
        sends=current_app.config["SMTP_URL"] is not None,
    )
    return page, 200 if said is None else status_of(said)


def _link_page(purpose: Purpose, link: str) -> ResponseReturnValue:
    try:
        found = mail_links.find(purpose, link)
    except UselessLink:
        return _useless()
    return render_template(
        "identity/email_link.html", form=PersonForm(), email=emails.as_written(found), purpose=str(purpose)
    )


def _useless() -> ResponseReturnValue:
    return mailed.useless(again=url_for("account.profile"), again_label=_("To your account"))


def _back(said: str) -> ResponseReturnValue:
    flash(said, "done")
    return redirect(url_for("account.profile"), 303)

"""What the link of an invitation opens: for people with an account, without one, and signed in as somebody else."""

import sqlalchemy.exc
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.identity.forms.invitation import JoinForm
from app.identity.queries.invitations import offer
from app.identity.services import invitations, passwords, people
from app.identity.services.invitations import InvitationOver
from app.identity.views import doors
from app.kernel.errors import BatchTrackError, Conflict, Invalid, LimitReached
from app.platform import commands
from app.platform.database import db
from app.platform.web import public

bp = Blueprint("invitation", __name__, url_prefix="/invitation", template_folder="../templates")

_GONE, _SEE_OTHER, _UNPROCESSABLE = 410, 303, 422


@bp.get("/<link>")
@public("invitation.show")
def show(link: str) -> ResponseReturnValue:
    """Who invites to what, and what to do now."""
    return _page(link, JoinForm(formdata=None))


@bp.post("/<link>/accept")
@public("invitation.accept")
def accept(link: str) -> ResponseReturnValue:
    """Take the place, signed in."""
    known = doors.visitor()
    if known is None:
        return redirect(url_for("identity.sign_in", next=url_for("invitation.show", link=link)))
    form = JoinForm(formdata=None)
    try:
        with commands.transaction():
            slug = invitations.accept(
                link, person_id=known.signed_in.person_id, address=request.remote_addr, proven=_mail_on()
            )
    except InvitationOver as over:
        return _over(over)
    except (Conflict, LimitReached, Invalid) as error:
        return _refused(link, form, error)
    return redirect(f"/o/{slug}/", _SEE_OTHER)


@bp.post("/<link>/join")
@public("invitation.join")
def join(link: str) -> ResponseReturnValue:
    """Take the place with a new account."""
    form = JoinForm()
    try:
        email = invitations.opened(link).email
        db.session.rollback()  # no transaction is open while hashing
        if doors.visitor() is not None or (_mail_on() and people.find(email) is not None):
            return redirect(url_for("invitation.show", link=link), _SEE_OTHER)
        if not form.validate():
            return _page(link, form, _UNPROCESSABLE)
        db.session.rollback()
        secret, slug = _join(link, form, passwords.hash_new(form.password.data or "", email=email))
    except InvitationOver as over:
        return _over(over)
    except sqlalchemy.exc.IntegrityError:  # the email got an account in the same moment
        return redirect(url_for("invitation.show", link=link), _SEE_OTHER)
    except (Conflict, LimitReached, Invalid) as error:
        return _refused(link, form, error)
    doors.let_in(secret)
    return redirect(f"/o/{slug}/", _SEE_OTHER)


@bp.post("/<link>/sign-out")
@public("invitation.sign_out")
def sign_out(link: str) -> ResponseReturnValue:
    """End the session of somebody else, and come back. Only a link that is good ends one."""
    try:
        invitations.opened(link)
    except InvitationOver as over:
        return _over(over)
    doors.let_out()
    return redirect(url_for("invitation.show", link=link), _SEE_OTHER)


def _join(link: str, form: JoinForm, password_hash: str) -> tuple[str, str]:
    with commands.transaction():
        slug, secret = invitations.join(
            link,
            name=form.name.value,
            password_hash=password_hash,
            address=request.remote_addr,
            browser=request.user_agent.string,
            proven=_mail_on(),
        )
    return secret, slug


def _page(link: str, form: JoinForm, status: int = 200) -> ResponseReturnValue:
    known = doors.visitor()
    try:
        invitation = invitations.opened_or_used_by(link, known.signed_in.person_id if known else None)
    except InvitationOver as over:
        return _over(over)
    if invitation.accepted_at is not None:
        return redirect(url_for("identity.home"))
    same = known is not None and people.email_key(known.signed_in.email) == invitation.email_key
    page = render_template(
        "identity/invitation/show.html",
        link=link,
        form=form,
        offer=offer(invitation),
        known=known.signed_in if known else None,
        same=same,
        mailed=_mail_on(),
    )
    return page, status


def _refused(link: str, form: JoinForm, error: BatchTrackError) -> ResponseReturnValue:
    db.session.rollback()
    form.refuse(error)
    return _page(link, form, error.status)


def _over(over: InvitationOver) -> ResponseReturnValue:
    db.session.rollback()
    page = render_template("identity/invitation/over.html", over=over, known=doors.visitor())
    return page, _GONE


def _mail_on() -> bool:
    """Whether links go by mail alone: then who opens one reads the email's mail."""
    return bool(current_app.config["SMTP_URL"])

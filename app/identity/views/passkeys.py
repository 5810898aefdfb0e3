"""Passkeys at the door and in the account: signing in with one, proving again who you are, making and removing them."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.identity.forms.second_factors import PasskeyForm
from app.identity.queries import account_security as shown
from app.identity.services import account_security, challenges, passkey_proofs, passkeys
from app.identity.services.passkeys import NotProven
from app.identity.views import account_of, doors, passkey_asking
from app.platform import commands, pages, rate
from app.platform.web import public, reauthenticated

bp = Blueprint("passkeys", __name__, template_folder="../templates")

_SEE_OTHER = 303
_ASKED_A_MINUTE, _A_MINUTE = 60, 60


@bp.post("/sign-in/passkey/options", endpoint="sign_in_options")
@public("passkeys.sign_in_options")
def sign_in_options() -> ResponseReturnValue:
    """Ask the browser for any passkey that it has for this site."""
    rate.require("passkey_options", rate.sender(), limit=_ASKED_A_MINUTE, seconds=_A_MINUTE)
    return passkey_asking.asked(commands.carry_out(lambda: passkeys.offer(challenges.PASSKEY_SIGN_IN)))


@bp.post("/sign-in/passkey", endpoint="sign_in")
@public("passkeys.sign_in")
def sign_in() -> ResponseReturnValue:
    """Let in whose passkey answered: no password, no second step."""
    said = passkey_asking.said()
    try:
        secret = passkey_proofs.sign_in(
            secret=said.secret,
            credential=said.credential,
            address=doors.address(),
            browser=doors.browser(),
        )
    except NotProven as refusal:
        return _again("identity.sign_in", said.there, refusal)
    doors.let_in(secret)
    return redirect(said.there or "/", _SEE_OTHER)


@bp.post("/account/confirm/passkey/options", endpoint="confirm_options")
@public("passkeys.confirm_options")
@doors.own_account
def confirm_options() -> ResponseReturnValue:
    """Ask the browser for a passkey of the person who is signed in."""
    return passkey_asking.asked(
        commands.carry_out(lambda: passkeys.offer(challenges.PASSKEY_CONFIRM, person_id=account_of.me().person_id))
    )


@bp.post("/account/confirm/passkey", endpoint="confirm")
@public("passkeys.confirm")
@doors.own_account
def confirm() -> ResponseReturnValue:
    """Take a passkey as the proof that is asked for again."""
    said = passkey_asking.said()
    try:
        passkey_proofs.confirm(
            session_id=doors.signed_in().session_id,
            person_id=account_of.me().person_id,
            secret=said.secret,
            credential=said.credential,
        )
    except NotProven as refusal:
        return _again("account.confirm", said.there, refusal)
    return redirect(said.there or "/", _SEE_OTHER)


@bp.route("/account/security/passkeys/new", endpoint="new", methods=["GET", "POST"])
@public("passkeys.new")
@doors.own_account
@reauthenticated
def new() -> ResponseReturnValue:
    """Name a passkey and make it; the first second factor brings recovery codes."""
    form = PasskeyForm()
    if request.method == "POST" and form.validate():
        me, secret = account_of.me(), passkey_asking.secret()
        codes = account_of.tried(form, lambda: _added(me, secret, form))
        if codes is not None:
            return account_of.turned_on(codes, f"“{form.name.value}” opens your account from now on.")
    return render_template("identity/passkey_new.html", form=form), pages.status_of(form)


@bp.post("/account/security/passkeys/options", endpoint="new_options")
@public("passkeys.new_options")
@doors.own_account
@reauthenticated
def new_options() -> ResponseReturnValue:
    """Ask the browser to make a passkey."""
    me = account_of.me()
    return passkey_asking.asked(
        commands.carry_out(lambda: passkeys.offer_new(me.person_id, email=me.email, name=me.name))
    )


@bp.post("/account/security/passkeys/<uuid:passkey>/remove", endpoint="remove")
@public("passkeys.remove")
@doors.own_account
@reauthenticated
def remove(passkey: UUID) -> ResponseReturnValue:
    """Forget a passkey."""
    me = account_of.me()
    commands.carry_out(lambda: account_security.remove_passkey(me, passkey_id=passkey))
    flash(_("The passkey is removed. Delete it on your device too."), "done")
    return redirect(url_for("security.show"), _SEE_OTHER)


@bp.app_context_processor
def _slots() -> dict[str, object]:
    """For the page that asks to prove again who you are."""
    return {"visitor_has_passkey": _visitor_has_passkey}


def _visitor_has_passkey() -> bool:
    known = doors.visitor()
    return known is not None and shown.has_passkey(known.signed_in.person_id)


def _added(me: account_security.Self, secret: str, form: PasskeyForm) -> list[str]:
    challenge = challenges.use(challenges.PASSKEY_NEW, secret)
    return account_security.add_passkey(
        me, challenge, credential=form.credential.data or "", name=form.name.value or ""
    )


def _again(endpoint: str, there: str | None, refusal: NotProven) -> ResponseReturnValue:
    flash(refusal.detail, "bad")
    return redirect(url_for(endpoint, next=there), _SEE_OTHER)

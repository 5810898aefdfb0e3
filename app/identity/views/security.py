"""The security page of a person's account: authenticator app, passkeys, recovery codes."""

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.identity.forms.second_factors import AppCodeForm
from app.identity.queries import account
from app.identity.queries import account_security as shown
from app.identity.services import account_security, authenticators
from app.identity.views import account_of, doors
from app.kernel.errors import Conflict
from app.platform import commands, pages
from app.platform.web import public, reauthenticated

bp = Blueprint("security", __name__, url_prefix="/account/security", template_folder="../templates")

_SEE_OTHER = 303
_GROUP = 4


@bp.get("", endpoint="show")
@public("security.show")
@doors.own_account
def show() -> ResponseReturnValue:
    """What opens the account, and what of it can be turned on."""
    me = account_of.me()
    zone = account.profile(me.person_id).zone
    return render_template("identity/security.html", its=shown.of_person(me.person_id), zone=zone)


@bp.post("/authenticator/begin", endpoint="begin_authenticator")
@public("security.begin_authenticator")
@doors.own_account
@reauthenticated
def begin_authenticator() -> ResponseReturnValue:
    """Make a secret for an app; the next page shows it."""
    me = account_of.me()
    try:
        commands.carry_out(lambda: authenticators.begin(me.person_id))
    except Conflict as refusal:
        flash(refusal.detail, "bad")
        return _back()
    return redirect(url_for("security.authenticator"), _SEE_OTHER)


@bp.route("/authenticator", endpoint="authenticator", methods=["GET", "POST"])
@public("security.authenticator")
@doors.own_account
@reauthenticated
def authenticator() -> ResponseReturnValue:
    """Show the secret and take the app's first code, which puts it in force."""
    me, form = account_of.me(), AppCodeForm()
    if request.method == "POST" and form.validate():
        codes = account_of.tried(form, lambda: account_security.turn_on_authenticator(me, code=form.code.value))
        if codes is not None:
            return account_of.turned_on(codes, "Two-step sign-in is on. Your app's code is asked for from now on.")
    setup = authenticators.waiting(me.person_id, email=me.email)
    if setup is None:
        return _back()
    image = segno.make(setup.uri, error="m", micro=False).svg_data_uri(scale=4, border=4, light="#fff", dark="#000")
    groups = [setup.secret[at : at + _GROUP] for at in range(0, len(setup.secret), _GROUP)]
    page = "identity/authenticator.html"
    return render_template(page, form=form, image=image, groups=groups), pages.status_of(form)


@bp.post("/authenticator/off", endpoint="turn_off_authenticator")
@public("security.turn_off_authenticator")
@doors.own_account
@reauthenticated
def turn_off_authenticator() -> ResponseReturnValue:
    """Take the app away."""
    me = account_of.me()
    commands.carry_out(lambda: account_security.turn_off_authenticator(me))
    flash(_("The authenticator app is off."), "done")
    return _back()


@bp.post("/recovery-codes", endpoint="renew_codes")
@public("security.renew_codes")
@doors.own_account
@reauthenticated
def renew_codes() -> ResponseReturnValue:
    """Ten new recovery codes, shown once; the old ones no longer work."""
    me = account_of.me()
    codes = commands.carry_out(lambda: account_security.renew_codes(me))
    return account_of.codes_once(codes, "These are new. The old ones no longer work.")


def _back() -> ResponseReturnValue:
    return redirect(url_for("security.show"), _SEE_OTHER)

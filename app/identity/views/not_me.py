"""Behind "This was not me" in a mail that tells of a new second factor: one button takes it away again."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.identity.forms.typed import PersonForm
from app.identity.services import mail_links, not_me
from app.identity.services.mail_links import Purpose, UselessLink
from app.identity.views import doors, mailed
from app.platform import commands
from app.platform.web import public

bp = Blueprint("not_me", __name__, url_prefix=not_me.PATH, template_folder="../templates")

_DONE = "What was added is taken away, and you are signed out everywhere. Set a new password now."


@bp.get("/<link>", endpoint="link")
@public("not_me.link")
def show(link: str) -> ResponseReturnValue:
    """One button: programs that read mail open links, and must not use them up."""
    try:
        found = mail_links.find(Purpose.UNDO_FACTOR, link)
    except UselessLink:
        return _useless()
    return render_template("identity/not_me.html", form=PersonForm(), since=not_me.since(found))


@bp.post("/<link>", endpoint="undo")
@public("not_me.undo")
def undo(link: str) -> ResponseReturnValue:
    """Take away what was added since; on to a new password, since somebody knows the present one."""
    try:
        commands.carry_out(lambda: not_me.undo(link, address=doors.address()))
    except UselessLink:
        return _useless()
    doors.let_out()
    flash(_DONE, "done")
    return redirect(url_for("reset.form"), 303)


def _useless() -> ResponseReturnValue:
    return mailed.useless(again=url_for("reset.form"), again_label="Set a new password")

"""What the pages of a person's own account share: who it is, one transaction for each change, what is shown once."""

from collections.abc import Callable
from typing import TypeVar

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.identity.forms.typed import PersonForm
from app.identity.services.account_security import Self
from app.identity.views import doors
from app.kernel.errors import Conflict, Invalid, NotFound
from app.platform import commands

T = TypeVar("T")
_SEE_OTHER = 303


def me() -> Self:
    """The person, and from where they come."""
    known = doors.signed_in()
    return Self(known.person_id, known.name, known.email, doors.address(), known.session_id)


def tried(form: PersonForm, command: Callable[[], T]) -> T | None:
    """Run `command` in one transaction; None when it was refused, and the form says why."""
    try:
        return commands.carry_out(command)
    except (Invalid, Conflict, NotFound) as refusal:
        form.refuse(refusal)
        return None


def turned_on(codes: list[str], said: str) -> ResponseReturnValue:
    """Show the recovery codes that came with it; without new ones, go back to the page."""
    if codes:
        return codes_once(codes, said)
    flash(said, "done")
    return redirect(url_for("security.show"), _SEE_OTHER)


def codes_once(codes: list[str], said: str) -> ResponseReturnValue:
    """The one page that ever shows these codes."""
    return render_template("identity/recovery_codes.html", codes=codes, said=said)

"""What every page that changes something needs: a form with a key, one effect for it, refusals said at the field.

A form sent twice has one effect and both times the same answer. A refusal keeps everything that was typed and gives
the redrawn form a new key.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Response, flash, make_response, redirect, render_template, request
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import ValidationError

from app.kernel.errors import BatchTrackError, Conflict, Invalid, LimitReached, NotFound
from app.platform import commands, filters
from app.platform.commands import Answer, IdempotencyMismatch
from app.platform.database import db
from app.platform.web import current_actor, is_htmx, rooted

T = TypeVar("T")
_KEY_LENGTH = 255
_UNSAID = frozenset({"csrf_token", "command_key", "submit"})
_SENT_BEFORE = "This was sent before with other figures. Look once more, then send it again."
_SEE_OTHER, _UNPROCESSABLE = 303, 422


class PageForm(FlaskForm):  # type: ignore[misc]
    """The base of every form that changes something. Draw it with `ui.hidden(form)`."""

    command_key = HiddenField(default=filters.command_key)
    problem: BatchTrackError | None = None
    """The refusal, for the template: what, why, and the button that cures it."""

    def validate_command_key(self, field: HiddenField) -> None:
        """The key that the page was drawn with.

        raises: ValidationError when it was lost or is not one
        """
        key = field.data or ""
        if not 1 <= len(key) <= _KEY_LENGTH or not all(32 <= ord(letter) < 127 for letter in key):
            self.form_errors.append("This form lost its place. Send it once more.")
            raise ValidationError

    def refuse(self, error: BatchTrackError, fields: Mapping[str, str] | None = None) -> None:
        """Say the refusal where it belongs, and take a new key.

        fields: the form's name of what the command calls otherwise: {"unit": "quantity"}
        """
        for name, messages in _by_field(error, fields or {}).items():
            if name in self:
                self[name].errors = [*self[name].errors, *messages]
            else:
                self.form_errors.extend(text for text in messages if text not in self.form_errors)
        error.drawer = rooted(error.drawer)
        self.problem = error
        self.command_key.data = filters.command_key()

    def take_over(self, other: "PageForm") -> None:
        """Say what another form of the same page was refused for."""
        self.form_errors.extend(text for said in other.errors.values() for text in said)
        self.problem = other.problem


def perform(form: FlaskForm, command: Callable[[], Answer], fields: Mapping[str, str] | None = None) -> Answer | None:
    """Run `command` once for this form; None when it is not (yet) valid or was refused, and the form says why.

    fields: see `PageForm.refuse`
    raises: Forbidden, Unavailable; to htmx also what a drawer can put right, so that its form stays as it stands
    """
    if not form.validate():
        form.command_key.data = filters.command_key()
        return None
    try:
        return commands.run(current_actor(), form.command_key.data, _asked(), command)
    except IdempotencyMismatch:
        form.refuse(Invalid(_SENT_BEFORE))
    except (Invalid, NotFound, Conflict, LimitReached) as error:
        db.session.rollback()
        if is_htmx() and (error.drawer or {}).get("modal_url"):
            raise
        form.refuse(error, fields)
    return None


def done(answer: Answer) -> Response:
    """Go to where the command's `went` says, with its words as a toast; the same again for a form sent again."""
    body = answer.body
    if body.get("text"):
        said: Any = {"text": body["text"], "undo_url": body.get("undo_url")}
        flash(said, "done")
    if is_htmx():
        return _told("HX-Redirect", body["url"])
    return make_response(redirect(body["url"], _SEE_OTHER))


def went(url: str, text: str = "", undo_url: str | None = None, **more: Any) -> Answer:
    """A command's answer on a page: where to go, what to say, how to undo it. `more` is remembered with it."""
    return Answer(_SEE_OTHER, {"url": url, "text": text, "undo_url": undo_url, **more})


def preview(form: FlaskForm, plan: Callable[[], T]) -> tuple[T | None, list[str]]:
    """What a form would do: its dry run, or why it cannot be. Nothing yet for a form that is not filled in."""
    if not form.validate():
        return None, []
    try:
        return plan(), []
    except (Invalid, NotFound, Conflict, LimitReached) as error:
        return None, [text for said in error.errors.values() for text in said] or [error.detail]
    finally:
        db.session.rollback()


def draw(form: FlaskForm, page: str, fragment: str, **context: Any) -> tuple[str, int]:
    """The page with the form, with the status that fits; to htmx the fragment that holds the form alone."""
    template = fragment if is_htmx() else page
    return render_template(template, form=form, **context), status_of(form)


def cured(event: str, fill: Mapping[str, Any] | None = None) -> Response:
    """A drawer's form is done: close it and tell the page, which tries its own form again.

    fill: what the page's own form says from now on, by the names of its fields
    """
    if fill is None:
        return _told("HX-Trigger", f"{event}, drawer:close")
    return _told("HX-Trigger", json.dumps({"drawer:fill": {"fields": fill}, event: {}, "drawer:close": {}}))


def status_of(form: FlaskForm) -> int:
    """200 for a form that is drawn, 422 or the refusal's own for one that is redrawn."""
    problem = getattr(form, "problem", None)
    if problem is not None:
        return int(problem.status) if problem.status != NotFound.status else _UNPROCESSABLE
    return _UNPROCESSABLE if form.errors else 200


def _told(header: str, value: str) -> Response:
    answer = make_response("", 200)
    answer.headers[header] = value
    return answer


def _asked() -> dict[str, Any]:
    """What was asked, so that the same key with anything else is noticed."""
    said = {name: request.form.getlist(name) for name in sorted(request.form) if name not in _UNSAID}
    return {"page": request.path, "form": said}


def _by_field(error: BatchTrackError, fields: Mapping[str, str]) -> dict[str, list[str]]:
    """Messages by the form's own names; those of no field under ""."""
    named = error.errors or {str(error.details.get("field", "")): [error.detail]}
    found: dict[str, list[str]] = {}
    for name, messages in named.items():
        found.setdefault(fields.get(name, name), []).extend(messages)
    return found

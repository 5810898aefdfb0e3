"""What a page says to somebody whose password was wrong, or who tried too often."""

from flask import Response, make_response
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.identity.services.sign_in import Refused

_LIMITED = "Too many tries. Wait {minutes} and try again."


def say(form: FlaskForm, refused: Refused, *, wrong: str) -> None:
    """Above the form: how long to wait, or what was wrong."""
    if refused.retry_after is None:
        form.form_errors.append(wrong)
        return
    minutes = -(-refused.retry_after // 60)
    form.form_errors.append(_LIMITED.format(minutes="a minute" if minutes == 1 else f"{minutes} minutes"))


def answer(page: ResponseReturnValue, refused: Refused) -> Response:
    """The page; with 429 and `Retry-After` where somebody has to wait."""
    made = make_response(page)
    if refused.retry_after is not None:
        made.status_code = 429
        made.headers["Retry-After"] = str(refused.retry_after)
    return made

"""Fields and the base of forms on pages that belong to no organization."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length, StopValidation

from app.identity.services import people
from app.identity.services.people import EMAIL_LENGTH, PASSWORD_LENGTH
from app.kernel.errors import BatchTrackError, Invalid
from app.platform.form_fields import ReadField

_SHORTEST, _LONGEST = PASSWORD_LENGTH


class EmailField(ReadField):
    """An email address: `value` as it was typed, without the spaces around it."""

    def __init__(self, label: str = "Email", *, need: str = "Your email, please.", **more: Any) -> None:
        drawn = {"type": "email", "autocapitalize": "none", "inputmode": "email", "maxlength": EMAIL_LENGTH}
        super().__init__(label, need=need, limit=EMAIL_LENGTH, render_kw=drawn, **more)

    def read(self, text: str) -> str:
        """The address."""
        try:
            people.check_email(text)
        except Invalid as error:
            raise StopValidation(error.detail) from None
        return text


class NewPasswordField(PasswordField):
    """A password that is being chosen. Which ones may be, the service says."""

    def __init__(self, label: str = "Password", **more: Any) -> None:
        drawn = {"autocomplete": "new-password", "maxlength": _LONGEST, "minlength": _SHORTEST}
        length = Length(_SHORTEST, _LONGEST, f"Must be {_SHORTEST} to {_LONGEST} characters.")
        super().__init__(label, [InputRequired("Choose a password."), _plain, length], render_kw=drawn, **more)


class KnownPasswordField(PasswordField):
    """The password that the person has."""

    def __init__(self, label: str = "Password", **more: Any) -> None:
        drawn = {"autocomplete": "current-password", "maxlength": _LONGEST}
        asked = [InputRequired("Your password, please."), _plain, Length(max=_LONGEST)]
        super().__init__(label, asked, render_kw=drawn, **more)


class PersonForm(FlaskForm):
    """A form of a person, of no organization."""

    problem: BatchTrackError | None = None

    def refuse(self, error: BatchTrackError, fields: Mapping[str, str] | None = None) -> None:
        """Say at the field, or above the form, why not.

        fields: the form's name of what the service calls otherwise
        """
        for name, said in (error.errors or {"": [error.detail]}).items():
            called = (fields or {}).get(name, name)
            if called in self:
                self[called].errors = [*self[called].errors, *said]
            else:
                self.form_errors.extend(said)
        self.problem = error


def _plain(_form: BaseForm, field: PasswordField) -> None:
    """No half letters: they cannot be hashed."""
    if any(0xD800 <= ord(letter) <= 0xDFFF for letter in field.data or ""):
        raise StopValidation("Holds characters that cannot be kept.")

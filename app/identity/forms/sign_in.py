"""The shape of what people type to sign in."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from app.identity.services.people import EMAIL_LENGTH, PASSWORD_LENGTH

_URL_LENGTH = 2_000


def _kept(_form: FlaskForm, field: StringField) -> None:
    """No control characters and no half letters: the database would refuse them."""
    text = field.data or ""
    if not text.isprintable() or any(0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        raise ValidationError("Holds characters that an email cannot have.")


class SignInForm(FlaskForm):
    """Email, password, and where to go afterwards."""

    email = StringField(
        "Email",
        [InputRequired("Your email, please."), Length(max=EMAIL_LENGTH), _kept],
        render_kw={"type": "email", "autocomplete": "username", "autocapitalize": "none", "maxlength": EMAIL_LENGTH},
    )
    password = PasswordField(
        "Password",
        [InputRequired("Your password, please."), Length(max=PASSWORD_LENGTH[1])],
        render_kw={"autocomplete": "current-password", "maxlength": PASSWORD_LENGTH[1]},
    )
    next = HiddenField("Next", [Length(max=_URL_LENGTH)])

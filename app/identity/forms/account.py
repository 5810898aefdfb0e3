"""The shapes of what people type at their own account's pages, and to set a password anew."""

from wtforms import HiddenField
from wtforms.validators import Length

from app.identity.forms.typed import EmailField, KnownPasswordField, NewPasswordField, PersonForm
from app.identity.services import people
from app.platform.form_fields import ReadField

_URL_LENGTH = 2_000
_ID_LENGTH = 36


class NameForm(PersonForm):
    """How a person is called."""

    name = ReadField(
        "Your name", need="Your name, please.", limit=people.NAME_LENGTH, render_kw={"autocomplete": "name"}
    )


class NewEmailForm(PersonForm):
    """Another email to sign in with."""

    email = EmailField("New email")


class ChangePasswordForm(PersonForm):
    """The password as it is, and as it shall be."""

    password = KnownPasswordField("Present password")
    new_password = NewPasswordField("New password")


class ConfirmForm(PersonForm):
    """The password once more, and where to go then."""

    password = KnownPasswordField()
    next = HiddenField("Next", [Length(max=_URL_LENGTH)])


class EndSessionForm(PersonForm):
    """One session to end, or all others when it names none."""

    session = HiddenField("Session", [Length(max=_ID_LENGTH)])


class AskResetForm(PersonForm):
    """The email whose password was forgotten."""

    email = EmailField()


class ResetForm(PersonForm):
    """The new password."""

    password = NewPasswordField("New password")

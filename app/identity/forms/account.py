"""The shapes of what people type at their own account's pages, and to set a password anew."""

from wtforms import HiddenField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length

from app.identity.forms.names import NamedField
from app.identity.forms.second_factors import CODE_LENGTH, ONE_TIME
from app.identity.forms.typed import EmailField, KnownPasswordField, NewPasswordField, PersonForm
from app.identity.services import people
from app.platform import words
from app.platform.form_fields import ChoiceField

_URL_LENGTH = 2_000
_ID_LENGTH = 36


def _offered() -> list[SelectChoice]:
    """Each in its own words."""
    return [SelectChoice(*each) for each in words.LOCALES.items()]


class NameForm(PersonForm):
    """How a person is called."""

    name = NamedField(
        "Your name", need="Your name, please.", limit=people.NAME_LENGTH, render_kw={"autocomplete": "name"}
    )


class LanguageForm(PersonForm):
    """In which language and locale pages and mails speak to a person; "": as each workshop does."""

    locale = ChoiceField("Language", choices=[SelectChoice("", "As the workshop"), *_offered()])


class NewEmailForm(PersonForm):
    """Another email to sign in with."""

    email = EmailField("New email")


class ChangePasswordForm(PersonForm):
    """The password as it is, and as it shall be."""

    password = KnownPasswordField("Present password")
    new_password = NewPasswordField("New password")


class ConfirmForm(PersonForm):
    """The password once more, the code of who has a second factor, and where to go then."""

    password = KnownPasswordField()
    code = StringField("Code", [Length(max=CODE_LENGTH)], render_kw=ONE_TIME)
    next = HiddenField("Next", [Length(max=_URL_LENGTH)])

    def has_code(self, *, needed: bool) -> bool:
        """Whether a code was typed where one is needed; says so at the field."""
        missing = needed and not (self.code.data or "").strip()
        if missing:
            self.code.errors = ["Your code, please."]
        return not missing


class EndSessionForm(PersonForm):
    """One session to end, or all others when it names none."""

    session = HiddenField("Session", [Length(max=_ID_LENGTH)])


class AskResetForm(PersonForm):
    """The email whose password was forgotten."""

    email = EmailField()


class ResetForm(PersonForm):
    """The new password."""

    password = NewPasswordField("New password")

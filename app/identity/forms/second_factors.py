"""The shapes of codes, passkeys and their names."""

from wtforms import HiddenField
from wtforms.validators import Length

from app.identity.forms.typed import PersonForm
from app.identity.services.passkeys import CREDENTIAL_LENGTH, NAME_LENGTH
from app.platform.form_fields import ReadField

CODE_LENGTH = 40
_URL_LENGTH = 2_000
ONE_TIME = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}


class AppCodeForm(PersonForm):
    """The first code of a new app."""

    code = ReadField(
        "Code that the app shows",
        need="The six digits, please.",
        limit=CODE_LENGTH,
        render_kw={**ONE_TIME, "inputmode": "numeric"},
    )


class SecondStepForm(PersonForm):
    """A code of the app, or a recovery code."""

    code = ReadField("Code", need="Your code, please.", limit=CODE_LENGTH, render_kw=ONE_TIME)


class CredentialForm(PersonForm):
    """What a passkey answered: JSON that the page's script writes. And where to go afterwards."""

    credential = HiddenField("Passkey", [Length(max=CREDENTIAL_LENGTH)])
    next = HiddenField("Next", [Length(max=_URL_LENGTH)])


class PasskeyForm(PersonForm):
    """A new passkey and what the person calls it."""

    name = ReadField(
        "Name", need="A name, so that you know it again.", limit=NAME_LENGTH, render_kw={"autocomplete": "off"}
    )
    credential = HiddenField("Passkey", [Length(max=CREDENTIAL_LENGTH)])

"""What somebody types who takes an invitation and has no account."""

from app.identity.forms.names import NamedField
from app.identity.forms.typed import NewPasswordField, PersonForm
from app.identity.services.people import NAME_LENGTH


class JoinForm(PersonForm):
    """Name and password; the email is the one that was invited."""

    name = NamedField("Your name", need="Your name, please.", limit=NAME_LENGTH, render_kw={"autocomplete": "name"})
    password = NewPasswordField()

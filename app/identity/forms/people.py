"""What people type about other people: whom to invite, as what; who is owner next."""

from collections.abc import Mapping

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.identity.forms.typed import EmailField
from app.platform.form_fields import NAME, ChoiceField, ReadField
from app.platform.pages import PageForm


class RoleForm(PageForm):
    """A role for somebody."""

    role = ChoiceField("Role")

    def offer(self, roles: Mapping[str, str]) -> None:
        """Say which roles can be given: what they are kept as, to what they are called."""
        self.role.choices = [SelectChoice(role, name) for role, name in roles.items()]


class InviteForm(RoleForm):
    """Whom to invite."""

    email = EmailField(need="Whose email?")


class TransferForm(PageForm):
    """Who is owner next; the workshop's name, typed to confirm."""

    member = SelectField("New owner")
    name = ReadField("The workshop’s name", need="Type the workshop’s name to confirm.", limit=NAME)

    def offer(self, people: Mapping[str, str]) -> None:
        """Say who can be chosen: ids to names."""
        first = SelectChoice("", "Choose somebody …")
        self.member.choices = [first, *(SelectChoice(person, name) for person, name in people.items())]

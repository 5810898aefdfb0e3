"""What people type to make a role of their own."""

from collections.abc import Iterable

from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.identity.services.own_roles import NAME_LENGTH
from app.identity.services.plain_words import PERMISSIONS
from app.kernel.permissions import Permission
from app.platform.form_fields import ReadField
from app.platform.pages import PageForm


class OwnRoleForm(PageForm):
    """A name, and what people with the role may do."""

    name = ReadField("Name", need="What is the role called?", limit=NAME_LENGTH)
    permissions = SelectMultipleField("They may", validate_choice=True)

    def offer(self, permissions: Iterable[Permission]) -> None:
        """Say what can be chosen."""
        self.permissions.choices = [SelectChoice(str(each), PERMISSIONS[each]) for each in sorted(permissions)]

    def chosen(self) -> frozenset[Permission]:
        """What was ticked."""
        return frozenset(Permission(each) for each in self.permissions.data or ())

"""A craft, and the materials to begin with."""

from collections.abc import Mapping

from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from app.catalog.services.items import NewItem
from app.identity.services.organizations import CRAFTS
from app.platform.form_fields import ChoiceField
from app.platform.pages import PageForm


class CraftForm(PageForm):
    """What the workshop makes."""

    craft = ChoiceField("What you make", choices=[SelectChoice(*each) for each in CRAFTS.items()])


class StartersForm(PageForm):
    """Typical materials, ticked."""

    starters = SelectMultipleField("Materials", validators=[InputRequired("Tick what you keep.")])

    def offer(self, starters: Mapping[str, NewItem]) -> None:
        """Say what can be ticked."""
        self.starters.choices = [SelectChoice(code, said.name) for code, said in starters.items()]

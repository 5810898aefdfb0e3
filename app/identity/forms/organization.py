"""What people type about their organization."""

from functools import cache

from babel import Locale
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.identity.forms.names import NamedField
from app.identity.forms.sign_up import ZoneField
from app.identity.services.organizations import CRAFTS, NAME_LENGTH
from app.platform.form_fields import NAME, ChoiceField, ReadField
from app.platform.pages import PageForm

_LANGUAGES = (
    *("en", "en_AU", "en_CA", "en_GB", "en_NZ", "en_US", "cs", "da", "de", "de_AT", "de_CH", "es", "es_MX", "fi"),
    *("fr", "fr_CA", "it", "nb", "nl", "pl", "pt", "pt_BR", "sv"),
)


@cache
def languages() -> dict[str, str]:
    """How numbers and dates can be written: tags to names."""
    return {tag: str(Locale.parse(tag).get_display_name("en_US")) for tag in _LANGUAGES}


class OrganizationForm(PageForm):
    """What an organization says of itself."""

    name = NamedField("Name", need="What is it called?", limit=NAME_LENGTH)
    time_zone = ZoneField("Time zone", need="Where is it?")
    locale = SelectField("Numbers and dates as in")
    craft = ChoiceField("What you make")

    def offer(self, present: str, craft: str | None) -> None:
        """Say which languages and crafts can be chosen; the present ones always can. Unsaid, the craft stays."""
        known = languages()
        more = {} if present in known else {present: present}
        self.locale.choices = list((known | more).items())
        self.craft.choices = [
            *([] if craft else [SelectChoice("", "Not said yet")]),
            *(SelectChoice(*each) for each in CRAFTS.items()),
        ]
        if not self.craft.raw_data:
            self.craft.data = craft or ""


class CloseForm(PageForm):
    """The workshop's name, typed to confirm."""

    name = ReadField("The workshop’s name", need="Type the workshop’s name to confirm.", limit=NAME)

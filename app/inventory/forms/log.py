"""Which part of the log people ask for."""

from flask_wtf import FlaskForm

from app.inventory.forms.moves import choices
from app.platform.form_fields import ChoiceField, DayField


class LogForm(FlaskForm):
    """The log's filters. They come in the address, so they carry no token."""

    class Meta:
        """Nothing is changed by asking."""

        csrf = False

    item = ChoiceField("Material", choices=choices({"": "Everything"}), validate_choice=False)
    kind = ChoiceField("What happened", choices=choices({"": "Anything"}), validate_choice=False)
    since = DayField("From", name="from")
    until = DayField("To", name="to")

    def offer(self, items: dict[str, str], kinds: dict[str, str]) -> None:
        """What there is to choose from, by code and by kind."""
        self.item.choices = choices({"": "Everything"} | items)
        self.kind.choices = choices({"": "Anything"} | kinds)

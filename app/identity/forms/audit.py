"""Which part of the audit log people ask for, and in which form they take it away."""

from flask_wtf import FlaskForm
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.platform.form_fields import ChoiceField, DayField
from app.platform.pages import PageForm

_FORMATS = [SelectChoice("csv", "CSV, for a spreadsheet"), SelectChoice("jsonl", "JSON lines, to verify")]


class AuditFilterForm(FlaskForm):
    """The log's filters. They come in the address, so they carry no token."""

    class Meta:
        """Nothing is changed by asking."""

        csrf = False

    person = ChoiceField("Who", choices=[SelectChoice("", "Everybody")], default="", validate_choice=False)
    area = ChoiceField("What", choices=[SelectChoice("", "Anything")], default="")
    since = DayField("From", name="from")
    until = DayField("To", name="to")

    def offer(self, people: dict[str, str], areas: dict[str, str]) -> None:
        """What there is to choose from: people by id, areas by their word."""
        self.person.choices = [SelectChoice("", "Everybody"), *(SelectChoice(*said) for said in people.items())]
        self.area.choices = [SelectChoice("", "Anything"), *(SelectChoice(*said) for said in areas.items())]


class AuditExportForm(PageForm):
    """The whole log, as a file."""

    format = ChoiceField("As", choices=_FORMATS, default="csv")

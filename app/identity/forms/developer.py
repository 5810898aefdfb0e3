"""What a developer user says before entering an organization."""

from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.identity.services.developers import MINUTES
from app.platform.form_fields import REASON, ChoiceField, NoteField
from app.platform.pages import PageForm

_SHORTEST_FIRST = [SelectChoice(str(minutes), f"{minutes} minutes") for minutes in MINUTES]


class EnterForm(PageForm):
    """Why, and for how long."""

    reason = NoteField("Why", need="Say why: the organization's owner reads it.", limit=REASON)
    minutes = ChoiceField("For how long", choices=_SHORTEST_FIRST, default=str(MINUTES[0]))

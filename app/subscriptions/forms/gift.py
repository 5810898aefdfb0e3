"""What a developer user says when giving a plan, or taking it back."""

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.platform.form_fields import REASON, DayField, NoteField
from app.platform.pages import PageForm
from app.subscriptions.services import tiers

_WHY = "Say why: the organization's owner reads it."


class GiftForm(PageForm):
    """Which plan, until when, and why."""

    tier = SelectField("Plan")
    last_day = DayField("Through", limit=10)
    reason = NoteField("Why", need=_WHY, limit=REASON)

    def with_tiers(self) -> "GiftForm":
        """Offer every plan, Exempt too."""
        self.tier.choices = [SelectChoice(tier.name, tier.title) for tier in tiers.load().values()]
        return self


class TakeBackForm(PageForm):
    """Why a gift ends."""

    reason = NoteField("Why", need=_WHY, limit=REASON, id="take-back-reason")

"""What people type to plan a batch, take more for it, and end it."""

from collections.abc import Sequence

from wtforms import HiddenField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.catalog.services import unit_conversion
from app.catalog.services.unit_conversion import ItemUnits
from app.platform.form_fields import LONG, NAME, REASON, DayField, NoteField, ReadField
from app.platform.pages import PageForm
from app.production.services.finishing import Finish, SaidLoss, SaidOutput
from app.recipes.forms.scale import Scaled

LOSS_CHOICES = {
    "trim": "Trimmings",
    "spill": "Spilled",
    "evaporation": "Evaporated",
    "sample": "Tested or sampled",
    "quality": "Not good enough",
    "other": "Something else",
}
PLAN_FIELDS = {"version": "recipe", "scale": "make"}
EXTRA_FIELDS = {
    "lines.0": "item",
    "lines.0.item": "item",
    "lines.0.quantity": "amount",
    "lines.0.unit": "amount",
    "lines.0.reason": "reason",
}
FINISH_FIELDS = {
    "quantity": "made",
    "unit": "made",
    "outputs.0.quantity": "made",
    "outputs.0.unit": "made",
    "outputs.0.expires_on": "use_by",
    "loss.quantity": "loss",
    "loss.unit": "loss",
    "loss.category": "loss_category",
    "loss.note": "loss_note",
}
"""What the commands call what the forms call otherwise."""


class PlanForm(Scaled, PageForm):
    """Which recipe, how much of it, and when. `make` wins over `scale`."""

    recipe = SelectField("Recipe", validate_choice=False)
    version = HiddenField("Version")
    planned_for = DayField("On")
    note = NoteField("Note", limit=LONG)

    def offer(self, recipes: Sequence[tuple[str, str]]) -> None:
        """The recipes to choose from: (id, name)."""
        self.recipe.choices = [SelectChoice("", "Choose a recipe"), *(SelectChoice(*pair) for pair in recipes)]

    def validate_version(self, field: HiddenField) -> None:
        """A number, or nothing: the version in force."""
        said = field.data or ""
        field.data = said if said.isascii() and said.isdigit() and len(said) < 10 else None


class StartForm(PageForm):
    """`skip`: ids of the materials that are left out."""

    skip = SelectMultipleField("Left out", choices=[], validate_choice=False)


class ExtraForm(PageForm):
    """Something taken on top while the batch is made."""

    item = ReadField("What", need="What did you take?", limit=NAME)
    amount = ReadField("How much", need="How much of it?", limit=80)
    reason = ReadField("Why", need="Say why, such as: spilled some.", limit=REASON)


class FinishForm(PageForm):
    """What came out, what was lost, and why it was more than expected."""

    made = ReadField("What came out", need="How much came out? Write 0 if nothing did.", limit=80)
    use_by = DayField("Use by")
    loss = ReadField("Lost", limit=80)
    loss_category = SelectField("How", choices=[SelectChoice(*pair) for pair in LOSS_CHOICES.items()])
    loss_note = ReadField("About the loss", limit=NAME)
    variance_reason = ReadField("Why it is more than expected", limit=REASON)

    def said(self, units: ItemUnits) -> Finish:
        """What the command is told.

        raises: Invalid, MissingDensity, MissingUnitMapping, UnknownUnit on made or loss
        """
        made = SaidOutput(unit_conversion.typed(self.made.value, units, field="made"), expires_on=self.use_by.value)
        loss = self.loss.value and SaidLoss(
            unit_conversion.typed(self.loss.value, units, field="loss"), self.loss_category.data, self.loss_note.value
        )
        return Finish([made], loss or None, self.variance_reason.value)


class ReasonForm(PageForm):
    """Why a batch failed or is taken back."""

    reason = ReadField("Why", need="Say why: it stays in the batch’s record.", limit=REASON)


class CancelForm(PageForm):
    """Why a batch is called off; may be left out."""

    reason = ReadField("Why", limit=REASON)

"""What people type to plan a batch, take more for it, and end it."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.catalog.services import unit_conversion
from app.catalog.services.unit_conversion import ItemUnits
from app.platform.form_fields import (
    LONG,
    NAME,
    REASON,
    ChoiceField,
    DayField,
    MeasuredField,
    NoteField,
    ReadField,
    WholeField,
)
from app.platform.pages import PageForm
from app.production.services import label_papers, timers
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
LENGTHS = {
    "5": "5 min",
    "10": "10 min",
    "15": "15 min",
    "20": "20 min",
    "30": "30 min",
    "45": "45 min",
    "60": "1 h",
    "90": "1½ h",
}
"""Minutes that are one tap away."""

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
WEIGH_FIELDS = {"quantity": "amount", "lines.0.quantity": "amount", "unit": "amount", "lines.0.unit": "amount"}
"""What the commands call what the forms call otherwise."""


class PlanForm(Scaled, PageForm):
    """Which recipe, how much of it, and when. `make` wins over `scale`, unless the scale was typed since."""

    recipe = ReadField("Recipe", need="Which recipe?", limit=NAME)
    version = HiddenField("Version")
    drawn = ReadField("The scale as it was drawn", limit=40)
    planned_for = DayField("On")
    note = NoteField("Note", limit=LONG)
    skip = SelectMultipleField("Left out", choices=[], validate_choice=False)

    def validate_version(self, field: HiddenField) -> None:
        """A number, or nothing: the version in force."""
        said = field.data or ""
        field.data = said if said.isascii() and said.isdigit() and len(said) < 10 else None

    def prefer_scale(self) -> None:
        """Where the scale was typed since it was drawn, the amount goes with it."""
        if self.drawn.data and self.scale.data and self.scale.data.strip() != self.drawn.data:
            self.make.data = self.make.value = ""


class StartForm(PageForm):
    """`skip`: ids of the materials that are left out. `make`: less than was planned, as a shortage's drawer offers."""

    make = HiddenField("Make")
    skip = SelectMultipleField("Left out", choices=[], validate_choice=False)


class ExtraForm(PageForm):
    """Something taken on top while the batch is made."""

    item = ReadField("What", need="What did you take?", limit=NAME)
    amount = MeasuredField("How much", need="How much of it?", limit=80)
    reason = ReadField("Why", need="Say why, such as: spilled some.", limit=REASON)


class FinishForm(PageForm):
    """What came out, what was lost, and why it was more than expected."""

    made = MeasuredField("What came out", need="How much came out? Write 0 if nothing did.", limit=80)
    use_by = DayField("Use by")
    loss = MeasuredField("Lost", limit=80)
    loss_category = ChoiceField("How", choices=[SelectChoice(*pair) for pair in LOSS_CHOICES.items()])
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


class TickForm(PageForm):
    """A line was weighed. `lot`: what was read off the label, if it was."""

    lot = HiddenField("Lot")


class WeighForm(PageForm):
    """Another amount than the recipe's went in, all in all."""

    amount = MeasuredField("What went in, all in all", need="How much went in?", limit=80)
    reason = ReadField("Why", need="Say why, such as: the jug was empty.", limit=REASON)


class LotForm(PageForm):
    """The lot in the hand."""

    lot = ReadField("Lot code", need="Which lot do you hold? Read the code off its label.", limit=NAME)


class TimerForm(PageForm):
    """What is waited for, and how long. `minutes` wins over `length`."""

    name = ReadField("What are you waiting for?", limit=NAME)
    length = RadioField(
        "How long?", choices=[SelectChoice(*pair) for pair in LENGTHS.items()], default="20", validate_choice=False
    )
    minutes = WholeField("Other, in minutes", least=1, most=timers.LONGEST_MINUTES)

    def validate_length(self, field: RadioField) -> None:
        """One of those that are drawn."""
        if field.data not in LENGTHS:
            field.data = "20"

    @property
    def lasts(self) -> int:
        """In minutes."""
        return self.minutes.value or int(self.length.data)


class NoteForm(PageForm):
    """Something worth keeping about this making."""

    note = NoteField("Note", need="Write something down first.", limit=LONG)


class ReasonForm(PageForm):
    """Why a batch failed or is taken back."""

    reason = ReadField("Why", need="Say why: it stays in the batch’s record.", limit=REASON)


class CancelForm(PageForm):
    """Why a batch is called off; may be left out."""

    reason = ReadField("Why", limit=REASON)


class LabelForm(FlaskForm):
    """How labels are printed. It comes in the address and changes nothing, so it carries no token."""

    class Meta:
        """Nothing is changed by asking."""

        csrf = False

    paper = RadioField("Paper", validate_choice=False)
    start = WholeField("Start at", least=1, most=99)
    count = WholeField("How many", least=1, most=label_papers.MOST)
    weight = ReadField("Weight", limit=40)

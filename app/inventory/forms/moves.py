"""What people type when something comes in, leaves or is counted."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from wtforms import HiddenField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import StopValidation

from app.catalog.services import unit_conversion
from app.catalog.services.items import REFERENCE
from app.catalog.services.unit_conversion import ItemUnits
from app.inventory.forms.stocktake import as_read, read_book
from app.inventory.services.adjustment import Count, Issue
from app.kernel import numbers
from app.kernel.errors import Invalid
from app.kernel.numbers import Money, Quantity
from app.platform.form_fields import (
    LONG,
    NAME,
    REASON,
    AmountField,
    ChoiceField,
    MeasuredField,
    MomentField,
    NoteField,
)
from app.platform.form_fields import ReadField as WordsField
from app.platform.pages import PageForm

_QUANTITY_LENGTH = 80
ISSUE_CHOICES = {
    "use": "Used",
    "sale": "Sold",
    "sample": "Sample",
    "tester": "Tester",
    "gift": "Gift",
    "spoil": "Spoiled",
    "trash": "Thrown away",
    "expired": "Expired",
    "damaged": "Damaged",
    "quality_fail": "Failed quality check",
}
FIELDS = {
    "unit": "quantity",
    "unit_cost": "cost",
    "total_cost": "cost",
    "occurred_at": "happened_at",
}
"""What the commands call what the forms call otherwise."""


def choices(words: dict[str, str]) -> Any:
    """A select's choices."""
    return [SelectChoice(value, label) for value, label in words.items()]


def read_code(text: str) -> str:
    """A lot code as people may give one. raises: ValueError"""
    if not REFERENCE.fullmatch(text):
        raise ValueError("Letters, digits, dots, dashes and underscores, at most 64.")
    return text


class QuantityField(MeasuredField):
    """An amount as people write it: `2 lb 3 oz`. `value` stays text; the units are looked up by the command."""

    def __init__(self, label: str, **more: Any) -> None:
        super().__init__(label, limit=_QUANTITY_LENGTH, **more)

    def read(self, text: str) -> str:
        """The text with plain decimals, when amounts and units can be told apart in it."""
        said: str = super().read(text)
        try:
            unit_conversion.read_quantity(said)
        except Invalid as error:
            raise StopValidation(error.detail) from None
        return said


class UseForm(PageForm):
    """Something leaves. `lot` "" is the oldest first; else the code of a lot."""

    quantity = QuantityField("How much", need="How much left?")
    kind = ChoiceField("What happened to it", choices=choices(ISSUE_CHOICES))
    lot = ChoiceField("From which lot", choices=choices({"": "Oldest first"}), validate_choice=False)
    to = WordsField("Who got it", limit=NAME)
    reason = WordsField("Reason", limit=REASON)
    happened_at = MomentField("When, if not now")
    note = NoteField("Note", limit=LONG)

    def offer(self, lots: dict[str, str]) -> None:
        """The open lots to choose from: their codes, and what to say of each."""
        self.lot.choices = choices({"": "Oldest first"} | lots)

    def said(self, item_id: UUID, units: ItemUnits, *, lot_id: UUID | None, zone: str) -> Issue:
        """What the command is told.

        zone:   in which `happened_at` was typed
        raises: Invalid, MissingDensity, MissingUnitMapping, UnknownUnit on quantity
        """
        return Issue(
            item_id=item_id,
            quantity=unit_conversion.typed(self.quantity.value, units),
            kind=self.kind.data,
            lot_id=lot_id,
            to=self.to.value,
            reason=self.reason.value,
            note=self.note.value,
            occurred_at=_instant(self.happened_at.value, zone),
        )


class CountForm(PageForm):
    """What the shelf holds. `expected` is the book as it was drawn, in the item's unit."""

    counted = QuantityField("Counted", need="What did you count?")
    unit_cost = AmountField("Cost of what was found")
    reason = WordsField("Reason", need="Say why, such as: monthly count.", limit=REASON)
    expected = HiddenField("The book")
    lot = HiddenField("Lot")

    def said(self, item_id: UUID, units: ItemUnits, *, lot_id: UUID | None) -> Count:
        """What the command is told: in the item's unit, as `expected` is, so that the two compare exactly.

        raises: as `UseForm.said`, on counted
        """
        typed = unit_conversion.typed(self.counted.value, units, field="counted")
        micro = unit_conversion.to_stock_unit(typed, units, field="counted")
        book = read_book(self.expected.data)
        return Count(
            item_id=item_id,
            counted=Quantity(as_read(numbers.from_micro(micro), book), units.stock_unit),
            reason=self.reason.value,
            lot_id=lot_id,
            expected=book,
            unit_cost=None if self.unit_cost.value is None else Money(self.unit_cost.value),
        )


def _instant(moment: datetime | None, zone: str) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)

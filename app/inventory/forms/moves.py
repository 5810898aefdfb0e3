"""What people type when something comes in, leaves or is counted."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import StopValidation

from app.catalog.services import unit_conversion
from app.catalog.services.items import REFERENCE
from app.catalog.services.unit_conversion import ItemUnits
from app.inventory.services.adjustment import Count, Issue, Receipt
from app.kernel import numbers
from app.kernel.errors import Invalid
from app.kernel.numbers import Money, Quantity
from app.platform.form_fields import LONG, NAME, REASON, AmountField, CheckedField, DayField, MomentField, NoteField
from app.platform.form_fields import ReadField as WordsField
from app.platform.pages import PageForm

TOTAL, PER_UNIT = "total", "unit"
_QUANTITY_LENGTH = 80
RECEIPT_CHOICES = {"receipt": "Delivery", "opening": "Opening stock", "found": "Found"}
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


class QuantityField(WordsField):
    """An amount as people write it: `2 lb 3 oz`. `value` stays text; the units are looked up by the command."""

    def __init__(self, label: str, **more: Any) -> None:
        super().__init__(label, limit=_QUANTITY_LENGTH, **more)

    def read(self, text: str) -> str:
        """The text, when amounts and units can be told apart in it."""
        try:
            unit_conversion.read_quantity(text)
        except Invalid as error:
            raise StopValidation(error.detail) from None
        return text


class ReceiveForm(PageForm):
    """Something comes in. `quantity` is text such as `2 lb 3 oz`; the unit conversion reads it."""

    quantity = QuantityField("How much", need="How much came in?")
    cost = AmountField("Cost")
    cost_basis = SelectField(
        "The cost is",
        choices=choices({TOTAL: "in total", PER_UNIT: "per unit typed"}),
        validate_choice=False,  # not drawn for what has no cost
    )
    expires_on = DayField("Use by")
    received_on = DayField("Came in on")
    supplier = WordsField("Supplier", limit=NAME)
    supplier_lot = WordsField("Supplier’s lot")
    kind = SelectField("It is", choices=choices(RECEIPT_CHOICES))
    fifo_code = CheckedField("Your own lot code", rule=read_code, limit=64)
    reference = WordsField("Invoice or order", limit=NAME)
    note = NoteField("Note", limit=LONG)

    def said(self, item_id: UUID, units: ItemUnits) -> Receipt:
        """What the command is told.

        raises: Invalid, MissingDensity, MissingUnitMapping, UnknownUnit on quantity
        """
        cost = None if self.cost.value is None else Money(self.cost.value)
        in_total = self.cost_basis.data != PER_UNIT
        return Receipt(
            item_id=item_id,
            quantity=unit_conversion.typed(self.quantity.value, units),
            unit_cost=None if in_total else cost,
            total_cost=cost if in_total else None,
            kind=self.kind.data,
            received_on=self.received_on.value,
            expires_on=self.expires_on.value,
            supplier=self.supplier.value,
            supplier_lot=self.supplier_lot.value,
            fifo_code=self.fifo_code.value,
            reference=self.reference.value,
            note=self.note.value,
        )


class UseForm(PageForm):
    """Something leaves. `lot` "" is the oldest first; else the code of a lot."""

    quantity = QuantityField("How much", need="How much left?")
    kind = SelectField("What happened to it", choices=choices(ISSUE_CHOICES))
    lot = SelectField("From which lot", choices=choices({"": "Oldest first"}), validate_choice=False)
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
        raises: as `ReceiveForm.said`
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

        raises: as `ReceiveForm.said`, on counted
        """
        typed = unit_conversion.typed(self.counted.value, units, field="counted")
        micro = unit_conversion.to_stock_unit(typed, units, field="counted")
        return Count(
            item_id=item_id,
            counted=Quantity(numbers.from_micro(micro), units.stock_unit),
            reason=self.reason.value,
            lot_id=lot_id,
            expected=_number(self.expected.data),
            unit_cost=None if self.unit_cost.value is None else Money(self.unit_cost.value),
        )


def _number(text: str | None) -> Any:
    try:
        return numbers.read(text) if text else None
    except numbers.NotANumber:
        return None


def _instant(moment: datetime | None, zone: str) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)

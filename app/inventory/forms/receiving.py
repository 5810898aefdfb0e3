"""A delivery as it is typed: who brought it and when, and a line for each thing that came.

Lines stand side by side in fields of one name: the first `quantity` belongs to the first `item`.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import Form

from app.catalog.services import unit_conversion
from app.catalog.services.unit_conversion import ItemUnits
from app.inventory.forms.expiry import ExpiryField
from app.inventory.forms.moves import QuantityField, choices, read_code
from app.inventory.services.adjustment import Receipt
from app.kernel.errors import BatchTrackError
from app.kernel.numbers import Money
from app.platform.form_fields import LONG, NAME, AmountField, CheckedField, ChoiceField, DayField, NoteField, ReadField
from app.platform.pages import PageForm

TOTAL, PER_UNIT = "total", "unit"
MOST_LINES = 60
RECEIPT_CHOICES = {"receipt": "Delivery", "opening": "Opening stock", "found": "Found"}
_CALLED = {"unit": "quantity", "unit_cost": "cost", "total_cost": "cost"}
_OF_LINE = re.compile(r"lines\.([0-9]+)\.(\w+)")


class ReceiveLine(Form):
    """One thing that came in. `quantity` is text such as `2 lb 3 oz`; the unit conversion reads it."""

    item = ReadField("What", need="What came in?", limit=NAME)
    quantity = QuantityField("How much", need="How much came in?")
    cost = AmountField("Cost")
    cost_basis = ChoiceField(
        "The cost is", choices=choices({TOTAL: "in total", PER_UNIT: "per unit"}), validate_choice=False
    )
    supplier_lot = ReadField("Supplier’s lot")
    expires_on = ExpiryField("Use by")
    fifo_code = CheckedField("Your own lot code", rule=read_code, limit=64)

    def number(self, n: int) -> "ReceiveLine":
        """The same with ids of its own: the first line's are the plain names."""
        for field in self if n else ():
            field.id = field.label.field_id = f"{field.name}-{n}"
        return self

    def said(self, item_id: UUID, units: ItemUnits, *, received_on: date, last_price: Any) -> dict[str, Any]:
        """What the command is told of this line.

        last_price: per stock unit, what counts when no cost was typed; None: nothing does
        raises:     Invalid, MissingDensity, MissingUnitMapping, UnknownUnit on quantity
        """
        quantity = unit_conversion.typed(self.quantity.value, units)
        return {
            "item_id": item_id,
            "quantity": quantity,
            "supplier_lot": self.supplier_lot.value,
            "expires_on": self.expires_on.value.after(received_on) if self.expires_on.value else None,
            "fifo_code": self.fifo_code.value,
            **self._cost(quantity, units, last_price),
        }

    def _cost(self, quantity: Any, units: ItemUnits, last_price: Any) -> dict[str, Money]:
        if self.cost.value is not None:
            return {"unit_cost" if self.cost_basis.data == PER_UNIT else "total_cost": Money(self.cost.value)}
        if last_price is None:
            return {}
        micro = unit_conversion.to_stock_unit(quantity, units)
        return {"total_cost": Money(last_price.of(micro))}


KNOWN_FIELDS = ("quantity", "supplier_lot", "expires_on")
LINE_FIELDS = ("item", "quantity", "cost", "cost_basis", "supplier_lot", "expires_on", "fifo_code")


class ReceiveForm(PageForm):
    """The delivery. `lines` are not a field of it: they come as columns."""

    supplier = ReadField("Supplier", limit=NAME)
    received_on = DayField("Came in on")
    reference = ReadField("Delivery note or invoice", limit=NAME)
    kind = ChoiceField("It is", choices=choices(RECEIPT_CHOICES))
    note = NoteField("Note", limit=LONG)

    def __init__(self, *, item: str | None = None, known: Mapping[str, str] | None = None, **more: Any) -> None:
        """item, known: the code of the first line's thing, and what the page's address says of it."""
        super().__init__(**more)
        typed = _columns(request.form) if request.method == "POST" else []
        lines = [ReceiveLine(MultiDict(row)) for row in typed[:MOST_LINES]] or [ReceiveLine()]
        if item is not None and not lines[0].item.data:
            lines[0].item.process(MultiDict({"item": item}))
        for name, text in ({} if typed or not known else known).items():
            if name in KNOWN_FIELDS:
                lines[0][name].process(MultiDict({name: text}))
        self.lines = [line.number(n) for n, line in enumerate(lines)]

    def blank(self) -> ReceiveLine:
        """The line from which the page makes more."""
        line = ReceiveLine().number(1)
        for field in line:
            field.id = field.label.field_id = f"{field.name}-__n__"
        return line

    def add_line(self) -> None:
        """One more, empty."""
        self.lines.append(ReceiveLine().number(len(self.lines)))

    def validate(self, extra_validators: Any = None) -> bool:
        """The delivery and every line, so that all that is wrong is said at once."""
        lines_are_sound = [line.validate() for line in self.lines]
        return bool(super().validate(extra_validators)) and all(lines_are_sound)

    @property
    def errors(self) -> dict[str, Any]:
        """What is wrong, by field."""
        wrong: dict[str, Any] = dict(super().errors)
        return wrong | {f"line {n}": line.errors for n, line in enumerate(self.lines) if line.errors}

    def refuse(self, error: BatchTrackError, fields: Mapping[str, str] | None = None) -> None:
        """Say what a line was refused for at its field, and the rest where it belongs."""
        rest = {}
        for name, messages in error.errors.items():
            field = self._field(name)
            if field is None:
                rest[name] = messages
            else:
                field.errors = [*field.errors, *messages]
        error.errors = rest or ({"": []} if error.errors else {})
        super().refuse(error, fields)

    def shared(self) -> dict[str, Any]:
        """What every line's command is told."""
        return {
            "kind": self.kind.data,
            "received_on": self.received_on.value,
            "supplier": self.supplier.value,
            "reference": self.reference.value,
            "note": self.note.value,
        }

    def _field(self, name: str) -> Any:
        found = _OF_LINE.fullmatch(name)
        if found is None or int(found[1]) >= len(self.lines):
            return None
        called = _CALLED.get(found[2], found[2])
        line = self.lines[int(found[1])]
        place: Form = line if called in line else self
        return place[called] if called in place else None  # noqa: SIM401 - a form is no mapping


def receipt(said: Mapping[str, Any], shared: Mapping[str, Any]) -> Receipt:
    """One line of a delivery, as the command takes it."""
    return Receipt(**shared, **said)


def _columns(form: MultiDict[str, str]) -> list[dict[str, str]]:
    """The lines that were typed, without those that are empty; one at least."""
    columns = {name: form.getlist(name) for name in LINE_FIELDS}
    rows = [
        {name: column[n] for name, column in columns.items() if n < len(column)}
        for n in range(max(map(len, columns.values())))
    ]
    told = [row for row in rows if any(text.strip() for name, text in row.items() if name != "cost_basis")]
    return told or rows[:1]

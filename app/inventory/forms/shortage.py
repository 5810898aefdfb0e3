"""What people say about all that is short for one thing they want to do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from uuid import UUID

from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, HiddenField

from app.catalog.services import unit_conversion
from app.catalog.services.unit_conversion import ItemUnits
from app.inventory.forms.moves import FIELDS, QuantityField
from app.inventory.services.adjustment import Receipt
from app.kernel import ids, numbers
from app.kernel.errors import BatchTrackError, Invalid
from app.kernel.numbers import Money
from app.platform.form_fields import AmountField, DayField, ReadField
from app.platform.pages import PageForm
from app.platform.web import rooted

MOST = 50
_WHOLE_FROM = 10
_LONGEST = 60
_ROW_FIELD = re.compile(r"rows\.([0-9]+)\.([a-z_]+)")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the drawer was opened with.

    needs: so much of each item, in millionths of its unit
    makes: how much is to be made of what is short, as decimal text, and its unit; None: nothing that can be made less
    skip:  whether it can be done without
    """

    needs: dict[UUID, int]
    makes: Decimal | None
    unit: str
    skip: bool

    def less(self, available: dict[UUID, int]) -> Decimal | None:
        """The largest amount that the shelf allows; None where nothing can be made, or not less.

        available: by item, millionths
        """
        of = self.makes
        if of is None and len(self.needs) == 1:
            of = numbers.from_micro(next(iter(self.needs.values())))
        if of is None or not self.needs:
            return None
        part = min(Decimal(max(available.get(item, 0), 0)) / Decimal(need) for item, need in self.needs.items())
        most = of * min(part, Decimal(1))
        step = Decimal(1) if most >= _WHOLE_FROM or self.unit == "each" else Decimal("0.01")
        return most.quantize(step, ROUND_FLOOR) or None


def asked(said: "MultiDict[str, str]") -> Asked:
    """Read from an address: `?need=<item>:800&need=...&makes=12&unit=each&skip=1`. What makes no sense is left out."""
    pairs = [text.partition(":") for text in said.getlist("need")[:MOST]]
    needs = {item: need for text, _, amount in pairs if (item := ids.parse(text)) and (need := _micro(amount))}
    return Asked(needs, _amount(said.get("makes", "")), said.get("unit", "")[:_LONGEST], said.get("skip") == "1")


def _amount(text: str) -> Decimal | None:
    try:
        amount = numbers.read(text)
    except (numbers.NotANumber, InvalidOperation):
        return None
    return amount if amount > 0 else None


def _micro(text: str) -> int | None:
    amount = _amount(text)
    return None if amount is None else numbers.to_micro(amount)


class ShortRow(Form):
    """One thing that came in."""

    item = HiddenField("Item")
    quantity = QuantityField("How much came in")
    cost = AmountField("Cost in total")
    supplier_lot = ReadField("Supplier’s lot")
    expires_on = DayField("Use by")

    def said(self, units: ItemUnits, n: int) -> Receipt:
        """What the command is told. raises: Invalid on rows.N.quantity or rows.N.cost"""
        if self.cost.value is None:
            raise Invalid.field(f"rows.{n}.cost", "What did it cost? 0 if nothing.")
        return Receipt(
            item_id=units.item_id or UUID(int=0),
            quantity=unit_conversion.typed(self.quantity.value, units, field=f"rows.{n}.quantity"),
            total_cost=Money(self.cost.value),
            supplier_lot=self.supplier_lot.value,
            expires_on=self.expires_on.value,
        )


class ShortageForm(PageForm):
    """Everything that is short, each with what came in of it; a row without an amount waits."""

    rows = FieldList(FormField(ShortRow), max_entries=MOST)

    def typed(self) -> dict[int, ShortRow]:
        """The rows in which an amount stands, by their places."""
        return {n: row.form for n, row in enumerate(self.rows) if row.form.quantity.value}

    def refuse(self, error: BatchTrackError, fields: Mapping[str, str] | None = None) -> None:
        """Say the refusal in the row that it is about, else above the form."""
        rest = {name: said for name, said in error.errors.items() if not self._said_in_row(name, said)}
        if rest or not error.errors:
            super().refuse(Invalid(error.detail, errors=rest) if rest else error, fields)
        error.drawer = rooted(error.drawer)
        self.problem = error

    def _said_in_row(self, name: str, said: list[str]) -> bool:
        found = _ROW_FIELD.fullmatch(name)
        if not found or int(found[1]) >= len(self.rows):
            return False
        row = self.rows[int(found[1])].form
        name = FIELDS.get(found[2], found[2])
        field = row[name if name in row else "quantity"]
        field.errors = [*field.errors, *said]
        return True

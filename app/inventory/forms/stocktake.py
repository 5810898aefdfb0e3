"""A stocktake as it is typed: what was counted of each thing, and the book as it was drawn."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import request

from app.catalog.services import unit_conversion
from app.catalog.services.unit_conversion import ItemUnits
from app.inventory.services.adjustment import Count
from app.kernel import numbers
from app.kernel.errors import BatchTrackError, Invalid
from app.kernel.numbers import Quantity
from app.kernel.words import phrase
from app.platform import filters
from app.platform.form_fields import REASON, ReadField
from app.platform.pages import PageForm

MOST_LINES = 500
_LONGEST = 80
_OF_LINE = re.compile(r"lines\.([0-9]+)\.\w+")


@dataclass(frozen=True, slots=True)
class Counted:
    """What was typed beside one thing. `expected` is the book that the counter saw, in the item's unit."""

    item: str
    counted: str
    expected: str

    def said(self, item_id: UUID, units: ItemUnits, reason: str) -> Count:
        """What the command is told.

        raises: Invalid, MissingDensity, MissingUnitMapping, UnknownUnit on counted
        """
        if len(self.counted) > _LONGEST:
            raise Invalid.field("counted", "That is too long for an amount.")
        typed = unit_conversion.typed(self.counted, units, field="counted")
        micro = unit_conversion.to_stock_unit(typed, units, field="counted")
        book = read_book(self.expected)
        counted = as_read(numbers.from_micro(micro), book)
        return Count(item_id, Quantity(counted, units.stock_unit), reason, expected=book)


class StocktakeForm(PageForm):
    """Why it was counted. `lines` are not a field of it: they come as columns, and most stay empty."""

    reason = ReadField("Reason", need="Say why, such as: monthly count.", limit=REASON)

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        columns = [request.form.getlist(name) for name in ("item", "counted", "expected")]
        rows = [Counted(*row) for row in zip(*columns, strict=False)]
        self.lines = [row for row in rows if row.counted.strip()]
        self.troubles: dict[str, list[str]] = {}
        """What is wrong with a line, by the item it names."""

    @property
    def typed(self) -> dict[str, str]:
        """What was counted, by the item that the line names."""
        return {line.item: line.counted for line in self.lines}

    def validate(self, extra_validators: Any = None) -> bool:
        """Something was counted, and not too much at once."""
        sound = bool(super().validate(extra_validators))
        if not self.lines:
            self.form_errors.append("Nothing is counted yet: type what is really there.")
        if len(self.lines) > MOST_LINES:
            self.form_errors.append(phrase("At most %(most)s counts at once.", most=MOST_LINES))
        return sound and 0 < len(self.lines) <= MOST_LINES

    def refuse(self, error: BatchTrackError, fields: Mapping[str, str] | None = None) -> None:
        """Say what a line was refused for beside it, and the rest where it belongs."""
        rest = {}
        for name, messages in error.errors.items():
            found = _OF_LINE.fullmatch(name)
            if found:
                self.troubles.setdefault(self.lines[int(found[1])].item, []).extend(messages)
            else:
                rest[name] = messages
        error.errors = rest or ({"": ["Some lines are not right yet."]} if error.errors else {})
        super().refuse(error, fields)


def read_book(text: str | None) -> Decimal | None:
    """The book as a form carries it; None when it does not say."""
    try:
        return numbers.read(text) if text else None
    except numbers.NotANumber:
        return None


def as_read(counted: Decimal, book: Decimal | None) -> Decimal:
    """What was counted; the book itself where that is what the page shows of it: 367.2 g of 367.18474 g."""
    return book if book is not None and filters.as_scale(book) == counted else counted

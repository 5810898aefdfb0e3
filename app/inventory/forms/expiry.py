"""Use-by dates as people write them on a bench: `+18m`, `0726`, `2027-03`, `2027-03-31`."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from wtforms.validators import StopValidation

from app.platform.form_fields import ReadField
from app.platform.schemas import FIRST_DAY, LAST_DAY

_LENGTH = 20
_AFTER = re.compile(r"\+?\s*([0-9]{1,4})\s*(d|w|m|y)[a-z]*", re.ASCII | re.IGNORECASE)
_MONTH_FIRST = re.compile(r"(0?[1-9]|1[0-2])[/.\- ]?((?:20|21)?[0-9]{2})", re.ASCII)
_YEAR_FIRST = re.compile(r"([0-9]{4})[/.\-](0?[1-9]|1[0-2])", re.ASCII)
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_DAY_FIRST = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", re.ASCII)
_MONTHS_A_YEAR = 12
_DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Until:
    """A last good day: a day of its own, or so long after it came in."""

    day: date | None = None
    days: int = 0
    months: int = 0

    def after(self, received_on: date) -> date:
        """The day itself, for what came in on `received_on`; never past the last day that dates may have."""
        if self.day is not None:
            return self.day
        months = min(self.months, (LAST_DAY.year - received_on.year) * _MONTHS_A_YEAR)
        month = received_on.year * _MONTHS_A_YEAR + received_on.month - 1 + months
        year, index = divmod(month, _MONTHS_A_YEAR)
        last = calendar.monthrange(year, index + 1)[1]
        day = date(year, index + 1, min(received_on.day, last))
        return day + timedelta(days=min(self.days, (LAST_DAY - day).days))


def read(text: str) -> Until:
    """A month means its last day. raises: ValueError"""
    if found := _AFTER.fullmatch(text):
        return _so_long(int(found[1]), found[2].lower())
    if found := _DAY.fullmatch(text):
        return Until(date(int(found[1]), int(found[2]), int(found[3])))
    if found := _DAY_FIRST.fullmatch(text):
        return Until(date(int(found[3]), int(found[2]), int(found[1])))
    if found := _YEAR_FIRST.fullmatch(text):
        return Until(_end_of(int(found[1]), int(found[2])))
    if found := _MONTH_FIRST.fullmatch(text):
        year = int(found[2])
        return Until(_end_of(year if year > 99 else 2000 + year, int(found[1])))
    raise ValueError(text)


def _so_long(count: int, unit: str) -> Until:
    if unit in "dw":
        return Until(days=count * (_DAYS_A_WEEK if unit == "w" else 1))
    return Until(months=count * (_MONTHS_A_YEAR if unit == "y" else 1))


def _end_of(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


class ExpiryField(ReadField):
    """A use-by date in one of the ways above; `value` is an `Until`."""

    def __init__(self, label: str, **more: Any) -> None:
        super().__init__(label, limit=_LENGTH, **more)

    def read(self, text: str) -> Until:
        """What was meant."""
        try:
            until = read(text)
        except ValueError:
            raise StopValidation("Write +18m, 0327, 2027-03 or 2027-03-31.") from None
        if until.day is not None and not FIRST_DAY <= until.day <= LAST_DAY:
            raise StopValidation("The year must be from 1970 to 2199.")
        return until

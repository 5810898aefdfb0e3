"""Fields of page forms. Each keeps the text as it was typed and, once checked, says what it means in `value`.

The limits are those of the API's shapes: one rule for both ways in.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from wtforms import SelectField, StringField
from wtforms.form import BaseForm
from wtforms.validators import StopValidation
from wtforms.widgets import DateInput, DateTimeLocalInput, Select, TextArea

from app.kernel import numbers
from app.kernel.words import phrase
from app.platform import typed, words
from app.platform.schemas import FIRST_DAY, LAST_DAY, clean_text

NAME, SHORT, REASON, LONG = 200, 120, 1_000, 10_000
"""Characters that a name, a word or two, a reason and a note may have."""

_DAY_LENGTH = 10
_MOMENT = "%Y-%m-%dT%H:%M"


class ReadField(StringField):
    """One line of text. `value` is its meaning, None while it is empty.

    need:  what to say when it is left empty; None: it may be
    limit: characters
    """

    value: Any = None

    def __init__(self, label: str, *, need: str | None = None, limit: int = SHORT, **more: Any) -> None:
        super().__init__(label, **more)
        self.need, self.limit = need, limit

    def pre_validate(self, form: BaseForm) -> None:
        """Read what was typed. raises: StopValidation, with what is wrong"""
        try:
            text = clean_text(self.data or "")
        except ValueError:
            raise StopValidation("Holds characters that cannot be kept.") from None
        if not text and self.need:
            raise StopValidation(self.need)
        if len(text) > self.limit:
            raise StopValidation(phrase("At most %(limit)s characters.", limit=self.limit))
        self.value = self.read(text) if text else None

    def read(self, text: str) -> Any:
        """What `text` means. raises: StopValidation"""
        return text


class NoteField(ReadField):
    """Several lines of text."""

    widget = TextArea()


class _SaidSelect(Select):
    """A select whose labels are ours."""

    @classmethod
    def render_option(cls, choice: Any, **more: Any) -> Any:  # type: ignore[override]  # as of WTForms 3.3
        """One of them in the reader's language."""
        return super().render_option(choice._replace(label=words.said(choice.label or choice.value)), **more)


class ChoiceField(SelectField):
    """One of several, each in the reader's language. Names that people gave stay as they are in a plain SelectField."""

    widget = _SaidSelect()


class MeasuredField(ReadField):
    """A line with numbers in it, `1,5 kg`: shown and read as the reader's locale writes them.

    `value` is the same with plain decimals, `1.5 kg`, and so is what the field is filled with.
    """

    def process_data(self, value: Any) -> None:
        """Take what the form is drawn with."""
        super().process_data(value)
        if isinstance(self.data, str):
            self.data = typed.written(self.data)

    def read(self, text: str) -> Any:
        """The text with plain decimals."""
        try:
            return typed.plain(text)
        except typed.CanMeanTwoThings as error:
            raise StopValidation(error.args[0]) from None


class AmountField(MeasuredField):
    """A number: `value` is an exact Decimal, at most nine digits and six decimals.

    least: the smallest that is allowed
    """

    def __init__(self, label: str, *, least: int | None = 0, **more: Any) -> None:
        super().__init__(label, **more)
        self.least = least

    def read(self, text: str) -> Decimal:
        """The number. What could mean two is refused."""
        try:
            amount = numbers.read(super().read(text))
        except numbers.NotANumber:
            raise StopValidation("Write a number like 12.50: at most 9 digits and 6 decimals.") from None
        if self.least is not None and amount < self.least:
            raise StopValidation(phrase("Must be at least %(least)s.", least=self.least))
        return amount


class WholeField(ReadField):
    """A whole number from `least` to `most`."""

    def __init__(self, label: str, *, least: int, most: int, **more: Any) -> None:
        super().__init__(label, **more)
        self.least, self.most = least, most

    def read(self, text: str) -> int:
        """The number."""
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(self.most))):
            raise StopValidation(phrase("A whole number from %(least)s to %(most)s.", least=self.least, most=self.most))
        if not self.least <= int(text) <= self.most:
            raise StopValidation(phrase("From %(least)s to %(most)s.", least=self.least, most=self.most))
        return int(text)


class DayField(ReadField):
    """A calendar day from 1970 to 2199."""

    widget = DateInput()

    def read(self, text: str) -> date:
        """The day."""
        try:
            day = date.fromisoformat(text) if len(text) == _DAY_LENGTH else None
        except ValueError:
            day = None
        if day is None:
            raise StopValidation("Write a date as 2027-03-31.")
        if not FIRST_DAY <= day <= LAST_DAY:
            raise StopValidation("The year must be from 1970 to 2199.")
        return day


class MomentField(ReadField):
    """A day and a time of day, without a zone: the reader's own clock."""

    widget = DateTimeLocalInput()

    def read(self, text: str) -> datetime:
        """The moment, naive."""
        try:
            moment = datetime.strptime(text[:16], _MOMENT)  # noqa: DTZ007 - the form's owner knows the zone
        except ValueError:
            raise StopValidation("Write a date and a time as 2027-03-31T14:05.") from None
        if not FIRST_DAY <= moment.date() <= LAST_DAY:
            raise StopValidation("The year must be from 1970 to 2199.")
        return moment


class CheckedField(ReadField):
    """Text that a rule of a service reads: `rule` gives its meaning or raises ValueError with what is wrong."""

    def __init__(self, label: str, *, rule: Callable[[str], Any], **more: Any) -> None:
        super().__init__(label, **more)
        self.rule = rule

    def read(self, text: str) -> Any:
        """What the rule makes of it."""
        try:
            return self.rule(text)
        except ValueError as error:
            raise StopValidation(error.args[0]) from None

"""The shape of a recipe as it is typed: a name, what one making gives, and lines of a thing and an amount each."""

import re
from collections.abc import Mapping

from wtforms import FieldList, Form, FormField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.kernel.errors import BatchTrackError, Invalid
from app.platform.filters import command_key
from app.platform.pages import PageForm
from app.platform.schemas import clean_text

MOST_LINES = 200
_BLANK_LINES = 3
_NAME, _SHORT, _LONG = Length(max=200), Length(max=120), Length(max=10_000)
_LINE_FIELD = re.compile(r"lines\.([0-9]+)(?:\.([a-z_]+))?")
_TYPED_AS = {"item": "thing", "recipe": "thing", "quantity": "amount", "unit": "amount", "note": "note"}
_OUTPUT = {
    "output": "makes",
    "output.item": "makes",
    "output.name": "makes",
    "output.quantity": "amount",
    "output.unit": "amount",
}


def kept(said: str | None) -> str:
    """What was typed, without spaces around it. raises: ValueError, which WTForms says at the field"""
    try:
        return clean_text(said or "")
    except ValueError as error:
        raise ValueError("This holds characters that cannot be kept.") from error


class LineForm(Form):
    """One line: what, how much, and what to mind about it."""

    thing = StringField("Material or recipe", [_NAME], filters=[kept])
    amount = StringField("Amount", [_SHORT], filters=[kept])
    note = StringField("Note", [_SHORT], filters=[kept])

    @property
    def said(self) -> bool:
        """Whether anything was typed."""
        return any(field.data for field in self)


class RecipeForm(PageForm):
    """A recipe, or its next version."""

    name = StringField("Name", [InputRequired("What is it called?"), _NAME], filters=[kept])
    prefix = StringField("Batch labels begin with", [Length(max=12)], filters=[kept])
    makes = StringField("Makes", [InputRequired("What comes out of it?"), _NAME], filters=[kept])
    amount = StringField("How much", [InputRequired("How much comes out of one making?"), _SHORT], filters=[kept])
    lines = FieldList(FormField(LineForm), max_entries=MOST_LINES)
    instructions = TextAreaField("Instructions", [_LONG], filters=[kept])

    def with_blank_lines(self) -> "RecipeForm":
        """The form with a few empty lines at its end, to type on."""
        blank = sum(not line.form.said for line in self.lines)
        for _ in range(min(_BLANK_LINES - blank, MOST_LINES - len(self.lines))):
            self.lines.append_entry()
        return self

    def refuse(self, error: BatchTrackError, fields: Mapping[str, str] | None = None) -> None:
        """Say the refusal at the line that it is about, or beside the field, or above the form."""
        rest = {name: messages for name, messages in error.errors.items() if not self._said_at_line(name, messages)}
        if rest or not error.errors:
            super().refuse(Invalid(error.detail, errors=rest) if rest else error, {**_OUTPUT, **(fields or {})})
        self.problem = error
        self.command_key.data = command_key()

    def _said_at_line(self, name: str, messages: list[str]) -> bool:
        found = _LINE_FIELD.fullmatch(name)
        written = [line.form for line in self.lines if line.form.said]
        if not found or int(found[1]) >= len(written):
            return False
        field = written[int(found[1])][_TYPED_AS.get(found[2] or "item", "thing")]
        field.errors = [*field.errors, *messages]
        return True

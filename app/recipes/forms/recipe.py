"""The shape of a recipe as it is typed: a name, what one making gives, and lines of a thing and an amount each."""

import re
from collections.abc import Mapping

from wtforms import FieldList, Form, FormField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.kernel.errors import BatchTrackError, Invalid
from app.platform.filters import command_key
from app.platform.form_fields import LONG, NAME, ChoiceField, MeasuredField, NoteField, ReadField
from app.platform.pages import PageForm
from app.platform.web import rooted

MOST_LINES = 200
_BLANK_LINES = 3
_LINE_FIELD = re.compile(r"lines\.([0-9]+)(?:\.([a-z_]+))?")
_TYPED_AS = {"item": "thing", "recipe": "thing", "quantity": "amount", "unit": "amount", "note": "note"}
_OUTPUT = {
    "output": "makes",
    "output.item": "makes",
    "output.name": "makes",
    "output.quantity": "amount",
    "output.unit": "amount",
}
_KINDS = [
    SelectChoice("production", "Made from materials"),
    SelectChoice("assembly", "Put together from finished things"),
]


class LineForm(Form):
    """One line: what, how much, and what to mind about it."""

    thing = ReadField("Material or recipe", limit=NAME)
    amount = MeasuredField("Amount", limit=80)
    note = ReadField("Note", limit=NAME)

    @property
    def said(self) -> bool:
        """Whether anything was typed."""
        return any((field.data or "").strip() for field in self)


class RecipeForm(PageForm):
    """A recipe, or its next version."""

    name = ReadField("Name", need="What is it called?", limit=NAME)
    prefix = ReadField("Batch labels begin with", limit=12)
    makes = ReadField("Makes", need="What comes out of it?", limit=NAME)
    amount = MeasuredField("How much", need="How much comes out of one making?", limit=80)
    kind = ChoiceField("Kind", choices=_KINDS, default="production")
    lines = FieldList(FormField(LineForm), max_entries=MOST_LINES)
    instructions = NoteField("Instructions", limit=LONG)

    def blank(self) -> LineForm:
        """An empty line whose number the page fills in: `__n__`."""
        return LineForm(prefix="lines-__n__-")

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
        error.drawer = rooted(error.drawer)
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

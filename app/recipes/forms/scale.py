"""How many makings somebody wants to see or plan: a scale, or how much of the output should come out."""

from fractions import Fraction
from typing import cast

from wtforms import Form
from wtforms.form import BaseForm

from app.catalog.services import unit_conversion
from app.kernel import numbers
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.platform.form_fields import MeasuredField
from app.recipes.queries import sheet
from app.recipes.queries.sheet import Sheet, Tree

ONCE = Fraction(1)


class Scaled:
    """How much, as it is typed: `make` of the output (`72 bars`), else `scale` makings (`2`, `1/2`)."""

    scale = MeasuredField("Scale", limit=40)
    make = MeasuredField("Make", limit=80)

    def sheet(self, actor: Actor, read: Tree) -> Sheet:
        """The sheet at what was asked; of one making, saying why at the field, where it cannot be read."""
        try:
            return sheet.at(actor, read, self.makings(read))
        except Invalid as error:
            field = self.make if self.make.data else self.scale
            field.errors = [*field.errors, *(said for said in [error.detail] if said not in field.errors)]
            return sheet.at(actor, read, ONCE)

    def makings(self, read: Tree) -> Fraction:
        """In whole millionths; once where nothing was said.

        raises: Invalid on `make` or `scale`
        """
        for field in (self.make, self.scale):
            if not field.validate(cast("BaseForm", self)):
                raise Invalid(field.errors[0], errors={field.short_name: list(field.errors)})
        return self._makings(read)

    def _makings(self, read: Tree) -> Fraction:
        output, made = read.version.output, read.made
        if self.make.value and output and made:
            parts = unit_conversion.read_quantity(self.make.value, field="make")
            wanted = unit_conversion.in_unit(parts, output.unit, made.units, field="make")
            return _possible(Fraction(wanted, output.quantity))
        parts = unit_conversion.read_quantity(self.scale.value or "1", field="scale")
        if len(parts) > 1 or parts[0].unit:
            raise Invalid.field("scale", "Write a number, like 2 or 1/2.")
        return _possible(parts[0].amount)


def _possible(makings: Fraction) -> Fraction:
    micro = numbers.to_micro(makings)
    if not 0 < micro <= numbers.TYPED_LIMIT:
        raise Invalid.field("scale", "That is not a batch anybody can make.")
    return Fraction(micro, numbers.MICRO)


class ScaleForm(Scaled, Form):
    """Asked in the address: `?scale=2`, or `?make=72 bars`."""

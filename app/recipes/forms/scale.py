"""How many makings somebody wants to see or plan: a scale, or how much of the output should come out."""

from fractions import Fraction

from wtforms import Form, StringField
from wtforms.validators import Length

from app.catalog.services import unit_conversion
from app.kernel import numbers
from app.kernel.errors import Invalid
from app.recipes.forms.recipe import kept
from app.recipes.services.materials import Material
from app.recipes.services.structure import Output

ONCE = Fraction(1)


class ScaleForm(Form):
    """Asked in the address: `?scale=2`, or `?make=72 bars`. What cannot be read is said at its field."""

    scale = StringField("Scale", [Length(max=40)], filters=[kept])
    make = StringField("Makes", [Length(max=80)], filters=[kept])

    def read(self, output: Output | None, made: Material | None) -> Fraction:
        """Makings, in whole millionths; once where nothing was said or it cannot be read."""
        try:
            return self._makings(output, made) if self.validate() else ONCE
        except Invalid as error:
            self.refuse(error)
            return ONCE

    def refuse(self, error: Invalid) -> None:
        """Say what is wrong at the field that was typed in."""
        field = self.make if self.make.data else self.scale
        field.errors = [*field.errors, error.detail]

    def _makings(self, output: Output | None, made: Material | None) -> Fraction:
        if self.make.data and output and made:
            parts = unit_conversion.read_quantity(self.make.data, field="make")
            wanted = unit_conversion.in_unit(parts, output.unit, made.units, field="make")
            return _possible(Fraction(wanted, output.quantity))
        parts = unit_conversion.read_quantity(self.scale.data or "1", field="scale")
        if len(parts) > 1 or parts[0].unit:
            raise Invalid.field("scale", "Write a number, like 2 or 1/2.")
        return _possible(parts[0].amount)


def _possible(makings: Fraction) -> Fraction:
    micro = numbers.to_micro(makings)
    if not 0 < micro <= numbers.TYPED_LIMIT:
        raise Invalid.field("scale", "That is not a batch anybody can make.")
    return Fraction(micro, numbers.MICRO)

"""What should be looked at in a version: mass that does not balance, units that lead nowhere yet. Refuses nothing."""

from collections.abc import Mapping
from fractions import Fraction
from uuid import UUID

from app.catalog.services import unit_conversion
from app.catalog.services.unit_conversion import MissingDensity, MissingUnitMapping, UnknownUnit
from app.kernel import numbers
from app.kernel.errors import Invalid
from app.kernel.numbers import MICRO
from app.recipes.services.explosion import one_making
from app.recipes.services.materials import Material
from app.recipes.services.structure import WHOLE_MAKINGS, Line, Version


def warnings(version: Version, known: Mapping[UUID, Material]) -> list[str]:
    """Texts for the maker, in the order of the lines; the balance last."""
    found = [text for line in version.lines if (text := _unmeasurable(line, known))]
    balance = _balance(version, known)
    return [*dict.fromkeys(found), *([balance] if balance else [])]


def shares(version: Version, known: Mapping[UUID, Material]) -> list[str | None]:
    """Each line's percent of the weight of all that is weighed; None for what is counted by the piece.

    Where something poured has no density, or a recipe's output no weight, nobody knows the whole: no line has a share.
    """
    try:
        grams = [_grams_of_weighed(line, known) for line in version.lines]
    except (MissingDensity, MissingUnitMapping, UnknownUnit):
        return [None] * len(version.lines)
    whole = sum(grams, Fraction())
    return [_percent(each / whole) if each else None for each in grams]


def _grams_of_weighed(line: Line, known: Mapping[UUID, Material]) -> Fraction:
    try:
        return _grams(line, known)
    except MissingUnitMapping:
        if line.used:
            raise
        return Fraction()


def _percent(part: Fraction) -> str:
    """One decimal, unless that would be nothing."""
    exact = part * 100
    return numbers.plain_of(Fraction(round(exact * 10), 10) or exact)


def _unmeasurable(line: Line, known: Mapping[UUID, Material]) -> str | None:
    try:
        one_making(line, known)
    except Invalid as error:
        return f"Line {line.line}: {error.detail}"
    return None


def _balance(version: Version, known: Mapping[UUID, Material]) -> str | None:
    """`Inputs 200 g, output 300 g: +50 %.`, when all of it can be weighed and the two differ."""
    if version.output is None or not version.lines:
        return None
    try:
        taken = sum((_grams(line, known) for line in version.lines), Fraction())
        made = _weigh(known[version.output.item_id], version.output.quantity, version.output.unit)
    except (MissingDensity, MissingUnitMapping):
        return None
    change = numbers.percent(numbers.to_micro(made - taken), numbers.to_micro(taken))
    if change in {None, "0"}:
        return None
    unit = _shown_unit(version.output.unit)
    amounts = [numbers.plain_of(unit_conversion.convert(grams, "g", unit)) for grams in (taken, made)]
    sign = "+" if made > taken else ""
    return f"Inputs {amounts[0]} {unit}, output {amounts[1]} {unit}: {sign}{change} %."


def _grams(line: Line, known: Mapping[UUID, Material]) -> Fraction:
    if line.item_id:
        return _weigh(known[line.item_id], line.quantity, line.unit)
    made = line.used and line.used.output
    if not made:
        return Fraction()
    if line.unit != WHOLE_MAKINGS:
        return _weigh(known[made.item_id], line.quantity, line.unit)
    return Fraction(line.quantity, MICRO) * _weigh(known[made.item_id], made.quantity, made.unit)


def _weigh(material: Material, micro: int, unit: str) -> Fraction:
    return material.convert(Fraction(micro, MICRO), unit, "g")


def _shown_unit(said: str) -> str:
    unit = unit_conversion.find(said)
    return unit.code if unit and unit.kind == "mass" else "g"

"""Reads a quantity as people write it: `1.5 KG`, `2 lb 3 oz`, `1/2 tsp`, `1 1/2 cup`, `3*250g`, `250`.

Text is bounded and matched against patterns before any number is made of it. A comma is refused, since `1,500` means
a thousand to one maker and one and a half to another.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from app.catalog.services.unit_conversion import errors
from app.kernel.errors import Invalid
from app.kernel.words import phrase

TEXT_LIMIT = 80
PART_LIMIT = 4
_VULGAR = str.maketrans({"½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅓": " 1/3", "⅔": " 2/3", "⅛": " 1/8"})
_PLAIN = r"(?:[0-9]{1,9}(?:\.[0-9]{1,6})?|\.[0-9]{1,6})"
_BROKEN = r"(?:(?P<whole>[0-9]{1,9})\s+)?(?P<top>[0-9]{1,4})/(?P<bottom>[0-9]{1,4})"
_TIMES = r"(?:(?P<times>[1-9][0-9]{0,5})\s*[*x×]\s*(?=[0-9.]))?"
_AMOUNT = re.compile(
    rf"\s*{_TIMES}(?:{_BROKEN}|(?P<plain>{_PLAIN}))(?![0-9./,]|\s*[*x×]\s*[0-9])", re.ASCII | re.IGNORECASE
)
_UNIT = re.compile(
    r"\s*(?P<unit>[^0-9\s*/,+=()_-][^0-9*/,+=()]*(?:(?<=[^0-9\s])[0-9]+(?=[\s,]|$))?)?\s*(?:,\s+|\+\s*)?"
)
_EXPONENT = re.compile(r"[eE][+-]?[0-9]")


@dataclass(frozen=True, slots=True)
class Part:
    """One amount and its unit; None means the unit that stands beside the field."""

    amount: Fraction
    unit: str | None


def read_quantity(text: str, *, field: str = "quantity") -> tuple[Part, ...]:
    """The parts of what was typed, in order, none negative; `2 lb 3 oz` has two. Units are not looked up.

    raises: Invalid on `field`; UnknownUnit for a bare `t`, which can be a spoon or a tonne
    """
    if len(text) > TEXT_LIMIT:
        raise Invalid.field(field, phrase("A quantity takes at most %(most)s characters.", most=TEXT_LIMIT))
    parts: list[Part] = []
    rest = text.translate(_VULGAR).strip()
    while rest or not parts:
        part, rest = _read_part(rest, field)
        parts.append(part)
    _check(parts, field)
    return tuple(parts)


def _read_part(text: str, field: str) -> tuple[Part, str]:
    found = _AMOUNT.match(text)
    if found is None or _EXPONENT.match(text, found.end()):
        raise Invalid.field(field, _complaint(text))
    unit = _UNIT.match(text, found.end())
    name = unit["unit"].strip() if unit and unit["unit"] else None
    return Part(_amount(found, field), name), text[unit.end() if unit else found.end() :]


def _amount(found: re.Match[str], field: str) -> Fraction:
    times = int(found["times"] or 1)
    if found["plain"]:
        return times * Fraction(found["plain"])
    if int(found["bottom"]) == 0:
        raise Invalid.field(field, "Nothing can be divided by 0.")
    return times * (int(found["whole"] or 0) + Fraction(int(found["top"]), int(found["bottom"])))


def _complaint(text: str) -> str:
    if text.startswith(("-", "−")):
        return "A quantity cannot be negative."
    if re.match(r"[0-9.]+,", text):
        return "A comma can mean two things: write 1500 or 1.5."
    if re.match(r"[0-9]{10}|[0-9]*\.[0-9]{7}", text):
        return "At most nine digits and six decimals."
    return "Write a number and a unit, like 1.5 kg, 2 lb 3 oz or 1/2 tsp."


def _check(parts: list[Part], field: str) -> None:
    if len(parts) > PART_LIMIT:
        raise Invalid.field(field, phrase("At most %(most)s amounts together.", most=PART_LIMIT))
    if len(parts) > 1 and any(part.unit is None for part in parts):
        raise Invalid.field(field, "Each amount needs its unit, like 2 lb 3 oz.")
    for part in parts:
        if part.unit in {"t", "T"}:
            raise errors.unknown_unit(part.unit, None, field)

"""Exact numbers: plain decimal text, millionths as integers, quotients. No float anywhere.

A "micro" is an int that counts millionths of a unit or of a currency unit.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

MICRO = 1_000_000
ROW_LIMIT = 10**15  # micros in one row: 999,999,999 units and a bit
TYPED_LIMIT = 999_999_999 * MICRO
_PLAIN = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?", re.ASCII)


class NotANumber(ValueError):
    """The text is not a plain decimal of at most nine digits and six decimals."""


def read(text: str) -> Decimal:
    """The exact value of plain decimal text; checked by pattern before any Decimal is made.

    raises: NotANumber
    """
    if not _PLAIN.fullmatch(text):
        raise NotANumber(text[:40])
    return Decimal(text)


def to_micro(amount: Decimal | Fraction | int) -> int:
    """`amount` in millionths, rounded once, half-even."""
    return round(Fraction(amount) * MICRO)


def from_micro(micro: int) -> Decimal:
    """The exact Decimal that `micro` millionths are."""
    return Decimal(micro) / MICRO


def plain(micro: int) -> str:
    """Plain decimal text of a micro: no exponent, no trailing zeros, never `-0`."""
    whole, rest = divmod(abs(micro), MICRO)
    text = f"{whole}.{rest:06d}".rstrip("0").rstrip(".") if rest else str(whole)
    return f"-{text}" if micro < 0 else text


def plain_of(amount: Decimal | Fraction | int) -> str:
    """Plain decimal text of any exact number, rounded half-even to six decimals."""
    return plain(to_micro(amount))


def quotient(numerator: int, denominator: int) -> str | None:
    """`numerator / denominator` (both micros or both counts) as plain text, half-even; None when dividing by zero."""
    return plain(round(Fraction(numerator * MICRO, denominator))) if denominator else None


def percent(part: int, whole: int) -> str | None:
    """`part` as a percentage of `whole`, two decimals, half-even."""
    return plain(round(Fraction(part * 10_000, whole)) * 10_000) if whole else None


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount as somebody said it. `unit` None means the item's own unit."""

    amount: Decimal
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of the organization's currency, in whole units of it."""

    amount: Decimal

    @property
    def micro(self) -> int:
        """Millionths of the currency unit."""
        return to_micro(self.amount)

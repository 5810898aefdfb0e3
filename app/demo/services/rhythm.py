"""What happens on which day: a hash rule in place of a random generator, so that any program replays the same days.

source: app/demo/data/demo_workshop.yaml, `rhythm.random`
"""

import hashlib
from fractions import Fraction

_SEED = "juniper-rye|2026"
_DIGITS, _WHOLE = 13, 2**52
_FEWER, _MORE = Fraction(15, 100), Fraction(85, 100)


def chance(day: int, key: str) -> Fraction:
    """A number from 0 to below 1 that this day and key always give."""
    digest = hashlib.sha256(f"{_SEED}|{day}|{key}".encode()).hexdigest()
    return Fraction(int(digest[:_DIGITS], 16), _WHOLE)


def count(day: int, mean: Fraction, key: str) -> int:
    """How many, when `mean` is usual: the whole part, one more by chance, now and then one fewer or more."""
    whole = int(mean)
    found = whole + (1 if chance(day, key) < mean - whole else 0)
    spread = chance(day, f"{key}|spread")
    if spread < _FEWER:
        return max(0, found - 1)
    return found + 1 if spread > _MORE and mean >= 1 else found

"""The ruler under the figure: what the scale reads, and where to change lot. Whole numbers in the drawing's units."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, _LEFT = 396, 2
_NEAR = 44
"""Labels closer than this would touch: of those, the one nearer to the end stays."""

_LONG, _MIDDLE = 10, 5
_MOST_MARKS = 100


@dataclass(frozen=True, slots=True)
class Part:
    """A lot's stretch. `label`: whether there is room to write where it ends."""

    x: int
    width: int
    until: int
    label: bool


@dataclass(frozen=True, slots=True)
class Ruler:
    """`marks`: (x, length) of each line."""

    parts: tuple[Part, ...]
    marks: tuple[tuple[int, int], ...]


def draw(readings: Sequence[int]) -> Ruler | None:
    """The ruler for readings (millionths, rising) at which each lot ends; None where there is nothing to measure."""
    if not readings or readings[-1] <= 0:
        return None
    total = readings[-1]
    places = [WIDTH * until // total for until in readings]
    parts, last = [], WIDTH + _NEAR
    for n in reversed(range(len(readings))):
        label = last - places[n] >= _NEAR and places[n] >= _NEAR // 2
        last = places[n] if label else last
        begins = places[n - 1] if n else 0
        parts.append(Part(_LEFT + begins, places[n] - begins, readings[n], label))
    step = _step(total)
    marks = [(_LEFT + WIDTH * n * step // total, _length(n)) for n in range(total // step + 1)]
    return Ruler(tuple(reversed(parts)), tuple(marks))


def _step(total: int) -> int:
    """The smallest of 1, 2, 5, 10 ... that makes at most a hundred marks."""
    step = 1
    while True:
        for times in (1, 2, 5):
            if total // (step * times) <= _MOST_MARKS:
                return step * times
        step *= 10


def _length(n: int) -> int:
    return 12 if n % _LONG == 0 else 8 if n % _MIDDLE == 0 else 5

"""What things of a name usually weigh, to begin with: a proposal for people to look at, never used unasked.

source: app/catalog/data/densities.csv (USDA SR28, ATK); kinds below it: common figures of suppliers' data sheets
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from app.kernel import text

_DATA = Path(__file__).parents[1] / "data" / "densities.csv"
_WORD = re.compile(r"[a-z]{2,}")
_HEAD = re.compile(r"[^,(]*")
_SAYS_NOTHING = frozenset(
    {"organic", "raw", "fresh", "extra", "virgin", "pure", "refined", "unrefined", "distilled", "natural", "fine"}
)
_SHORTEST_PLURAL = 4


@dataclass(frozen=True, slots=True)
class Typical:
    """`g_per_ml` as things called `name` usually have it."""

    name: str
    g_per_ml: Decimal


_KINDS = (
    (frozenset({"essential", "oil"}), Typical("Essential oil", Decimal("0.9"))),
    (frozenset({"oil"}), Typical("Vegetable oil", Decimal("0.92"))),
)


def typical(name: str) -> Typical | None:
    """The usual density of what is called `name`; None where nothing is known under that name."""
    head, said = _words(_HEAD.match(name)[0]) - _SAYS_NOTHING, _words(name)  # type: ignore[index]
    fitting = [row for row in _known() if row[0] <= said and head <= row[1]]
    if fitting:
        return max(fitting, key=lambda row: (len(row[1] & said), -len(row[1])))[2]
    return next((kind for words, kind in _KINDS if words <= head), None)


@lru_cache(maxsize=1)
def _known() -> tuple[tuple[frozenset[str], frozenset[str], Typical], ...]:
    """Each with the words of its name before the first comma, and all of its words."""
    with _DATA.open(encoding="utf-8", newline="") as file:
        return tuple(_row(row["name"], row["bulk_density_g_per_ml"]) for row in csv.DictReader(file))


def _row(name: str, density: str) -> tuple[frozenset[str], frozenset[str], Typical]:
    return _words(_HEAD.match(name)[0]), _words(name), Typical(name, Decimal(density))  # type: ignore[index]


def _words(said: str) -> frozenset[str]:
    return frozenset(_singular(_WORD.findall(text.search_key(said))))


def _singular(words: Iterable[str]) -> Iterable[str]:
    return (word.removesuffix("s") if len(word) >= _SHORTEST_PLURAL else word for word in words)

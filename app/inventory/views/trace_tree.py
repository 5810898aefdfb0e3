"""A trace as nested lists, for a phone: the way back and the way on, each place opened once."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.inventory.queries.trace import Trace
from app.inventory.views import trace_signs
from app.inventory.views.trace_graph import MOST, Graph, Place, Way
from app.inventory.views.trace_signs import Sign, Signs


@dataclass(frozen=True, slots=True)
class Branches:
    """What lies beyond a place. `left`: how many more there are than these."""

    shown: tuple["Branch", ...] = ()
    left: int = 0


@dataclass(frozen=True, slots=True)
class Branch:
    """A place, what came there (the amounts, ready to read), and what lies beyond. `again`: it was opened above."""

    sign: Sign
    kind: str
    amounts: tuple[str, ...]
    again: bool
    beyond: Branches


def back(trace: Trace, whole: Graph, *, everything: bool) -> Branches:
    """What the lot came from, nearest first; of each place the first few, unless everything is wanted."""
    return _Tree(trace, whole, forward=False, everything=everything).beyond


def on(trace: Trace, whole: Graph, *, everything: bool) -> Branches:
    """Where it went, the largest part first; of each place the first few, unless everything is wanted."""
    return _Tree(trace, whole, forward=True, everything=everything).beyond


class _Tree:
    def __init__(self, trace: Trace, whole: Graph, *, forward: bool, everything: bool) -> None:
        self._graph, self._forward, self._everything = whole, forward, everything
        self._signs = Signs(trace, whole)
        self._opened: set[str] = {whole.focus}
        self.beyond = self._branches(whole.focus)

    def _branches(self, key: str) -> Branches:
        by_place: dict[str, list[Way]] = {}
        for way in sorted(self._ways(key), key=lambda way: -way.share):
            by_place.setdefault(way.to if self._forward else way.start, []).append(way)
        whole = self._everything or len(by_place) <= MOST + 1
        shown = list(by_place.items())[: None if whole else MOST]
        branches = tuple(self._branch(self._graph.places[far], some) for far, some in shown)
        return Branches(branches, len(by_place) - len(branches))

    def _branch(self, place: Place, ways: Iterable[Way]) -> Branch:
        again = place.key in self._opened and bool(self._ways(place.key))
        self._opened.add(place.key)
        beyond = Branches() if again else self._branches(place.key)
        amounts = tuple(trace_signs.amount(way.quantity, way.unit) for way in ways)
        return Branch(self._signs.of(place), place.kind, amounts, again, beyond)

    def _ways(self, key: str) -> list[Way]:
        return self._graph.out_of(key) if self._forward else self._graph.into(key)

"""A trace as a graph to draw: a batch and the lot it made are one place, sales to one customer are one, and so on.

Each way carries its own amount in its own unit, and its share of the traced lot, which is what rivers are as wide as.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from uuid import UUID

from app.inventory.queries.trace import Edge, Node, Trace

ENDS = {"sale", "disposal"}
SHELF, HERE = "shelf", "here"
MOST = 8


@dataclass(frozen=True, slots=True)
class Place:
    """Where goods were or are. `nodes`: what it stands for; a batch before the lot that it made.

    kind:  lot, made (a batch with its lot), batch, supplier, sale, disposal, shelf, here, more
    layer: 0 is the traced lot; what it came from lies below, where it went above
    """

    key: str
    kind: str
    layer: int
    nodes: tuple[Node, ...]

    @property
    def lot(self) -> Node | None:
        """The lot that it is."""
        return next((node for node in self.nodes if node.type == "lot"), None) if self.kind in {"lot", "made"} else None


@dataclass(frozen=True, slots=True)
class Way:
    """So much went from one place to another. `share` of the traced lot."""

    start: str
    to: str
    quantity: int
    unit: str
    share: Fraction = Fraction(0)


@dataclass(frozen=True)
class Graph:
    """Places by their key in the order they were met, and the ways between them."""

    focus: str
    places: dict[str, Place]
    ways: list[Way]

    def out_of(self, key: str) -> list[Way]:
        """What left a place."""
        return self._out.get(key, [])

    def into(self, key: str) -> list[Way]:
        """What reached a place."""
        return self._in.get(key, [])

    @cached_property
    def _out(self) -> dict[str, list[Way]]:
        return _by(self.ways, lambda way: way.start)

    @cached_property
    def _in(self) -> dict[str, list[Way]]:
        return _by(self.ways, lambda way: way.to)


def graph(trace: Trace) -> Graph:
    """All of the trace."""
    stands, places = _places(trace)
    ways = _merged(_way(edge, stands) for edge in trace.edges if stands[edge.start] != stands[edge.to])
    focus = stands[trace.lot.id]
    ways += _kept(places, _after(focus, ways), focus)
    levels = _levels(focus, ways)
    reached = {key: replace(place, layer=levels[key]) for key, place in places.items() if key in levels}
    sound = [way for way in ways if way.start in levels and way.to in levels and levels[way.start] < levels[way.to]]
    return Graph(focus, reached, _shared(focus, reached, sound))


def grouped(whole: Graph, opened: Iterable[int] = ()) -> Graph:
    """The graph with at most about eight places in a layer: the smallest stand together, unless it is opened."""
    stands: dict[str, str] = {}
    places: dict[str, Place] = {}
    for layer in sorted({place.layer for place in whole.places.values()}):
        here = [place for place in whole.places.values() if place.layer == layer]
        few = here if layer in set(opened) or len(here) <= MOST else _few(whole, here)
        for place in few:
            places[place.key] = place
        shown = {place.key for place in few}
        for place in here:
            stands[place.key] = place.key if place.key in shown else f"more {layer} {_word(place)}"
    ways = [replace(way, start=stands[way.start], to=stands[way.to]) for way in whole.ways]
    return Graph(whole.focus, places, _merged(ways))


def rates(whole: Graph) -> dict[UUID, Fraction]:
    """By lot how much of the traced lot is in one of it; left out where that cannot be told."""
    focus = whole.places[whole.focus].lot
    received = focus.quantity or 0 if focus else 0
    found: dict[UUID, Fraction] = {}
    blurred: set[str] = set()
    for place in sorted(whole.places.values(), key=lambda place: place.layer):
        coming = whole.into(place.key)
        units = {way.unit for way in whole.out_of(place.key)}
        if any(way.start in blurred for way in coming) or (place.kind == "batch" and len(units) > 1):
            blurred.add(place.key)
        if place.lot and place.lot.quantity and place.layer >= 0 and place.key not in blurred:
            share = Fraction(1) if place.key == whole.focus else sum((way.share for way in coming), Fraction(0))
            found[place.lot.id] = share * received / place.lot.quantity
    return found


def _few(whole: Graph, here: list[Place]) -> list[Place]:
    """The largest, and one place for the rest of each kind."""
    weight = {place.key: Fraction(0) for place in here}
    for way in whole.ways:
        for key in (way.start, way.to):
            if key in weight:
                weight[key] = max(weight[key], way.share)
    ranked = sorted(here, key=lambda place: (place.key != whole.focus, -weight[place.key]))
    kept, rest = ranked[: MOST - 1], ranked[MOST - 1 :]
    by_word: dict[str, list[Place]] = {}
    for place in rest:
        by_word.setdefault(_word(place), []).append(place)
    more = [
        Place(f"more {here[0].layer} {word}", "more", here[0].layer, tuple(place.nodes[0] for place in some))
        for word, some in by_word.items()
        if len(some) > 1
    ]
    alone = {some[0].key for some in by_word.values() if len(some) == 1}
    shown = {place.key for place in kept} | alone
    return [place for place in here if place.key in shown] + more


def _word(place: Place) -> str:
    return {"made": "batch", HERE: SHELF}.get(place.kind, place.kind)


def _places(trace: Trace) -> tuple[dict[UUID, str], dict[str, Place]]:
    """Which place each node stands in, and the places."""
    made = _sole_outputs(trace)
    stands: dict[UUID, str] = {}
    nodes: dict[str, list[Node]] = {}
    for node in trace.nodes:
        key = _end_key(node) if node.type in ENDS else str(made.get(node.id, node.id))
        stands[node.id] = key
        nodes.setdefault(key, []).append(node)
    return stands, {key: Place(key, _kind(some), 0, tuple(some)) for key, some in nodes.items()}


def _kind(some: list[Node]) -> str:
    types = {node.type for node in some}
    return "made" if types == {"lot", "batch"} else some[0].type


def _end_key(node: Node) -> str:
    return f"{node.kind} {'' if node.label == node.number else node.label}"


def _sole_outputs(trace: Trace) -> dict[UUID, UUID]:
    """By batch the one lot that it made, where there is one."""
    batches = {node.id for node in trace.nodes if node.type == "batch"}
    lots: dict[UUID, set[UUID]] = {}
    for edge in trace.edges:
        if edge.start in batches:
            lots.setdefault(edge.start, set()).add(edge.to)
    return {batch: some.copy().pop() for batch, some in lots.items() if len(some) == 1}


def _way(edge: Edge, stands: dict[UUID, str]) -> Way:
    return Way(stands[edge.start], stands[edge.to], edge.quantity, edge.unit)


def _merged(ways: Iterable[Way]) -> list[Way]:
    sums: dict[tuple[str, str, str], Way] = {}
    for way in ways:
        key = (way.start, way.to, way.unit)
        was = sums.get(key)
        sums[key] = (
            way if was is None else replace(was, quantity=was.quantity + way.quantity, share=was.share + way.share)
        )
    return list(sums.values())


def _kept(places: dict[str, Place], after: set[str], focus: str) -> list[Way]:
    """What is still here of the lot and of what was made of it, as ways to the shelf. Adds the shelf to the places."""
    ways = []
    for key, place in [(key, place) for key, place in places.items() if key in after and place.lot]:
        lot = place.lot
        if lot is None or not lot.remaining:
            continue
        shelf = HERE if key == focus else SHELF
        was = places.get(shelf, Place(shelf, shelf, 0, ()))
        places[shelf] = replace(was, nodes=(*was.nodes, lot))
        ways.append(Way(key, shelf, lot.remaining, lot.unit or ""))
    return ways


def _after(focus: str, ways: list[Way]) -> set[str]:
    return {focus} | _walked(focus, ways, "start", "to").keys()


def _levels(focus: str, ways: list[Way]) -> dict[str, int]:
    """Each place as far from the traced lot as the longest way there: before it below zero, after it above."""
    before = {key: -level for key, level in _walked(focus, ways, "to", "start").items()}
    return {focus: 0} | before | _walked(focus, ways, "start", "to")


def _walked(focus: str, ways: list[Way], near: str, far: str) -> dict[str, int]:
    """The longest way to each place; a way round is walked once."""
    beyond: dict[str, list[str]] = {}
    for way in ways:
        beyond.setdefault(getattr(way, near), []).append(getattr(way, far))
    order = list(_settled(focus, beyond))
    rank = {key: number for number, key in enumerate(order)}
    levels = {focus: 0}
    for key in order:
        for other in beyond.get(key, ()):
            if rank[other] > rank[key]:
                levels[other] = max(levels.get(other, 0), levels[key] + 1)
    del levels[focus]
    return levels


def _settled(focus: str, beyond: dict[str, list[str]]) -> Iterator[str]:
    """What is reached, each before all that lies beyond it."""
    seen, done = {focus}, []
    stack = [(focus, iter(beyond.get(focus, ())))]
    while stack:
        key, rest = stack[-1]
        other = next((each for each in rest if each not in seen), None)
        if other is None:
            done.append(key)
            stack.pop()
        else:
            seen.add(other)
            stack.append((other, iter(beyond.get(other, ()))))
    return reversed(done)


def _by(ways: Iterable[Way], end: Callable[[Way], str]) -> dict[str, list[Way]]:
    found: dict[str, list[Way]] = {}
    for way in ways:
        found.setdefault(end(way), []).append(way)
    return found


@dataclass(slots=True)
class _Sharing:
    """`ways` with what is known of their shares, by number; `leaving`, `coming`: the numbers of each place's ways."""

    ways: list[Way]
    leaving: dict[str, list[int]] = field(default_factory=dict)
    coming: dict[str, list[int]] = field(default_factory=dict)
    held: dict[str, Fraction] = field(default_factory=dict)


def _shared(focus: str, places: dict[str, Place], ways: list[Way]) -> list[Way]:
    """The ways with their share of the traced lot: what leaves a place is divided by amount, within each unit."""
    sharing = _Sharing(list(ways), held={focus: Fraction(1)})
    for number, way in enumerate(ways):
        sharing.leaving.setdefault(way.start, []).append(number)
        sharing.coming.setdefault(way.to, []).append(number)
    for place in sorted(places.values(), key=lambda place: place.layer):
        if place.layer >= 0:
            _divide(sharing, place, forward=True)
    for place in sorted(places.values(), key=lambda place: -place.layer):
        if place.layer <= 0:
            _divide(sharing, place, forward=False)
    return sharing.ways


def _divide(sharing: _Sharing, place: Place, *, forward: bool) -> None:
    held = sharing.held.get(place.key, Fraction(0))
    mine = (sharing.leaving if forward else sharing.coming).get(place.key, [])
    by_unit: dict[str, int] = {}
    for n in mine:
        way = sharing.ways[n]
        by_unit[way.unit] = by_unit.get(way.unit, 0) + way.quantity
    for n in mine:
        way = sharing.ways[n]
        whole = by_unit[way.unit] * len(by_unit)
        if forward and place.lot and place.lot.quantity:
            whole = max(place.lot.quantity, by_unit[way.unit])
        share = held * Fraction(way.quantity, whole)
        sharing.ways[n] = replace(way, share=share)
        far = way.to if forward else way.start
        sharing.held[far] = sharing.held.get(far, Fraction(0)) + share

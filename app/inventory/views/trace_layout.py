"""Where everything in a picture of flows stands: layers from left to right, few crossings, labels that never meet.

Pure geometry in whole user units. The order in a layer is by barycentre; what passes a layer has a place of its own in
it; a label stands beside its bar, the amount of a river before the bar that it reaches.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

BAR = 9
SLOT = 16  # the least height of a river's end: the line of its amount
_TOP, _GAP, _BESIDE, _BEFORE, _APART = 34, 14, 9, 6, 22
_PASS, _PASS_GAP = 4, 2
_SWEEPS = 6


@dataclass(frozen=True, slots=True)
class Thing:
    """Something to place. `label`: width and height of the text beside its bar."""

    key: str
    layer: int
    label: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Flow:
    """A river to a thing in a later layer. `label`: width of its amount."""

    start: str
    to: str
    width: int
    label: int


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Bars and labels by key, rivers and their amounts in the order of the flows, the layers' left sides."""

    bars: Mapping[str, Box]
    labels: Mapping[str, Box]
    rivers: Sequence[str]
    amounts: Sequence[Box]
    columns: Sequence[int]
    width: int
    height: int


def place(things: Sequence[Thing], flows: Sequence[Flow], *, least_width: int) -> Layout:
    """Where they stand. Flows go from a lower layer to a higher one; each thing's key is its own."""
    grid = _Grid(things, flows)
    grid.sort()
    tops = grid.tops()
    columns, width = _columns(grid, least_width)
    height = max((tops[key] + grid.heights[key] for key in tops), default=_TOP) + 4
    bars, labels = _boxes(grid, tops, columns)
    rivers, amounts = _rivers(grid, tops, columns, bars)
    return Layout(bars, labels, rivers, amounts, columns, width, height)


class _Grid:
    """Who stands in which layer, in which order. What passes a layer stands there under a name of its own."""

    def __init__(self, things: Sequence[Thing], flows: Sequence[Flow]) -> None:
        rank = {layer: number for number, layer in enumerate(sorted({thing.layer for thing in things}))}
        self.things = {thing.key: thing for thing in things}
        self.flows = flows
        self.layer = {thing.key: rank[thing.layer] for thing in things}
        self.layers: list[list[str]] = [[] for _ in rank]
        for thing in things:
            self.layers[rank[thing.layer]].append(thing.key)
        self.chains = [self._chain(number, flow) for number, flow in enumerate(flows)]
        self.before: dict[str, list[str]] = {key: [] for key in self.layer}
        self.after: dict[str, list[str]] = {key: [] for key in self.layer}
        for chain in self.chains:
            for near, far in pairwise(chain):
                self.after[near].append(far)
                self.before[far].append(near)
        self.heights = {key: self._height(key) for key in self.layer}

    def _chain(self, number: int, flow: Flow) -> list[str]:
        """The flow's way: from its start through the layers that it passes to its end."""
        passed = range(self.layer[flow.start] + 1, self.layer[flow.to])
        names = [f"~{number}~{layer}" for layer in passed]
        for name, layer in zip(names, passed, strict=True):
            self.layer[name] = layer
            self.layers[layer].append(name)
        return [flow.start, *names, flow.to]

    def bar(self, key: str) -> int:
        """The height of a thing's bar, or of the river that passes."""
        if key not in self.things:
            return self.flows[int(key.split("~")[1])].width
        coming = sum(max(flow.width, SLOT) for flow in self.flows if flow.to == key)
        leaving = sum(flow.width for flow in self.flows if flow.start == key)
        return max(coming, leaving, SLOT)

    def _height(self, key: str) -> int:
        if key not in self.things:
            return self.bar(key) + _PASS
        return max(self.bar(key), self.things[key].label[1])

    def sort(self) -> None:
        """Order each layer by where its neighbours stand, there and back, and keep the order with fewest crossings."""
        best, fewest = [list(keys) for keys in self.layers], self.crossings()
        for sweep in range(_SWEEPS):
            there = sweep % 2 == 0
            for number in range(len(self.layers)) if there else reversed(range(len(self.layers))):
                self._order(number, self.before if there else self.after)
            if (now := self.crossings()) < fewest:
                best, fewest = [list(keys) for keys in self.layers], now
        self.layers = best

    def _order(self, number: int, beside: Mapping[str, list[str]]) -> None:
        """By the mean place of the neighbours in thousandths; who has none keeps its own."""
        at = {key: place for keys in self.layers for place, key in enumerate(keys)}

        def middle(key: str) -> int:
            near = beside[key]
            return 1000 * sum(at[other] for other in near) // len(near) if near else 1000 * at[key]

        self.layers[number].sort(key=middle)

    def crossings(self) -> int:
        """How many pairs of rivers cross."""
        at = {key: place for keys in self.layers for place, key in enumerate(keys)}
        return sum(_crossings(sorted((at[near], at[far]) for near, far in steps)) for steps in self._steps())

    def _steps(self) -> Iterator[list[tuple[str, str]]]:
        by_layer: dict[int, list[tuple[str, str]]] = {}
        for chain in self.chains:
            for step in pairwise(chain):
                by_layer.setdefault(self.layer[step[0]], []).append(step)
        yield from by_layer.values()

    def tops(self) -> dict[str, int]:
        """The upper side of each: near the middle of its neighbours, in its order, none on another."""
        tallest = max((self._stacked(keys) for keys in self.layers), default=0)
        tops = {}
        for keys in self.layers:
            y = _TOP + (tallest - self._stacked(keys)) // 2
            for key in keys:
                tops[key] = y
                y += self.heights[key] + self._gap(key)
        for _ in range(_SWEEPS):
            for beside in (self.before, self.after):
                for keys in self.layers:
                    self._settle(keys, tops, beside, tallest)
        return tops

    def _stacked(self, keys: Sequence[str]) -> int:
        return sum(self.heights[key] + self._gap(key) for key in keys)

    def _gap(self, key: str) -> int:
        """What is free below it."""
        return _GAP if key in self.things else _PASS_GAP

    def _settle(self, keys: Sequence[str], tops: dict[str, int], beside: Mapping[str, list[str]], tallest: int) -> None:
        """Move each towards its neighbours, down as far as those above need, then up as far as the foot needs."""
        floor = _TOP
        for key in keys:
            near = [tops[other] + self.heights[other] // 2 for other in beside[key]]
            wanted = sum(near) // len(near) - self.heights[key] // 2 if near else tops[key]
            tops[key] = max(wanted, floor)
            floor = tops[key] + self.heights[key] + self._gap(key)
        ceiling = _TOP + tallest
        for key in reversed(keys):
            tops[key] = min(tops[key], ceiling - self.heights[key] - self._gap(key))
            ceiling = tops[key]


def _crossings(steps: Sequence[tuple[int, int]]) -> int:
    """Pairs out of order among the far ends of steps that are sorted by their near ends."""
    return sum(1 for n, (near, far) in enumerate(steps) for left, right in steps[:n] if left < near and right > far)


def _columns(grid: _Grid, least_width: int) -> tuple[list[int], int]:
    """The layers' left sides, as far apart as their labels and the amounts between them need; and the whole width."""
    labels = [max((grid.things[key].label[0] for key in keys if key in grid.things), default=0) for keys in grid.layers]
    amounts = [0] * len(labels)
    for flow in grid.flows:
        to = grid.layer[flow.to]
        amounts[to] = max(amounts[to], flow.label)
    steps = [BAR + _BESIDE + labels[n] + _APART + amounts[n + 1] + _BEFORE for n in range(len(labels) - 1)]
    tail = BAR + _BESIDE + (labels[-1] if labels else 0) + 2
    spare = max(least_width - sum(steps) - tail, 0) // max(len(steps), 1)
    columns = [2]
    for step in steps:
        columns.append(columns[-1] + step + spare)
    return columns, max(columns[-1] + tail, least_width)


def _boxes(grid: _Grid, tops: Mapping[str, int], columns: Sequence[int]) -> tuple[dict[str, Box], dict[str, Box]]:
    bars, labels = {}, {}
    for key, thing in grid.things.items():
        x, y, height, bar = columns[grid.layer[key]], tops[key], grid.heights[key], grid.bar(key)
        bars[key] = Box(x, y + (height - bar) // 2, BAR, bar)
        wide, high = thing.label
        labels[key] = Box(x + BAR + _BESIDE, y + (height - high) // 2, wide, high)
    return bars, labels


def _rivers(
    grid: _Grid, tops: Mapping[str, int], columns: Sequence[int], bars: Mapping[str, Box]
) -> tuple[list[str], list[Box]]:
    leaves = _ends(grid, tops, bars, arriving=False)
    arrives = _ends(grid, tops, bars, arriving=True)
    rivers, amounts = [], []
    for number, (flow, chain) in enumerate(zip(grid.flows, grid.chains, strict=True)):
        points = [(columns[grid.layer[flow.start]] + BAR, leaves[number])]
        for key in chain[1:-1]:
            x, y = columns[grid.layer[key]], tops[key] + _PASS // 2
            points += [(x, y), (x + BAR, y)]
        end = bars[flow.to].x
        points.append((end, arrives[number]))
        rivers.append(_path(points, flow.width))
        y = arrives[number] + (flow.width - SLOT) // 2
        amounts.append(Box(end - _BEFORE - flow.label, y, flow.label, SLOT))
    return rivers, amounts


def _ends(grid: _Grid, tops: Mapping[str, int], bars: Mapping[str, Box], *, arriving: bool) -> dict[int, int]:
    """The upper side of each river where it touches a bar, stacked as its other ends lie."""
    by_thing: dict[str, list[int]] = {}
    for number, flow in enumerate(grid.flows):
        by_thing.setdefault(flow.to if arriving else flow.start, []).append(number)
    found = {}
    for key, numbers in by_thing.items():
        numbers.sort(key=lambda n: (tops[grid.chains[n][-2 if arriving else 1]], n))
        slots = [max(grid.flows[n].width, SLOT) if arriving else grid.flows[n].width for n in numbers]
        y = bars[key].y + (bars[key].height - sum(slots)) // 2
        for number, slot in zip(numbers, slots, strict=True):
            found[number] = y + (slot - grid.flows[number].width) // 2
            y += slot
    return found


def _path(points: Sequence[tuple[int, int]], width: int) -> str:
    """A closed path along the points' upper side and back along the lower."""
    lower = [(x, y + width) for x, y in reversed(points)]
    return f"M{points[0][0]} {points[0][1]}{_along(points)}V{lower[0][1]}{_along(lower)}Z"


def _along(points: Iterable[tuple[int, int]]) -> str:
    parts = []
    for (x0, y0), (x1, y1) in pairwise(points):
        half = (x0 + x1) // 2
        parts.append(f"C{half} {y0} {half} {y1} {x1} {y1}" if y0 != y1 else f"H{x1}")
    return "".join(parts)

"""A trace as a picture: places in columns from left to right, rivers between them. Geometry only; the page draws it.

What would not fit is put together: sales to the same customer, then the smallest of a column; what lies further away
than the columns reach is left to the table.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from app.inventory.queries.trace import Edge, Node, Trace
from app.inventory.views import words
from app.inventory.views.words import KINDS

WIDTH, _BAR, _ROW, _TOP = 1000, 9, 62, 16
_WIDEST, _NARROWEST = 30, 3
_COLUMNS, _FORWARD, _ROWS = 5, 3, 7
_LETTER_WIDTH = 8


@dataclass(frozen=True, slots=True)
class Place:
    """A node where it stands. `height` is that of its bar; `letters` may stand beside it."""

    node: Node
    x: int
    y: int
    height: int
    letters: int
    focus: bool

    @property
    def lines(self) -> list[tuple[int, str]]:
        """What to write below the label, with the height of each line."""
        node = self.node
        name = node.item.name if node.item else KINDS[node.kind].did if node.kind else ""
        held = words.amount(node.quantity, node.unit) if node.quantity is not None else ""
        left = f"{held}, {words.amount(node.remaining, '')} left" if node.remaining else held
        said = [text for text in (name, left) if text]
        return [(self.y + 30 + 17 * number, _short(text, self.letters)) for number, text in enumerate(said)]

    @property
    def label(self) -> str:
        """Its name, as long as there is room for."""
        return _short(self.node.label, self.letters)


@dataclass(frozen=True, slots=True)
class River:
    """A path from one bar to the next, and what it flows into."""

    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What to draw, in a box of WIDTH × height."""

    places: tuple[Place, ...]
    rivers: tuple[River, ...]
    height: int


def draw(trace: Trace) -> Picture | None:
    """The picture; None where there is nothing to connect."""
    columns, edges = _reduced(trace)
    if not edges:
        return None
    widths = {edge: _width(edge, edges, columns) for edge in edges}
    places = _places(columns, widths, trace.lot.id)
    height = max(place.y + max(place.height, _ROW) for place in places.values())
    return Picture(tuple(places.values()), _rivers(edges, places, widths), height)


_Columns = list[list[Node]]


def _reduced(trace: Trace) -> tuple[_Columns, list[Edge]]:
    """As many columns and rows as can be read, and the edges between what stands in them."""
    stands: dict[UUID, UUID] = {}
    columns = [_merged(column, stands) for column in _reachable(trace)]
    carried: dict[tuple[UUID, UUID, str], int] = {}
    for edge in trace.edges:
        if edge.start in stands and edge.to in stands:
            way = (stands[edge.start], stands[edge.to], edge.unit)
            carried[way] = carried.get(way, 0) + edge.quantity
    return columns, [Edge(start, to, quantity, unit) for (start, to, unit), quantity in carried.items()]


def _reachable(trace: Trace) -> _Columns:
    """Nodes by their distance from the lot: what it came from left, where it went right."""
    level = _levels(trace)
    forward = min(max(level.values()), _FORWARD)
    back = min(-min(level.values()), _COLUMNS - 1 - forward)
    columns: _Columns = [[] for _ in range(back + forward + 1)]
    for node in trace.nodes:
        if node.id in level and -back <= level[node.id] <= forward:
            columns[level[node.id] + back].append(node)
    return columns


def _levels(trace: Trace) -> dict[UUID, int]:
    level = {trace.lot.id: 0}
    for step, near, far in ((1, "start", "to"), (-1, "to", "start")):
        waiting, depth = {trace.lot.id}, 0
        while waiting and abs(depth) <= _COLUMNS:
            depth += step
            waiting = {getattr(edge, far) for edge in trace.edges if getattr(edge, near) in waiting}
            level.update(dict.fromkeys(waiting, depth))
    return level


def _merged(column: list[Node], stands: dict[UUID, UUID]) -> list[Node]:
    """The column with equal ends put together, and the smallest when there are too many.

    stands: filled with who stands for whom
    """
    groups: dict[tuple[str, str], list[Node]] = {}
    for node in column:
        end = node.type in {"sale", "disposal"}
        groups.setdefault((node.type, f"{node.label} {node.kind}" if end else str(node.id)), []).append(node)
    largest = sorted(groups.values(), key=lambda group: -sum(node.quantity or 0 for node in group))
    if len(largest) > _ROWS:
        rest = [node for group in largest[_ROWS - 1 :] for node in group]
        largest = [*largest[: _ROWS - 1], rest]
    for group in largest:
        stands.update({node.id: group[0].id for node in group})
    return [_one(group) for group in largest]


def _one(group: list[Node]) -> Node:
    """One node for several; their amounts together where they are of one unit."""
    first = group[0]
    if len(group) == 1:
        return first
    together = sum(node.quantity or 0 for node in group) if len({node.unit for node in group}) == 1 else None
    if len({node.label for node in group}) == 1:
        return replace(first, quantity=together, label=f"{len(group)} × {first.label}")
    return Node(first.id, first.type, f"{len(group)} more", quantity=together, unit=first.unit)


def _width(edge: Edge, edges: list[Edge], columns: _Columns) -> int:
    """As wide as its share of all that the place it leaves held."""
    start = next(node for column in columns for node in column if node.id == edge.start)
    beside = sum(other.quantity for other in edges if other.start == edge.start and other.unit == edge.unit)
    held = max(beside, start.quantity or 0) if start.unit == edge.unit else beside
    return max(_NARROWEST, _WIDEST * edge.quantity // max(held, 1))


def _places(columns: _Columns, widths: dict[Edge, int], focus: UUID) -> dict[UUID, Place]:
    tallest = max(len(nodes) for nodes in columns) * _ROW
    between = WIDTH // len(columns)
    letters = (between - _BAR) // _LETTER_WIDTH
    places: dict[UUID, Place] = {}
    for number, nodes in enumerate(columns):
        gap = tallest // max(len(nodes), 1)
        for row, node in enumerate(nodes):
            height = max(_side(widths, node.id, "to"), _side(widths, node.id, "start"), _WIDEST)
            y = _TOP + gap * row + max(gap - _ROW, 0) // 2
            places[node.id] = Place(node, 4 + number * between, y, height, letters, node.id == focus)
    return places


def _side(widths: dict[Edge, int], node_id: UUID, side: str) -> int:
    return min(sum(width for edge, width in widths.items() if getattr(edge, side) == node_id), _ROW - 6)


def _rivers(edges: Iterable[Edge], places: dict[UUID, Place], widths: dict[Edge, int]) -> tuple[River, ...]:
    used: dict[tuple[UUID, str], int] = {}
    rivers = []
    for edge in edges:
        start, end, width = places[edge.start], places[edge.to], widths[edge]
        y0 = start.y + _next(used, (edge.start, "out"), width, start.height)
        y1 = end.y + _next(used, (edge.to, "in"), width, end.height)
        rivers.append(River(_path(start.x + _BAR, y0, end.x, y1, width), _kind(end.node)))
    return tuple(rivers)


def _next(used: dict[tuple[UUID, str], int], side: tuple[UUID, str], width: int, height: int) -> int:
    """Where on the bar's side the next river lies; the last ones share its foot."""
    at = used.get(side, 0)
    used[side] = at + width
    return max(0, min(at, height - width))


def _kind(end: Node) -> str:
    return {"sale": "f-c", "lot": "f-s" if end.remaining else ""}.get(end.type, "")


def _path(x0: int, y0: int, x1: int, y1: int, width: int) -> str:
    half = (x0 + x1) // 2
    over = f"M{x0} {y0}C{half} {y0} {half} {y1} {x1} {y1}"
    return f"{over}V{y1 + width}C{half} {y1 + width} {half} {y0 + width} {x0} {y0 + width}Z"


def _short(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"

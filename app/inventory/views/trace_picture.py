"""A trace as a picture: places in columns from left to right, rivers between them. Geometry only; the page draws it."""

from dataclasses import dataclass
from uuid import UUID

from app.inventory.queries.trace import Edge, Node, Trace
from app.inventory.views import words
from app.inventory.views.words import KINDS

WIDTH, _BAR, _ROW, _TOP = 1000, 9, 62, 16
_WIDEST, _NARROWEST = 30, 3
_MOST_COLUMNS, _MOST_ROWS = 6, 8
_LETTERS = 24


@dataclass(frozen=True, slots=True)
class Place:
    """A node where it stands. `height` is that of its bar."""

    node: Node
    x: int
    y: int
    height: int
    focus: bool

    @property
    def lines(self) -> list[tuple[int, str]]:
        """What to write below the label, with the height of each line."""
        node = self.node
        name = node.item.name if node.item else KINDS[node.kind].did if node.kind else ""
        held = words.amount(node.quantity, node.unit) if node.quantity is not None else ""
        left = f"{held}, {words.amount(node.remaining, '')} left" if node.remaining else held
        said = [text for text in (name, left) if text]
        return [(self.y + 30 + 17 * number, _short(text)) for number, text in enumerate(said)]

    @property
    def label(self) -> str:
        """Its name, as long as there is room for."""
        return _short(self.node.label)


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
    """The picture; None where there is nothing to connect, or too much to be read: then the table says it all."""
    columns = _columns(trace)
    if not trace.edges or len(columns) > _MOST_COLUMNS or any(len(nodes) > _MOST_ROWS for nodes in columns):
        return None
    widths = {edge: _width(edge, trace) for edge in trace.edges}
    places = _places(columns, widths, trace.lot.id)
    height = max(place.y + max(place.height, _ROW) for place in places.values())
    return Picture(tuple(places.values()), _rivers(trace, places, widths), height)


def _short(text: str) -> str:
    return text if len(text) <= _LETTERS else text[: _LETTERS - 1].rstrip() + "…"


def _columns(trace: Trace) -> list[list[Node]]:
    """Nodes by their distance from the lot: what it came from left, where it went right."""
    level = {trace.lot.id: 0}
    for step, near, far in ((1, "start", "to"), (-1, "to", "start")):
        waiting, depth = {trace.lot.id}, 0
        while waiting and abs(depth) <= _MOST_COLUMNS:
            depth += step
            waiting = {getattr(edge, far) for edge in trace.edges if getattr(edge, near) in waiting}
            level.update(dict.fromkeys(waiting, depth))
    first = min(level.values())
    columns: list[list[Node]] = [[] for _ in range(max(level.values()) - first + 1)]
    for node in trace.nodes:
        if node.id in level:
            columns[level[node.id] - first].append(node)
    return columns


def _width(edge: Edge, trace: Trace) -> int:
    """As wide as its share of all that the place it leaves held."""
    start = next(node for node in trace.nodes if node.id == edge.start)
    beside = sum(other.quantity for other in trace.edges if other.start == edge.start and other.unit == edge.unit)
    held = max(beside, start.quantity or 0) if start.unit == edge.unit else beside
    return max(_NARROWEST, _WIDEST * edge.quantity // max(held, 1))


def _places(columns: list[list[Node]], widths: dict[Edge, int], focus: UUID) -> dict[UUID, Place]:
    tallest = max(len(nodes) for nodes in columns) * _ROW
    between = WIDTH // len(columns)
    places: dict[UUID, Place] = {}
    for number, nodes in enumerate(columns):
        gap = tallest // max(len(nodes), 1)
        for row, node in enumerate(nodes):
            came = sum(width for edge, width in widths.items() if edge.to == node.id)
            went = sum(width for edge, width in widths.items() if edge.start == node.id)
            y = _TOP + gap * row + max(gap - _ROW, 0) // 2
            places[node.id] = Place(node, 4 + number * between, y, max(came, went, _WIDEST), node.id == focus)
    return places


def _rivers(trace: Trace, places: dict[UUID, Place], widths: dict[Edge, int]) -> tuple[River, ...]:
    left: dict[UUID, int] = {}
    right: dict[UUID, int] = {}
    rivers = []
    for edge in trace.edges:
        start, end = places.get(edge.start), places.get(edge.to)
        if start is None or end is None:
            continue
        y0 = start.y + left.get(edge.start, 0)
        y1 = end.y + right.get(edge.to, 0)
        left[edge.start] = left.get(edge.start, 0) + widths[edge]
        right[edge.to] = right.get(edge.to, 0) + widths[edge]
        rivers.append(River(_path(start.x + _BAR, y0, end.x, y1, widths[edge]), _kind(end.node)))
    return tuple(rivers)


def _kind(end: Node) -> str:
    return {"sale": "f-c", "lot": "f-s" if end.remaining else ""}.get(end.type, "")


def _path(x0: int, y0: int, x1: int, y1: int, width: int) -> str:
    half = (x0 + x1) // 2
    over = f"M{x0} {y0}C{half} {y0} {half} {y1} {x1} {y1}"
    return f"{over}V{y1 + width}C{half} {y1 + width} {half} {y0 + width} {x0} {y0 + width}Z"

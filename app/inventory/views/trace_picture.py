"""A trace as a picture: what is written where, on the layout that `trace_layout` makes. The page draws it."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from app.inventory.queries.trace import Trace
from app.inventory.views import lettering, trace_graph, trace_layout, trace_signs
from app.inventory.views.trace_graph import ENDS, HERE, SHELF, Graph, Place, Way
from app.inventory.views.trace_layout import Box, Flow, Thing
from app.inventory.views.trace_signs import Sign, Signs

WIDTH = 1000
_FITS = 1160  # a picture up to this width is drawn as wide as the page; a wider one scrolls
_FULL = 190  # how high the whole of the traced lot is
_ROOM, _NARROW_ROOM, _AMOUNT_ROOM = 168, 138, 104
_FEW_LAYERS = 4
_TITLE, _TEXT, _LINE, _TAG_LINE = 14, 13, 17, 36
_TAG_SIDES = 40


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a label at its base line. style: k a name, m a code, tag a code on a tag, or nothing."""

    text: str
    style: str
    y: int


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where it stands: its bar, its label, the tag's width, and the whole that can be touched."""

    place: Place
    sign: Sign
    bar: Box
    label: Box
    lines: tuple[Line, ...]
    style: str

    @property
    def touch(self) -> Box:
        """Bar and label in one."""
        top = min(self.bar.y, self.label.y)
        foot = max(self.bar.y + self.bar.height, self.label.y + self.label.height)
        return Box(self.bar.x, top, self.label.x + self.label.width - self.bar.x, foot - top)


@dataclass(frozen=True, slots=True)
class River:
    """A path from one bar to the next, and its amount before the bar that it reaches."""

    path: str
    kind: str
    amount: str
    whole: str
    box: Box

    @property
    def x(self) -> int:
        """Where its amount ends."""
        return self.box.x + self.box.width

    @property
    def y(self) -> int:
        """The base line of its amount."""
        return self.box.y + 12


@dataclass(frozen=True, slots=True)
class Picture:
    """What to draw, in a box of width × height. `heads`: what the columns are, and where."""

    spots: tuple[Spot, ...]
    rivers: tuple[River, ...]
    heads: tuple[tuple[int, str], ...]
    width: int
    height: int

    @property
    def wide(self) -> bool:
        """Whether it needs a window of its own to be moved in."""
        return self.width > _FITS


def draw(trace: Trace, whole: Graph, opened: Iterable[int] = ()) -> Picture | None:
    """The picture of the trace's graph; None where there is nothing to connect."""
    shown = trace_graph.grouped(whole, opened)
    if not [way for way in shown.ways if way.to != HERE]:
        return None
    signs = Signs(trace, shown, opened)
    room = _ROOM if len({place.layer for place in shown.places.values()}) <= _FEW_LAYERS else _NARROW_ROOM
    written = {key: _written(signs.of(place), room, focus=key == shown.focus) for key, place in shown.places.items()}
    things = [Thing(key, place.layer, _size(written[key][1])) for key, place in shown.places.items()]
    amounts = [_amount(way) for way in shown.ways]
    flows = [
        Flow(way.start, way.to, max(2, round(_FULL * way.share)), lettering.width(text, _TEXT))
        for way, text in zip(shown.ways, amounts, strict=True)
    ]
    layout = trace_layout.place(things, flows, least_width=WIDTH)
    spots = tuple(
        Spot(
            place,
            written[key][0],
            layout.bars[key],
            layout.labels[key],
            _lines(written[key][1], layout.labels[key]),
            _style(place, shown),
        )
        for key, place in shown.places.items()
    )
    rivers = tuple(
        River(path, _kind(shown.places[way.to]), text, trace_signs.amount(way.quantity, way.unit), box)
        for way, path, text, box in zip(shown.ways, layout.rivers, amounts, layout.amounts, strict=True)
    )
    return Picture(spots, rivers, _heads(shown, layout.columns), layout.width, layout.height)


_Text = tuple[str, str]


def _written(sign: Sign, room: int, *, focus: bool) -> tuple[Sign, list[_Text]]:
    """The lines of a label, cut to the room beside a bar."""
    if focus:
        title = [(lettering.short(sign.title, room + 16 - _TAG_SIDES, _TITLE, bold=True, mono=True), "tag")]
    elif sign.code:
        title = [(lettering.short(sign.title, room, _TITLE, bold=True, mono=True), "k m")]
    else:
        title = [(part, "k") for part in _two_lines(sign.title, room)]
    return sign, title + [(lettering.short(line, room, _TEXT), "") for line in sign.lines]


def _two_lines(text: str, room: int) -> list[str]:
    """A name on one line, or on two."""
    if lettering.width(text, _TITLE, bold=True) <= room or " " not in text:
        return [lettering.short(text, room, _TITLE, bold=True)]
    words = text.split(" ")
    fits = [n for n in range(1, len(words)) if lettering.width(" ".join(words[:n]), _TITLE, bold=True) <= room]
    cut = fits[-1] if fits else 1
    return [lettering.short(" ".join(part), room, _TITLE, bold=True) for part in (words[:cut], words[cut:])]


def _size(lines: list[_Text]) -> tuple[int, int]:
    return max(_line_width(*line) for line in lines), sum(_height(style) for _text, style in lines)


def _line_width(text: str, style: str) -> int:
    if style == "tag":
        return lettering.width(text, _TITLE, bold=True, mono=True) + _TAG_SIDES
    bold, mono = "k" in style, "m" in style
    return lettering.width(text, _TITLE if bold else _TEXT, bold=bold, mono=mono)


def _height(style: str) -> int:
    return _TAG_LINE if style == "tag" else _LINE


def _lines(texts: list[_Text], box: Box) -> tuple[Line, ...]:
    y, found = box.y, []
    for text, style in texts:
        found.append(Line(text, style, y + (22 if style == "tag" else 13)))
        y += _height(style)
    return tuple(found)


def _amount(way: Way) -> str:
    return lettering.short(trace_signs.amount(way.quantity, way.unit), _AMOUNT_ROOM, _TEXT)


def _style(place: Place, shown: Graph) -> str:
    if place.key == shown.focus:
        return " foc"
    return {SHELF: " s", HERE: " s", "sale": " c", "disposal": " w"}.get(place.kind, "")


def _kind(end: Place) -> str:
    if end.kind in ENDS:
        return "f-c" if end.kind == "sale" else "f-w"
    return "f-s" if end.kind in {SHELF, HERE} else ""


def _heads(shown: Graph, columns: Iterable[int]) -> tuple[tuple[int, str], ...]:
    """What the first column, the lot's own and the two beyond it are."""
    layers = sorted({place.layer for place in shown.places.values()})
    at = dict(zip(layers, columns, strict=True))
    said = {layers[0]: _("Came from"), 0: _("This lot")}
    if layers[-1] > 0:
        said |= {layers[-1]: _("Ended up")} | {1: _("Went into")}
    return tuple((at[layer], text) for layer, text in sorted(said.items()) if layer in at)

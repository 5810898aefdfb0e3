"""Decides where everything on a label stands: pure, in points from the label's upper left corner.

The PDF and the preview on the screen draw the same marks, so what one sees is what is printed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

Font = Literal["plain", "bold", "code"]
Widths = Callable[[str, Font, float], float]
"""How wide words are in a font of a size, in points."""

_LEADING = 1.22
_NAME_LINES = 3
_SMALLEST = 0.35
_WHOLE_NAME = 0.72  # a name is cut off rather than made smaller than this
_STEP = 0.95
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class LabelText:
    """What stands on one label.

    facts:   short lines below the name: weight, made on, use by
    address: what the QR code holds
    """

    name: str
    code: str
    address: str
    shop: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text; `x`, `y` is where its baseline begins."""

    x: float
    y: float
    text: str
    font: Font
    size: float
    width: float


@dataclass(frozen=True, slots=True)
class Code:
    """The QR code's square with the white that a reader wants around it."""

    x: float
    y: float
    side: float


Mark: TypeAlias = Words | Code


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    font: Font
    size: float


def lay_out(text: LabelText, size: tuple[float, float], widths: Widths) -> tuple[Mark, ...]:
    """Where everything stands on a label of this width and height: nothing overlaps, nothing leaves the label.

    The code stands at the right, or below on a label that is taller than wide. Text shrinks until it fits; a name
    that does not fit even then ends in an ellipsis.
    """
    width, height = size
    margin = max(4.0, min(size) * 0.07)
    tall = height > width
    side = min(width - 2 * margin, height * 0.45) if tall else min(height - 1.2 * margin, width * 0.44)
    if tall:
        code = Code((width - side) / 2, height - margin - side, side)
        room = (width - 2 * margin, height - 3 * margin - side)
    else:
        code = Code(width - side - margin / 2, (height - side) / 2, side)
        room = (width - side - 2 * margin, height - 1.4 * margin)
    return (code, *_placed(text, room, margin, widths, base=min(height / 8.2, room[0] / 9, 24)))


def _placed(
    text: LabelText, room: tuple[float, float], margin: float, widths: Widths, *, base: float
) -> Iterator[Words]:
    """The text in its room, as large as fits."""
    scale, width = 1.0, room[0]
    lines = _lines(text, base, width, widths)
    while scale > _SMALLEST and not _fits(lines, room, widths, cut=scale < _WHOLE_NAME):
        scale *= _STEP
        lines = _lines(text, base * scale, width, widths)
    y = margin * 0.7 + max(0.0, (room[1] - sum(line.size * _LEADING for line in lines)) / 2)
    for line in lines:
        y += line.size * _LEADING
        fitted = _fitted(line, width, widths)
        yield Words(margin, y - line.size * 0.22, fitted, line.font, line.size, widths(fitted, line.font, line.size))


def _lines(text: LabelText, size: float, width: float, widths: Widths) -> list[_Line]:
    shop = [_Line(text.shop.upper(), "bold", size * 0.58)] if text.shop else []
    name = [_Line(words, "bold", size * 1.15) for words in _wrapped(text.name, size * 1.15, width, widths)]
    facts = [_Line(fact, "plain", size * 0.76) for fact in text.facts]
    return [*shop, *name, *facts, _Line(text.code, "code", size * 0.82)]


def _fits(lines: list[_Line], room: tuple[float, float], widths: Widths, *, cut: bool) -> bool:
    """`cut`: names may be cut off."""
    must = [line for line in lines if not (cut and line.font == "bold")]
    tall = sum(line.size * _LEADING for line in lines) <= room[1]
    return tall and all(widths(line.text, line.font, line.size) <= room[0] for line in must)


def _wrapped(name: str, size: float, width: float, widths: Widths) -> list[str]:
    lines = [""]
    for word in name.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and widths(longer, "bold", size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines[: _NAME_LINES - 1] + ([" ".join(lines[_NAME_LINES - 1 :])] if len(lines) >= _NAME_LINES else [])


def _fitted(line: _Line, width: float, widths: Widths) -> str:
    """The line's words, cut off with an ellipsis where they are too wide."""
    if widths(line.text, line.font, line.size) <= width:
        return line.text
    shorter = replace(line, text=line.text[:-1])
    while shorter.text and widths(shorter.text + _ELLIPSIS, line.font, line.size) > width:
        shorter = replace(shorter, text=shorter.text[:-1])
    return shorter.text.rstrip() + _ELLIPSIS

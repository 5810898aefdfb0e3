"""Draws labels: as a PDF for sheets and rolls, and one label as SVG for the screen. It decides no place."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from markupsafe import Markup
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from app.platform import assets
from app.production.services import label_layout, qr
from app.production.services.label_layout import Code, Font, LabelText, Words
from app.production.services.label_papers import Paper

_FILES: dict[Font, str] = {
    "plain": "DejaVuSansCondensed.ttf",
    "bold": "DejaVuSansCondensed-Bold.ttf",
    "code": "DejaVuSansMono-Bold.ttf",
}
_QUIET = 4  # modules of white that a reader wants around the code
_ONE_LABEL = "label"


@dataclass(frozen=True, slots=True)
class Print:
    """How many labels, from which place of the first page (1 is the upper left one)."""

    paper: Paper
    count: int
    start: int = 1


def pdf(text: LabelText, wanted: Print) -> bytes:
    """The PDF; the same text gives the same bytes."""
    out = io.BytesIO()
    paper = wanted.paper
    canvas = Canvas(out, pagesize=paper.page, invariant=True)
    canvas.setTitle(f"{text.name} {text.code}")
    canvas.setViewerPreference("PrintScaling", "None")  # a sheet that is scaled to fit misses its labels
    _keep_label(canvas, text, paper)
    for page in pages(wanted):
        for place in page:
            left, top = paper.corner(place)
            canvas.saveState()
            canvas.translate(left, paper.page[1] - top - paper.label[1])
            canvas.doForm(_ONE_LABEL)
            canvas.restoreState()
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def pages(wanted: Print) -> Iterator[list[int]]:
    """The places, counted from 0, that are printed on each page."""
    first, left = wanted.start - 1, wanted.count
    while left > 0:
        here = list(range(first, min(wanted.paper.places, first + left)))
        yield here
        first, left = 0, left - len(here)


def marks(text: LabelText, size: tuple[float, float]) -> Markup:
    """What stands on one label of this width and height in points, as SVG. Fonts are the page's: widths are kept."""
    placed = label_layout.lay_out(_printable(text), size, _width)
    return Markup("").join(Markup(_svg_mark(mark, text.address)) for mark in placed)  # noqa: S704 - words are escaped there


def _svg_mark(mark: Words | Code, address: str) -> str:
    if isinstance(mark, Words):
        fit = f' textLength="{mark.width:.2f}" lengthAdjust="spacingAndGlyphs"' if mark.text else ""
        where = f'x="{mark.x:.2f}" y="{mark.y:.2f}" font-size="{mark.size:.2f}"'
        return f'<text class="lb-{mark.font}" {where}{fit}>{escape(mark.text)}</text>'
    rows = qr.modules(address)
    scale = mark.side / (len(rows) + 2 * _QUIET)
    path = "".join(
        f"M{x + _QUIET} {y + _QUIET}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return f'<path transform="translate({mark.x:.2f} {mark.y:.2f}) scale({scale:.4f})" d="{path}"/>'


def _keep_label(canvas: Canvas, text: LabelText, paper: Paper) -> None:
    """Draw the label once; each place shows it again."""
    height = paper.label[1]
    canvas.beginForm(_ONE_LABEL, 0, 0, *paper.label)
    for mark in label_layout.lay_out(_printable(text), paper.label, _width):
        if isinstance(mark, Words):
            canvas.setFont(_font(mark.font), mark.size)
            canvas.drawString(mark.x, height - mark.y, mark.text)
        else:
            _draw_code(canvas, mark, height, text.address)
    canvas.endForm()


def _draw_code(canvas: Canvas, mark: Code, height: float, address: str) -> None:
    rows = qr.modules(address)
    canvas.saveState()
    canvas.translate(mark.x, height - mark.y - mark.side)
    canvas.scale(mark.side / (len(rows) + 2 * _QUIET), mark.side / (len(rows) + 2 * _QUIET))
    path: Any = canvas.beginPath()
    for y, row in enumerate(reversed(rows)):
        for x, is_dark in enumerate(row):
            if is_dark:
                path.rect(x + _QUIET, y + _QUIET, 1, 1)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()


def _width(words: str, font: Font, size: float) -> float:
    return float(pdfmetrics.stringWidth(words, _font(font), size))


@cache
def _font(font: Font) -> str:
    """The name under which reportlab knows the font; read from the built files the first time."""
    file: Path = assets.path_of(_FILES[font])
    pdfmetrics.registerFont(TTFont(file.stem, file))
    return file.stem


def _printable(text: LabelText) -> LabelText:
    """With a question mark for each letter that our fonts lack (Latin, Greek, Cyrillic, Arabic and more are there)."""
    known = pdfmetrics.getFont(_font("plain")).face.charToGlyph  # type: ignore[attr-defined]

    def shown(words: str) -> str:
        return "".join(letter if ord(letter) in known else "?" for letter in words)

    facts = tuple(shown(fact) for fact in text.facts)
    return LabelText(shown(text.name), shown(text.code), text.address, shown(text.shop), facts)

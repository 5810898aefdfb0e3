"""Draws an A4 sheet of labels for a batch: name, label, made on, use by, and its QR code.

3 × 7 labels of 63.5 × 38.1 mm, which are 180 × 108 points; all lengths here are points.
"""

import io
from dataclasses import dataclass
from datetime import date

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from app.production.services import qr

PAGE = (595, 842)
COLUMNS, ROWS = 3, 7
_WIDTH, _HEIGHT, _GAP = 180, 108, 7
_LEFT = (PAGE[0] - COLUMNS * _WIDTH - (COLUMNS - 1) * _GAP) // 2
_BOTTOM = (PAGE[1] - ROWS * _HEIGHT) // 2
_MARGIN, _CODE, _QUIET = 9, 72, 4  # the last: modules of white that a reader wants around the code
_TEXT_WIDTH = _WIDTH - _CODE - 2 * _MARGIN
_PLAIN, _BOLD = "Helvetica", "Helvetica-Bold"


@dataclass(frozen=True, slots=True)
class LabelText:
    """What stands on each label."""

    name: str
    label: str
    made_on: date | None
    use_by: date | None
    address: str


def sheet(text: LabelText) -> bytes:
    """The PDF; the same text gives the same bytes."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=PAGE, invariant=True)
    canvas.setTitle(f"Labels of {text.label}")
    for row in range(ROWS):
        for column in range(COLUMNS):
            canvas.saveState()
            canvas.translate(_LEFT + column * (_WIDTH + _GAP), _BOTTOM + row * _HEIGHT)
            _draw(canvas, text)
            canvas.restoreState()
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw(canvas: Canvas, text: LabelText) -> None:
    """One label, its lower left corner at the origin."""
    _draw_code(canvas, text.address)
    line = _HEIGHT - _MARGIN
    for words, font, size in _words(text):
        line -= size + 3
        canvas.setFont(font, size)
        canvas.drawString(_MARGIN, line, words)


def _words(text: LabelText) -> list[tuple[str, str, int]]:
    """Lines from the top: words, font, size."""
    name = [(words, _BOLD, 10) for words in _wrapped(_printable(text.name), _BOLD, 10)]
    return [
        *name,
        (_fitted(_printable(text.label), _PLAIN, 9), _PLAIN, 9),
        *([(f"Made on {text.made_on.isoformat()}", _PLAIN, 8)] if text.made_on else []),
        *([(f"Use by {text.use_by.isoformat()}", _PLAIN, 8)] if text.use_by else []),
    ]


def _wrapped(words: str, font: str, size: int) -> list[str]:
    """At most three lines."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and stringWidth(longer, font, size) > _TEXT_WIDTH:
            lines.append(word)
        else:
            lines[-1] = longer
    kept = lines[:2] + ([" ".join(lines[2:])] if len(lines) > 2 else [])
    return [_fitted(line, font, size) for line in kept]


def _fitted(words: str, font: str, size: int) -> str:
    if stringWidth(words, font, size) <= _TEXT_WIDTH:
        return words
    while words and stringWidth(f"{words}…", font, size) > _TEXT_WIDTH:
        words = words[:-1]
    return f"{words}…"


def _printable(words: str) -> str:
    """What the printer's own fonts can show; other scripts wait for fonts of ours."""
    return words.encode("cp1252", "replace").decode("cp1252")


def _draw_code(canvas: Canvas, address: str) -> None:
    rows = qr.modules(address)
    canvas.saveState()
    canvas.translate(_WIDTH - _CODE - _MARGIN // 2, (_HEIGHT - _CODE) // 2)
    canvas.scale(_CODE / (len(rows) + 2 * _QUIET), _CODE / (len(rows) + 2 * _QUIET))
    path = canvas.beginPath()
    for y, row in enumerate(reversed(rows)):
        for x, is_dark in enumerate(row):
            if is_dark:
                path.rect(x + _QUIET, y + _QUIET, 1, 1)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()

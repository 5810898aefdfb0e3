"""What labels are printed on: sheets and rolls, with every measure in points (72 to the inch).

Sources: the makers' own templates. Avery L7160, L7163 and L7651 (A4), Avery 5160 and 5163 (US Letter), Brother DK
continuous roll of 62 mm, and the 4 × 6 inch thermal label of parcel printers.
"""

from dataclasses import dataclass

_MM = 72 / 25.4
_INCH = 72.0


@dataclass(frozen=True, slots=True)
class Paper:
    """A page, and where its labels lie. Lengths in points; `left` and `top` are the first label's corner."""

    name: str
    hint: str
    page: tuple[float, float]
    label: tuple[float, float]
    columns: int = 1
    rows: int = 1
    left: float = 0
    top: float = 0
    across: float = 0
    down: float = 0

    @property
    def places(self) -> int:
        """Labels on one page."""
        return self.columns * self.rows

    def corner(self, place: int) -> tuple[float, float]:
        """Left and top of the label at `place`, counted from 0 along the rows."""
        row, column = divmod(place, self.columns)
        return self.left + column * self.across, self.top + row * self.down


def _sheet(name: str, hint: str, page: tuple[float, float], grid: tuple[int, int], unit: float, said: str) -> Paper:
    """`said`: width, height, left, top, across, down, in `unit`s."""
    width, height, left, top, across, down = (float(each) * unit for each in said.split())
    return Paper(name, hint, page, (width, height), *grid, left, top, across, down)


_A4 = (210 * _MM, 297 * _MM)
_LETTER = (8.5 * _INCH, 11 * _INCH)

PAPERS = {
    "a4-21": _sheet(
        "A4, 21 labels", "63.5 × 38.1 mm, like Avery L7160", _A4, (3, 7), _MM, "63.5 38.1 7.2 15.1 66 38.1"
    ),
    "a4-14": _sheet(
        "A4, 14 labels", "99.1 × 38.1 mm, like Avery L7163", _A4, (2, 7), _MM, "99.1 38.1 4.7 15.1 101.6 38.1"
    ),
    "a4-65": _sheet(
        "A4, 65 labels", "38.1 × 21.2 mm, like Avery L7651", _A4, (5, 13), _MM, "38.1 21.2 4.7 10.7 40.6 21.2"
    ),
    "letter-30": _sheet(
        "Letter, 30 labels", "2⅝ × 1 in, like Avery 5160", _LETTER, (3, 10), _INCH, "2.625 1 0.1875 0.5 2.75 1"
    ),
    "letter-10": _sheet(
        "Letter, 10 labels", "4 × 2 in, like Avery 5163", _LETTER, (2, 5), _INCH, "4 2 0.15625 0.5 4.1875 2"
    ),
    "roll-62": Paper("Roll, 62 mm", "62 × 40 mm each, one after the other", (62 * _MM, 40 * _MM), (62 * _MM, 40 * _MM)),
    "roll-4x6": Paper("Roll, 4 × 6 in", "one large label each", (4 * _INCH, 6 * _INCH), (4 * _INCH, 6 * _INCH)),
}
"""By the name that stands in an address. The first is what a batch's sheet is printed on when nothing is said."""

DEFAULT = "a4-21"
MOST = 1_000
"""Labels in one print."""

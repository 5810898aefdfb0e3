"""How wide a text is when it is drawn, told without drawing it: for pictures whose labels must not meet.

The widths are those of the house's letters, a little more than less, so that a fallback font fits too.
"""

import unicodedata

_THOUSANDTHS = 1000
_MONO, _WIDE, _OTHER = 620, 1000, 580
_BOLD = 1060
_WIDTHS = {
    **dict.fromkeys("ijl.,:;|!'’·", 300),
    **dict.fromkeys("ft()[]/-r\u00a0 ", 390),
    **dict.fromkeys("mwMW@%&…→−×", 930),
    **dict.fromkeys("0123456789", 620),
    **dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZ", 720),
}


def width(text: str, size: int, *, bold: bool = False, mono: bool = False) -> int:
    """Of a line in the user units of a picture; `size` is that of the font."""
    thousandths = sum(_MONO if mono and letter.isascii() else _width(letter) for letter in text)
    return thousandths * (_BOLD if bold else _THOUSANDTHS) * size // (_THOUSANDTHS * _THOUSANDTHS) + 1


def short(text: str, room: int, size: int, *, bold: bool = False, mono: bool = False) -> str:
    """The text, or as much of its beginning as there is room for, and an ellipsis."""
    if width(text, size, bold=bold, mono=mono) <= room:
        return text
    kept = text
    while kept and width(f"{kept}…", size, bold=bold, mono=mono) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def _width(letter: str) -> int:
    if letter in _WIDTHS:
        return _WIDTHS[letter]
    return _WIDE if unicodedata.east_asian_width(letter) in "WF" or ord(letter) > 0x2FFF else _other(letter)


def _other(letter: str) -> int:
    return _WIDTHS["A"] if letter.isupper() or ord(letter) > 0x24F else _OTHER

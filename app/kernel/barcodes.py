"""What a barcode says: numbers that are the same in several lengths, and GS1 strings with lot and use-by in them.

Reads text alone; the picture was read before.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date

_LENGTHS = (8, 12, 13, 14)
_GROUP = "\x1d"  # stands where a field of any length ends
_FIXED = {"00": 18, "01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2}
_OPEN = {"10", "21", "22", "30", "37", "240", "241", "250", "251", "400", "401", "402"}
_MEASURE = re.compile(r"3[1-6]\d\d")
_SAID = re.compile(r"\((\d{2,4})\)([^(]+)")
_LINK = re.compile(r"https?://[^/]+/(?:[^?#]*/)?01/(\d{8,14})(?:/10/([^/?#]+))?[^?#]*(?:\?([^#]*))?", re.ASCII)
_SYMBOL = re.compile(r"\](?:C1|d2|Q3|e0)")
_CENTURY, _TURN = 100, 51


@dataclass(frozen=True, slots=True)
class Goods:
    """What a GS1 code says of a delivery. `number`: the item's, 14 digits; `lot`: the supplier's."""

    number: str
    lot: str | None = None
    use_by: date | None = None


def is_number(said: str) -> bool:
    """Whether these are an article's number (EAN, UPC, GTIN) with the right last digit."""
    return said.isascii() and said.isdigit() and len(said) in _LENGTHS and _last_digit(said[:-1]) == said[-1]


def alike(said: str) -> tuple[str, ...]:
    """All ways in which the same article's number is written; other codes stand for themselves."""
    if not is_number(said):
        return (said,)
    bare = said.lstrip("0")
    return tuple(bare.zfill(length) for length in _LENGTHS if len(bare) <= length)


def goods(said: str) -> Goods | None:
    """What a GS1 code says: with brackets, with separators, or as a link. None for anything else."""
    fields = _of_link(said) or _of_brackets(said) or _of_string(_SYMBOL.sub("", said, count=1))
    number = fields.get("01", "").zfill(14)
    if not fields.get("01") or not is_number(number):
        return None
    return Goods(number, fields.get("10") or None, _day(fields.get("17", "")))


def _of_link(said: str) -> dict[str, str]:
    found = _LINK.fullmatch(said)
    if not found:
        return {}
    more = dict(part.partition("=")[::2] for part in (found[3] or "").split("&"))
    return {"01": found[1].zfill(14), "10": found[2] or more.get("10", ""), "17": more.get("17", "")}


def _of_brackets(said: str) -> dict[str, str]:
    return dict(_SAID.findall(said)) if _SAID.match(said) else {}


def _of_string(said: str) -> dict[str, str]:
    """Fields one after the other; reading ends at the first that is not known."""
    fields: dict[str, str] = {}
    rest = said.lstrip(_GROUP)
    while rest:
        key, length = _field(rest)
        if key is None:
            break
        body = rest[len(key) :]
        value = body[:length] if length else body.partition(_GROUP)[0]
        fields.setdefault(key, value)
        rest = body[len(value) :].lstrip(_GROUP)
    return fields


def _field(text: str) -> tuple[str | None, int]:
    """The name of the first field, and its length; 0 for one that a separator ends."""
    if text[:2] in _FIXED:
        return text[:2], _FIXED[text[:2]]
    if _MEASURE.match(text):
        return text[:4], 6
    return next((text[:size] for size in (2, 3) if text[:size] in _OPEN), None), 0


def _day(said: str) -> date | None:
    """YYMMDD; day 00 is the month's last."""
    if not (said.isascii() and said.isdigit() and len(said) == 6):
        return None
    year, month, day = 2000 + int(said[:2]), int(said[2:4]), int(said[4:])
    if int(said[:2]) >= _TURN:
        year -= _CENTURY
    try:
        return date(year, month, day or calendar.monthrange(year, month)[1])
    except (ValueError, calendar.IllegalMonthError):
        return None


def _last_digit(said: str) -> str:
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(said)))
    return str(-total % 10)

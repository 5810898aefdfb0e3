"""The kinds of posting: their number's prefix, their direction, and which lots an issue of that kind may take."""

from dataclasses import dataclass
from enum import StrEnum


class Takes(StrEnum):
    """Which lots a kind may take when none is named."""

    USABLE = "usable"
    ALL = "all"
    EXPIRED = "expired"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of posting."""

    prefix: str
    takes: Takes = Takes.NONE


KINDS = {
    "count": Kind("CNT", Takes.ALL),
    "damaged": Kind("DMG", Takes.ALL),
    "expired": Kind("EXP", Takes.EXPIRED),
    "found": Kind("FND"),
    "gift": Kind("GFT", Takes.USABLE),
    "hold": Kind("HLD"),
    "opening": Kind("OPN"),
    "production": Kind("PRD"),
    "production_use": Kind("MKU", Takes.USABLE),
    "quality_fail": Kind("QLF", Takes.ALL),
    "receipt": Kind("RCP"),
    "relabel": Kind("RLB"),
    "release": Kind("RLS"),
    "reversal": Kind("REV"),
    "sale": Kind("SAL", Takes.USABLE),
    "sample": Kind("SMP", Takes.USABLE),
    "spoil": Kind("SPL", Takes.ALL),
    "tester": Kind("TST", Takes.USABLE),
    "trash": Kind("TRS", Takes.ALL),
    "use": Kind("USE", Takes.USABLE),
}

RECEIPT_KINDS = ("receipt", "opening", "found")
ISSUE_KINDS = ("use", "sale", "sample", "tester", "gift", "spoil", "trash", "expired", "damaged", "quality_fail")
CHANGE_KINDS = ("hold", "release", "relabel")


def number(kind: str, count: int) -> str:
    """The short code of a posting: `RCP-000123`."""
    return f"{KINDS[kind].prefix}-{count:06d}"

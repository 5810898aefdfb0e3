"""Pages of lists: where one ends the next begins, by the last row's place in the order: inserts move nothing."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from app.kernel.errors import Invalid

Row = TypeVar("Row")
_LARGEST = 2**63 - 1
_READERS: dict[type, Callable[[Any], Any]] = {int: int, date: date.fromisoformat, UUID: UUID}


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and the cursor of those that follow; None when there are none."""

    rows: tuple[Row, ...]
    next_cursor: str | None


def page(rows: Sequence[Row], limit: int, place: Callable[[Row], tuple[Any, ...]]) -> Page[Row]:
    """The first `limit` of `rows`, of which one more was read; `place` is a row's place in the order."""
    shown = tuple(rows[:limit])
    return Page(shown, cursor(*place(shown[-1])) if len(rows) > limit else None)


def cursor(*values: Any) -> str:
    """A place as text that can stand in a URL."""
    plain = [value if isinstance(value, int) else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def place(text: str | None, *kinds: type) -> tuple[Any, ...] | None:
    """The place that `cursor` wrote; None for the beginning.

    kinds:  int, date or UUID, one for each value
    raises: Invalid on `cursor`
    """
    if text is None:
        return None
    try:
        values = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        return _read(values, kinds)
    except (ValueError, TypeError, AttributeError, OverflowError, binascii.Error, RecursionError):
        raise Invalid.field("cursor", "Is not a cursor of this list.") from None


def _read(values: Any, kinds: tuple[type, ...]) -> tuple[Any, ...]:
    found = tuple(_READERS[kind](value) for kind, value in zip(kinds, values, strict=True))
    if any(isinstance(value, int) and abs(value) > _LARGEST for value in found):
        raise ValueError(values)
    return found

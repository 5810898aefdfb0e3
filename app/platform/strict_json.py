"""Reads JSON strictly: UTF-8, at most 32 deep, no duplicate keys, numbers kept as text. Writes it canonically.

Numbers arrive as `NumberText`, so that no amount ever passes through a float.
"""

import json
import re
from typing import Any

MAX_DEPTH = 32
_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKETS = re.compile(r"[\[\]{}]")


class InvalidJson(ValueError):
    """Not JSON as this product reads it."""


class NumberText(str):
    """A JSON number, as it was written."""

    __slots__ = ()


def loads(raw: bytes) -> Any:
    """The value that `raw` writes.

    raises: InvalidJson
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidJson("The body is not UTF-8.") from None
    _check_depth(text)
    try:
        value = json.loads(
            text, parse_float=NumberText, parse_int=NumberText, parse_constant=_refuse, object_pairs_hook=_unique
        )
    except (json.JSONDecodeError, RecursionError):
        raise InvalidJson("The body is not valid JSON.") from None
    if _HALF_CHARACTER.search(text):
        _refuse_half_characters(value)
    return value


def canonical(value: Any) -> str:
    """One text for equal values: sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _refuse_half_characters(value: Any) -> None:
    """A lone surrogate is no text: no database holds it and no answer can show it."""
    try:
        canonical(value).encode()
    except UnicodeEncodeError:
        raise InvalidJson("The body holds half a character.") from None


def _refuse(name: str) -> Any:
    raise InvalidJson(f"{name} is not a JSON number.")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidJson("A key stands twice in one object.")
    return found


def _check_depth(text: str) -> None:
    """Count brackets outside strings before any recursive parser sees the text."""
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            raise InvalidJson(f"The body is more than {MAX_DEPTH} levels deep.")

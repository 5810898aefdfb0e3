"""How Stripe's requests are written: `a[b][0][c]=d`, form-encoded."""

import re
from typing import Any
from urllib.parse import parse_qsl

_STEP = re.compile(r"\[([^\]]*)\]")


def decode(text: str) -> dict[str, Any]:
    """The nested dicts and lists that a form-encoded body or query writes. Every value is text."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        path = [name.partition("[")[0], *_STEP.findall(name)]
        _put(found, path, value)
    whole: dict[str, Any] = _lists(found)
    return whole


def _put(into: dict[str, Any], path: list[str], value: str) -> None:
    for step in path[:-1]:
        into = into.setdefault(_place(into, step), {})
    into[_place(into, path[-1])] = value


def _place(into: dict[str, Any], step: str) -> str:
    """`[]` means the next place."""
    return step or str(len(into))


def _lists(value: Any) -> Any:
    """Dicts whose names are 0, 1, 2 ... are lists."""
    if not isinstance(value, dict):
        return value
    parts = {name: _lists(part) for name, part in value.items()}
    if parts and all(name.isdigit() for name in parts):
        return [parts[name] for name in sorted(parts, key=int)]
    return parts

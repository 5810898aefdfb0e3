"""The authority on what in a body or a query names something that must be there.

A shape marks such a field with `Refers`; what is not there is told before what else is wrong (404 before 422).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.platform.schemas import Shape, clean_text
from app.platform.strict_json import NumberText

LookUp = Callable[[Actor, Mapping[str, str]], Any]
_LONGEST = 200
_MOST = 500  # of a list: longer ones are refused for their length
_MESSAGE = "That does not exist."


@dataclass(frozen=True, slots=True)
class Refers:
    """Metadata of a field's type. `look_up` takes what was said by field and raises NotFound naming each that fails."""

    look_up: LookUp


def refuse_missing(actor: Actor, shape: type[Shape] | None, value: Any) -> None:
    """Look up everything that `value`, well-formed or not, names as `shape` would have it.

    raises: NotFound, naming every field that points nowhere
    """
    if shape is None:
        return
    said: dict[Refers, dict[str, str]] = {}
    missing: dict[str, list[str]] = {}
    for field, reference, refers in _named(shape, value, ""):
        if _readable(reference):
            said.setdefault(refers, {})[field] = reference.strip()
        else:
            missing[field] = [_MESSAGE]
    for refers, fields in said.items():
        missing |= _missing(actor, refers, fields)
    if missing:
        raise NotFound(next(iter(missing.values()))[0], errors=missing)


def _missing(actor: Actor, refers: Refers, fields: Mapping[str, str]) -> dict[str, list[str]]:
    try:
        refers.look_up(actor, fields)
    except NotFound as error:
        return error.errors
    return {}


def _readable(reference: str) -> bool:
    try:
        return 1 <= len(clean_text(reference)) <= _LONGEST
    except ValueError:
        return False


def _named(kind: Any, value: Any, field: str) -> Iterator[tuple[str, str, Refers]]:
    """Each text in `value` that stands where `kind`, a type with its metadata, refers to something."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        refers = next((part for part in parts[1:] if isinstance(part, Refers)), None)
        if refers is None:
            yield from _named(parts[0], value, field)
        elif isinstance(value, str) and not isinstance(value, NumberText):
            yield field, value, refers
    elif isinstance(kind, type) and issubclass(kind, Shape):
        yield from _named_in(kind, value, field)
    elif origin in {list, tuple}:
        for n, each in enumerate(value[:_MOST] if isinstance(value, list) else ()):
            yield from _named(parts[0], each, f"{field}.{n}")
    else:  # this or that, null perhaps
        for part in parts:
            yield from _named(part, value, field)


def _named_in(shape: type[Shape], value: Any, field: str) -> Iterator[tuple[str, str, Refers]]:
    if not isinstance(value, dict):
        return
    for name, info in shape.model_fields.items():
        key = info.alias or name
        if key in value:
            kind = Annotated[info.annotation, info, *info.metadata]  # type: ignore[name-defined]
            yield from _named(kind, value[key], f"{field}.{key}" if field else key)

"""The contract as people read it: calls by area, fields in words. Made from the OpenAPI document alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a body, a query, a path or a shape."""

    name: str
    type: str
    needed: bool
    note: str
    shape: str | None  # the shape it is made of


@dataclass(frozen=True, slots=True)
class Shape:
    """A body or an answer."""

    name: str
    note: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """One method of one path."""

    method: str
    path: str
    summary: str
    note: str
    parameters: tuple[Field, ...]
    body: str | None
    answers: tuple[tuple[str, tuple[str, ...]], ...]  # status, names of shapes
    refusals: tuple[tuple[str, str], ...]  # status, when


def calls(contract: Schema) -> dict[str, list[Call]]:
    """All calls by area."""
    found: dict[str, list[Call]] = {}
    for path, methods in contract["paths"].items():
        for method, said in methods.items():
            found.setdefault(said["tags"][0], []).append(_call(method, path, said))
    return dict(sorted(found.items()))


def shapes(contract: Schema) -> list[Shape]:
    """All shapes by name."""
    parts = sorted(contract["components"]["schemas"].items())
    return [Shape(name, part.get("description", ""), tuple(_fields(part))) for name, part in parts]


def _call(method: str, path: str, said: Schema) -> Call:
    responses = said["responses"]
    bodies = _content_shapes(said.get("requestBody", {"content": {}})["content"])
    good = {status: part for status, part in responses.items() if status < "4"}
    return Call(
        method=method.upper(),
        path=path,
        summary=said["summary"],
        note=said["description"],
        parameters=tuple(_parameter(part) for part in said["parameters"]),
        body=bodies[0] if bodies else None,
        answers=tuple((status, _content_shapes(part["content"])) for status, part in good.items()),
        refusals=tuple((status, part["description"]) for status, part in responses.items() if status not in good),
    )


def _parameter(part: Schema) -> Field:
    return Field(part["name"], _type(part["schema"]), part["required"], part.get("description", part["in"]), None)


def _content_shapes(content: Schema) -> tuple[str, ...]:
    return tuple(name for media in content.values() for name in _names(media.get("schema", {})))


def _fields(schema: Schema) -> Iterator[Field]:
    needed = schema.get("required", ())
    for name, part in schema.get("properties", {}).items():
        shapes = list(_names(part))
        yield Field(name, _type(part), name in needed, part.get("description", ""), shapes[0] if shapes else None)


def _names(schema: Schema) -> Iterator[str]:
    """The shapes that a schema refers to."""
    if "$ref" in schema:
        yield schema["$ref"].rpartition("/")[2]
    for part in (*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else ())):
        yield from _names(part)


def _type(schema: Schema) -> str:
    """In words: `decimal`, `text or null`, `list of Movement`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(part) for part in schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return " | ".join(str(value).lower() for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("format") or _PLAIN.get(str(schema.get("type")), "anything"))


_PLAIN = {
    "string": "text",
    "integer": "whole number",
    "boolean": "true or false",
    "object": "object",
    "null": "null",
    "number": "number",
}

"""Junk in every field of every API call: never a 500, the field is named, and nothing has changed."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from flask import Flask
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from tests import cast
from tests.databases import DIALECTS
from tests.sweeps import belongings, junk, slots
from tests.sweeps.belongings import Belongings
from tests.sweeps.doors import Door, doors

_HOLE = "the hole in the body"
_BESIDE = {
    "density": {"density_g_per_ml"},
    "density_g_per_ml": {"density"},
    "from": {"quantity", "unit", "to"},
    "quantity": {"unit"},
    "total_cost": {"unit_cost"},
    "unit": {"quantity"},
    "unit_cost": {"total_cost"},
}
"""Fields that may be named for each other: two that say one thing together."""


@pytest.mark.heavy
def test_no_field_takes_junk(fresh_app: Flask, dialect: str) -> None:
    its = furnished(fresh_app)
    wrong: list[str] = []
    for door in with_a_body(fresh_app):
        before, refused = belongings.digest(fresh_app, its.facts.id), []
        for body, field, names in holes(door, its):
            for name in sorted(names if dialect == DIALECTS[0] else names & junk.FOR_A_DATABASE):
                raw = json.dumps(body).replace(json.dumps(_HOLE), junk.AS_JSON[name]).encode()
                answer = send(door, its, raw)
                wrong += [f"{door} {field} {name}: {said}" for said in faults(answer, field)]
                refused += [raw] if answer.status_code >= 400 else []
        wrong += changes(fresh_app, its, door, refused, before)
    assert "\n".join(wrong) == ""


def test_no_body_is_taken_that_is_none(fresh_app: Flask) -> None:
    its = furnished(fresh_app)
    before = belongings.digest(fresh_app, its.facts.id)
    wrong = []
    for door in with_a_body(fresh_app):
        for name, (raw, content_type, status) in junk.BODIES.items():
            answer = send(door, its, raw, content_type)
            if answer.status_code != status or answer.mimetype != "application/problem+json":
                wrong.append(f"{door} {name}: {answer.status_code}")
    assert wrong == []
    assert belongings.digest(fresh_app, its.facts.id) == before


def test_nor_a_key_that_is_none(fresh_app: Flask) -> None:
    its = furnished(fresh_app)
    before = belongings.digest(fresh_app, its.facts.id)
    for door in with_a_body(fresh_app):
        if door.method == "POST" and door.operation and not door.operation.reads and not door.operation.stock_changing:
            answer = send(door, its, json.dumps(slots.BODIES[door.endpoint][0](its)).encode(), key="x" * 256)
            assert (answer.status_code, list(answer.json["errors"])) == (422, ["Idempotency-Key"]), door
    assert belongings.digest(fresh_app, its.facts.id) == before


def furnished(app: Flask) -> Belongings:
    """An organization with one of everything."""
    cast._stage[:] = [app]
    return belongings.furnish("mine0000")


def with_a_body(app: Flask) -> list[Door]:
    """Every API call that is told something."""
    return [door for door in doors(app) if door.operation and door.operation.body]


def holes(door: Door, its: Belongings) -> Iterator[tuple[Any, str, set[str]]]:
    """Sound bodies, each with one field that is still to be filled in; that field, and with what."""
    assert door.operation
    assert door.operation.body
    for make in slots.BODIES[door.endpoint]:
        body = make(its)
        for path, field in places(door.operation.body, body):
            yield slots.replaced(body, path, _HOLE), path, fitting(field)


def places(shape: type[BaseModel], body: Any, prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every field that the shape knows: below what the sound body holds, also those that it leaves out."""
    for name, field in shape.model_fields.items():
        said = field.alias or name
        inner = next(iter(slots.shapes_in(field.annotation)), None)
        yield f"{prefix}{said}", field
        if inner and isinstance(body.get(said), dict):
            yield from places(inner, body[said], f"{prefix}{said}.")
        elif inner and body.get(said):
            yield from places(inner, body[said][0], f"{prefix}{said}.0.")
        elif isinstance(body.get(said), list):
            yield f"{prefix}{said}.0", field


def fitting(field: FieldInfo) -> set[str]:
    """Names of the junk that is worth trying: by what the field takes."""
    if takes(field, "1") and not takes(field, "abc"):
        return junk.FOR_NUMBERS
    return junk.FOR_DAYS if takes(field, "2026-01-01") and not takes(field, "abc") else junk.FOR_WORDS


def takes(field: FieldInfo, value: str) -> bool:
    """Whether the field takes this text."""
    try:
        said: Any = Annotated[field.annotation, field.title, *field.metadata]
        TypeAdapter(said).validate_python(value)
    except ValidationError:
        return False
    return True


def send(
    door: Door, its: Belongings, raw: bytes, content_type: str = "application/json", key: str | None = None
) -> Any:
    """As the owner; where stock would change, as a dry run."""
    headers = {"Authorization": f"Bearer {its.shop.api.token}", **({"Idempotency-Key": key} if key else {})}
    dry = {"dry_run": "true"} if door.operation and door.operation.stock_changing else {}
    return its.shop.api.browser.open(
        door.url(slots.own(door, its)),
        method=door.method,
        headers=headers,
        data=raw,
        content_type=content_type,
        query_string=dry,
        csrf=False,
    )


def faults(answer: Any, field: str) -> list[str]:
    """What is wrong with the answer: a 500, or a refusal that does not say what it is about."""
    status = answer.status_code
    if status in {200, 201, 409}:
        return []
    if status == 400:
        return [] if answer.json["code"] == "invalid_json" else [f"400 {answer.json['code']}"]
    if status not in {404, 422}:
        return [f"{status}"]
    named = set(answer.json["errors"])
    return [] if any(is_about(name, field) for name in named) else [f"{status} names {sorted(named)}"]


def is_about(name: str, field: str) -> bool:
    """The field itself, what it is part of, a part of it, the body as a whole, or its other half."""
    if name == "body" or name == field or field.startswith(f"{name}.") or name.startswith(f"{field}."):
        return True
    above, _, last = field.rpartition(".")
    return any(name == (f"{above}.{other}" if above else other) for other in _BESIDE.get(last, ()))


def changes(app: Flask, its: Belongings, door: Door, refused: list[bytes], before: str) -> list[str]:
    """Whether a refusal changed something: where anything has changed, all of them are sent once more."""
    now = belongings.digest(app, its.facts.id)
    if now == before:
        return []
    for raw in refused:
        if send(door, its, raw).status_code < 400:  # what has been taken meanwhile made it possible
            now = belongings.digest(app, its.facts.id)
    return [f"{door}: a refusal changed something"] * (belongings.digest(app, its.facts.id) != now)

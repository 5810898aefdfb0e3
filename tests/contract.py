"""Holds every answer of API v1 against what the contract says of its route: status, media type, keys, numbers."""

import re
from functools import cache
from typing import Any

from flask import Flask
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from app.platform import openapi
from app.platform.openapi_paths import Route

_CONTRACT = "urn:batchtrack:contract"
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]{0,5}[1-9])?", re.ASCII)
_formats = FormatChecker(formats=["date", "date-time", "uuid"])


@_formats.checks("decimal")
def _is_plain_decimal(value: Any) -> bool:
    """No exponent, no trailing zeros, never `-0`, at most six fractional digits."""
    return not isinstance(value, str) or (value != "-0" and _PLAIN.fullmatch(value) is not None)


def held(app: Flask, response: TestResponse) -> TestResponse:
    """The same response, found to be as the contract says. What has no route of the contract is let through."""
    place = _place(app, response)
    if place is None:
        return response
    said = openapi.contract(app)["paths"][place[0]][place[1]]["responses"]
    where = f"{place[1].upper()} {place[0]} answered {response.status_code} {response.mimetype}"
    assert str(response.status_code) in said, f"{where}, which the contract does not name"
    content = said[str(response.status_code)]["content"]
    assert response.mimetype in content, f"{where}; the contract says {list(content)}"
    if response.is_json and content[response.mimetype]:
        _check(app, (*place, str(response.status_code), str(response.mimetype)), response.get_json(), where)
    return response


def _place(app: Flask, response: TestResponse) -> tuple[str, str] | None:
    request = response.request
    try:
        rule, _ = app.url_map.bind("localhost").match(request.path, request.method, return_rule=True)
    except HTTPException:
        return None
    path, method = Route(rule.rule, "", "", "", None).path, request.method.lower()  # type: ignore[arg-type]
    return (path, method) if method in openapi.contract(app)["paths"].get(path, {}) else None


def _check(app: Flask, place: tuple[str, str, str, str], body: Any, where: str) -> None:
    errors = list(_validator(app, *place).iter_errors(body))
    found = "\n".join(f"  {error.json_path}: {error.message[:300]}" for error in errors)
    assert not errors, f"{where}:\n{found}"


@cache
def _validator(app: Flask, path: str, method: str, status: str, media_type: str) -> Draft202012Validator:
    document = Resource.from_contents(openapi.contract(app), default_specification=DRAFT202012)
    steps = ("paths", path, method, "responses", status, "content", media_type, "schema")
    pointer = "/".join(step.replace("~", "~0").replace("/", "~1") for step in steps)
    registry: Registry[Any] = Registry().with_resource(_CONTRACT, document)
    return Draft202012Validator({"$ref": f"{_CONTRACT}#/{pointer}"}, registry=registry, format_checker=_formats)

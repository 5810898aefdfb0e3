"""The contract of API v1 as OpenAPI 3.1: read from the operations that the routes declare, never written by hand.

Also its readable page. Both are public. decision: docs/decisions/0002-api-operations.md
"""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template
from flask.typing import ResponseReturnValue

from app.platform import openapi_reading, web
from app.platform.api import Operation
from app.platform.openapi_paths import Route, described
from app.platform.openapi_schemas import Schemas

VERSION = "1.0.0"
_EXTENSION = "batchtrack_openapi"
_DESCRIPTION = (
    "Every gram and every cent, from the supplier's lot to the customer. Numbers in answers are plain decimal text; "
    "in requests text or a JSON number of at most 9 digits and 6 decimals, never read through a float. Without the "
    "permission inventory.view_costs the cost keys are left out. POST takes an Idempotency-Key: the same key answers "
    "the same, for ever."
)

bp = Blueprint("openapi", __name__, url_prefix="/api/v1")


def register(app: Flask) -> None:
    """Serve the contract of every route that `app` has."""
    app.register_blueprint(bp)


@bp.get("/openapi.json")
@web.public("openapi.document")
def document() -> ResponseReturnValue:
    """The contract, for programs."""
    return Response(web.json_text(contract(current_app)), mimetype="application/json")


@bp.get("/docs")
@web.public("openapi.docs")
def docs() -> ResponseReturnValue:
    """The contract, for people."""
    found = contract(current_app)
    calls, shapes = openapi_reading.calls(found), openapi_reading.shapes(found)
    return render_template("platform/api_docs.html", contract=found, calls=calls, shapes=shapes)


def contract(app: Flask) -> dict[str, Any]:
    """The OpenAPI document of `app`; made once."""
    if _EXTENSION not in app.extensions:
        app.extensions[_EXTENSION] = _contract(app)
    made: dict[str, Any] = app.extensions[_EXTENSION]
    return made


def _contract(app: Flask) -> dict[str, Any]:
    routes = sorted(_routes(app), key=lambda route: (route.path, route.method))
    schemas = Schemas([route.said for route in routes])
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method] = described(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "BatchTrack", "version": VERSION, "description": _DESCRIPTION},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "bt_organization_secret"}
            },
        },
    }


def _routes(app: Flask) -> Iterator[Route]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        said: Operation | None = getattr(view, "_operation", None)
        if said is None:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Route(rule.rule, method.lower(), rule.endpoint, view.__doc__ or "", said)

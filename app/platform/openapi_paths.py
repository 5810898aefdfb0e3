"""What the contract says of one route: parameters, body, answers, errors."""

import re
from dataclasses import dataclass
from typing import Any

from app.platform.answers import Problem
from app.platform.api import Operation
from app.platform.openapi_schemas import Schema, Schemas, answers_of

_PLACE = re.compile(r"<(?:[a-z]+:)?(\w+)>")
_REFERENCES = {
    "item": "Id or code of an item",
    "lot": "Id or lot code",
    "batch": "Id or label of a batch",
    "recipe": "Id of a recipe",
}
_ERRORS = {
    400: "Not JSON as this service reads it",
    401: "No live token",
    402: "Not in this plan",
    403: "The token may not",
    404: "Not there, or not yours",
    409: "Not in the present state of things",
    413: "Body over 1 MB",
    415: "Body is not application/json",
    422: "Something said makes no sense; `errors` names the fields",
    429: "Too many requests; see Retry-After",
    503: "Busy; see Retry-After",
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key, person and request: the first answer again",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}
_DRY_RUN = {
    "name": "dry_run",
    "in": "query",
    "required": False,
    "description": "Plan and refuse alike, write nothing",
    "schema": {"type": "boolean"},
}


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one URL."""

    rule: str
    method: str
    endpoint: str
    doc: str
    said: Operation

    @property
    def path(self) -> str:
        """As OpenAPI writes it: `/items/{item}`."""
        return _PLACE.sub(r"{\1}", self.rule)

    @property
    def places(self) -> list[str]:
        """The names in the path."""
        return _PLACE.findall(self.rule)

    @property
    def area(self) -> str:
        """Of which area it is."""
        return self.endpoint.partition(".")[0].removesuffix("_api")


def described(route: Route, schemas: Schemas) -> Schema:
    """The operation object."""
    said = route.said
    operation: Schema = {
        "operationId": route.endpoint.replace("_api.", "_").replace(".", "_"),
        "tags": [route.area],
        "summary": said.summary,
        "description": _description(route),
        "parameters": _parameters(route, schemas),
        "responses": _responses(route, schemas),
    }
    if said.body is not None:
        content = {"application/json": {"schema": schemas.reference(said.body)}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _description(route: Route) -> str:
    permission = route.said.permission
    asks = f"Asks for the permission {permission.value}." if permission else "Asks for any live token."
    return f"{' '.join(route.doc.split())} {asks}".strip()


def _parameters(route: Route, schemas: Schemas) -> list[Schema]:
    parameters: list[Schema] = [
        {
            "name": place,
            "in": "path",
            "required": True,
            "description": _REFERENCES.get(place, "Id or name"),
            "schema": {"type": "string"},
        }
        for place in route.places
    ]
    parameters += schemas.parameters(route.said)
    if route.said.stock_changing:
        parameters.append(_DRY_RUN)
    if route.method == "post":
        parameters.append(_IDEMPOTENCY_KEY)
    return parameters


def _responses(route: Route, schemas: Schemas) -> dict[str, Schema]:
    said = route.said
    alternatives: dict[int, list[Schema]] = {said.status: []}
    for status, model in answers_of(said).items():
        alternatives.setdefault(status, []).append(schemas.reference(model))
    if said.stock_changing and answers_of(said):
        dry = [schemas.dry_run(model) for model in answers_of(said).values()]
        alternatives.setdefault(200, []).extend(dry)
    responses = {str(status): _response(status, found, said) for status, found in sorted(alternatives.items())}
    problem = {"application/problem+json": {"schema": schemas.reference(Problem)}}
    for status in _error_statuses(route):
        responses[str(status)] = {"description": _ERRORS[status], "content": problem}
    return responses


def _response(status: int, schemas: list[Schema], said: Operation) -> Schema:
    schema: Any = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    content = {said.media_type: {"schema": schema} if schemas else {}}
    return {"description": "Made" if status == 201 else "As asked", "content": content}


def _error_statuses(route: Route) -> list[int]:
    said = route.said
    statuses = {401, 402, 403, 422, 429, 503}
    if route.method != "get":
        statuses |= {400, 413, 415}
    if route.method != "get" and not said.reads:
        statuses.add(409)
    if route.places or said.body is not None or said.query is not None:
        statuses.add(404)
    return sorted(statuses)

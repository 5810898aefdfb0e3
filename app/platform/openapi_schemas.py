"""The schemas of the contract: pydantic's, of every body, query and answer that a route declares."""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.platform.answers import Problem
from app.platform.api import Operation

Schema = dict[str, Any]
_DRY_RUN = "DryRun"


class Schemas:
    """All components, and how to refer to them."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        said = list(operations)
        models = {model for operation in said for model in _models(operation)} | {Problem}
        in_order = sorted(models, key=lambda model: (model.__name__, model.__module__))
        references, document = models_json_schema(
            [(model, "validation") for model in in_order], ref_template="#/components/schemas/{model}"
        )
        self._references = {model: reference for (model, _), reference in references.items()}
        self.components: dict[str, Schema] = document["$defs"]
        self._queries = {query: self._take(query) for query in {op.query for op in said} if query is not None}

    def reference(self, model: type[BaseModel]) -> Schema:
        """`{"$ref": ...}` to a body or an answer."""
        return self._references[model]

    def parameters(self, operation: Operation) -> list[Schema]:
        """The fields of a query, as parameters."""
        schema = self._queries.get(operation.query) if operation.query else None
        if schema is None:
            return []
        required = schema.get("required", [])
        return [
            {"name": name, "in": "query", "required": name in required, "schema": _without_null(part)}
            for name, part in schema["properties"].items()
        ]

    def dry_run(self, model: type[BaseModel]) -> Schema:
        """The answer of a dry run: the same, with `dry_run`."""
        name = self._name(model) + _DRY_RUN
        schema = copy.deepcopy(self.components[self._name(model)])
        schema["properties"]["dry_run"] = {"const": True}
        schema["required"] = [*schema.get("required", []), "dry_run"]
        self.components[name] = schema | {"title": name, "description": "What it would answer; nothing was written."}
        return {"$ref": f"#/components/schemas/{name}"}

    def _name(self, model: type[BaseModel]) -> str:
        return str(self._references[model]["$ref"]).rpartition("/")[2]

    def _take(self, query: type[BaseModel]) -> Schema:
        """A query's schema: it is told as parameters, so it is no component."""
        schema: Schema = self.components.pop(self._name(query))
        return schema


def answers_of(operation: Operation) -> dict[int, type[BaseModel]]:
    """The answers by status. A route with several says them as `answer={201: Posting, 200: Unchanged}`."""
    if isinstance(operation.answer, Mapping):
        return dict(operation.answer)
    return {operation.status: operation.answer} if operation.answer is not None else {}


def _models(operation: Operation) -> list[type[BaseModel]]:
    said = [operation.body, operation.query, *answers_of(operation).values()]
    return [model for model in said if model is not None]


def _without_null(schema: Schema) -> Schema:
    """A parameter that may be left out is never null."""
    kept = {key: part for key, part in schema.items() if not (key == "default" and part is None)}
    some = [part for part in kept.get("anyOf", []) if part != {"type": "null"}]
    if len(some) == 1:
        kept.pop("anyOf")
        return {**some[0], **kept}
    return kept

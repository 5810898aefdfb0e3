"""What nobody thought of: requests that Schemathesis makes out of the OpenAPI document, sound ones and broken ones.

At least 2,000 on the two databases together; none may end in a 5xx, or in a status, media type or body that the
document does not name. Half of the sound ones are about things that are there.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from schemathesis import APIOperation, GenerationMode
from schemathesis import Case as AnyCase
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.platform import openapi
from tests import cast
from tests.sweeps import belongings, slots
from tests.sweeps.belongings import Belongings
from tests.sweeps.doors import Door, doors

pytestmark = pytest.mark.heavy(seconds=30)
LEAST = 1_200
Operation = APIOperation[Any, Any, Any, Any]
Case = AnyCase[Any]
_CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
_QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example]


def test_no_request_is_answered_with_what_the_document_does_not_name(fresh_app: Flask) -> None:
    its = belongings.furnish("anything")
    seen: Counter[int] = Counter()
    operations = list(_operations(fresh_app))
    each = -(-LEAST // (3 * len(operations))) + 2

    for operation in operations:
        for strategy in _strategies(fresh_app, operation, its):
            _try(fresh_app, strategy, its, each, seen)

    assert sum(seen.values()) >= LEAST
    assert {200, 201, 400, 404, 422} <= seen.keys(), "neither sound nor broken requests alone prove much"


def _operations(app: Flask) -> Iterator[Operation]:
    schema = schemathesis.openapi.from_dict(openapi.contract(app))
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        yield found.ok()


def _strategies(app: Flask, operation: Operation, its: Belongings) -> Iterator[st.SearchStrategy[Case]]:
    """Sound about anything, sound about what is there, and broken."""
    yield operation.as_strategy(GenerationMode.POSITIVE)
    yield operation.as_strategy(GenerationMode.POSITIVE, path_parameters=_there(app, operation, its) or None)
    yield operation.as_strategy(GenerationMode.NEGATIVE)


def _there(app: Flask, operation: Operation, its: Belongings) -> dict[str, str]:
    return slots.own(_door(app, operation), its)


def _door(app: Flask, operation: Operation) -> Door:
    plain = operation.path.replace("{", "<").replace("}", ">")
    return next(door for door in doors(app) if door.method == operation.method.upper() and door.path.endswith(plain))


def _try(app: Flask, strategy: st.SearchStrategy[Case], its: Belongings, times: int, seen: Counter[int]) -> None:
    token = cast.token_for(its.owner)

    @hypothesis.settings(
        max_examples=times,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=_QUIET,
        phases=[Phase.generate],
    )
    @hypothesis.given(case=strategy)
    def answered(case: Case) -> None:
        response = case.call(base_url="http://localhost", app=app, headers={"Authorization": f"Bearer {token}"})
        seen[response.status_code] += 1
        case.validate_response(response, checks=_CHECKS)

    answered()

"""The contract: valid OpenAPI 3.1, of every route there is, readable without a token."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.platform import openapi
from tests import contract as contracts
from tests.inventory.storeroom import Storeroom

PLACE, OTHER_PLACE = re.compile(r"<[^>]+>"), re.compile(r"\{[^}]+\}")
PROMISED = {
    "get /api/v1/items",
    "post /api/v1/items",
    "get /api/v1/items/{item}",
    "patch /api/v1/items/{item}",
    "get /api/v1/units",
    "get /api/v1/items/{item}/units",
    "put /api/v1/items/{item}/units/{name}",
    "delete /api/v1/items/{item}/units/{name}",
    "post /api/v1/items/{item}/receipts",
    "post /api/v1/items/{item}/issues",
    "post /api/v1/items/{item}/counts",
    "get /api/v1/items/{item}/lots",
    "get /api/v1/lots",
    "get /api/v1/lots/{lot}",
    "put /api/v1/lots/{lot}/hold",
    "delete /api/v1/lots/{lot}/hold",
    "patch /api/v1/lots/{lot}",
    "get /api/v1/postings",
    "get /api/v1/postings/{posting}",
    "post /api/v1/postings/{posting}/reversal",
    "get /api/v1/lots/{lot}/trace",
    "post /api/v1/stock-checks",
    "post /api/v1/conversions",
}

SHAPES = {
    "ItemOut": "id code name type unit category density_g_per_ml tracked perishable shelf_life_days fefo "
    "low_stock_level barcode archived on_hand reserved available value average_unit_cost",
    "LotOut": "id fifo_code item unit received_on expires_on status expired initial_quantity remaining_quantity "
    "initial_cost remaining_cost unit_cost supplier supplier_lot source life_remaining_percent",
    "PostingOut": "id number kind occurred_at business_date recorded_at late actor entry_point reason note to source "
    "reverses reversed_by entered total_cost movements",
    "MovementOut": "id line item lot quantity unit cost lot_remaining_quantity lot_remaining_cost pinned reverses "
    "left_to_reverse",
    "ShortageOut": "item needed available missing unit unusable paths",
    "StockCheckOut": "can_produce missing lines total_cost",
    "CheckLineOut": "item needed available unit consumed shortfall satisfied total_cost breakdown",
    "CheckDrawOut": "lot quantity cost remaining",
    "TraceOut": "lot nodes edges totals",
    "TraceNodeOut": "id type label quantity unit item supplier_lot",
    "TraceEdgeOut": "from to quantity unit",
}


@pytest.fixture
def said(app: Flask) -> dict[str, dict[str, object]]:
    """Every operation by method and path."""
    paths = openapi.contract(app)["paths"]
    return {f"{method} {path}": part for path, methods in paths.items() for method, part in methods.items()}


def test_it_is_valid_openapi(app: Flask) -> None:
    errors = list(OpenAPIV31SpecValidator(openapi.contract(app)).iter_errors())
    assert [error.message for error in errors] == []


def test_it_names_the_calls_of_stock(said: dict[str, object]) -> None:
    assert said.keys() >= PROMISED


def test_it_names_every_route_of_the_api_and_no_other(app: Flask, said: dict[str, object]) -> None:
    routes = {
        f"{method.lower()} {PLACE.sub('{@}', rule.rule)}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.endpoint.startswith("openapi.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {OTHER_PLACE.sub("{@}", name) for name in said} == routes


def test_every_operation_has_a_name_of_its_own(said: dict[str, dict[str, object]]) -> None:
    names = [part["operationId"] for part in said.values()]
    assert len(set(names)) == len(names)


def test_every_reference_leads_somewhere(app: Flask) -> None:
    document = openapi.contract(app)
    named = set(re.findall(r"#/components/schemas/([\w.-]+)", str(document)))
    assert named <= document["components"]["schemas"].keys()


@pytest.mark.parametrize("name", SHAPES)
def test_the_promised_names_are_there(app: Flask, name: str) -> None:
    shape = openapi.contract(app)["components"]["schemas"][name]
    assert shape["properties"].keys() >= set(SHAPES[name].split())


def test_costs_may_be_missing_and_nothing_else(app: Flask) -> None:
    item = openapi.contract(app)["components"]["schemas"]["ItemOut"]
    assert item["properties"].keys() - set(item["required"]) == {"value", "average_unit_cost"}


def test_anyone_may_read_it(client: FlaskClient) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.get_json()["openapi"].startswith("3.1")


def test_the_page_shows_every_call_and_shape_and_asks_nobody_else(app: Flask, client: FlaskClient) -> None:
    page = client.get("/api/v1/docs").get_data(as_text=True)
    document = openapi.contract(app)
    assert [path for path in document["paths"] if f"<code>{path}</code>" not in page] == []
    assert [name for name in document["components"]["schemas"] if f'id="{name}"' not in page] == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []


class TestHolding:
    """The tests' own eye: what the contract does not name is seen."""

    @pytest.mark.parametrize(
        ("right", "wrong"),
        [
            ('"reserved":"0"', '"reserved":"0.0"'),
            ('"reserved":"0"', '"reserved":"-0"'),
            ('"reserved":"0"', '"reserved":0'),
            ('"reserved":"0"', '"reserved":"0","more":1'),
            ('"reserved":"0",', ""),
            ('"tracked":true', '"tracked":"yes"'),
        ],
    )
    def test_a_wrong_answer_is_seen(self, app: Flask, room: Storeroom, right: str, wrong: str) -> None:
        answer = room.api.get(f"/items/{room.item()['id']}")
        assert right in answer.get_data(as_text=True)
        answer.data = answer.get_data(as_text=True).replace(right, wrong)
        with pytest.raises(AssertionError):
            contracts.held(app, answer)

    def test_a_status_that_was_not_promised_is_seen(self, app: Flask, room: Storeroom) -> None:
        answer = room.api.get("/items")
        answer.status_code = 202
        with pytest.raises(AssertionError):
            contracts.held(app, answer)

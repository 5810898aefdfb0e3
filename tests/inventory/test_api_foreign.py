"""Another organization's things do not exist: on every route that names one, with the body of what never was."""

import pytest
from flask import Flask

from app.platform import openapi
from tests.inventory.storeroom import Body, Storeroom

NEVER = {"item": "never-was", "lot": "never-was", "posting": "00000000-0000-7000-8000-000000000000"}


def routes(app: Flask) -> list[tuple[str, str]]:
    """Method and path of every route of the contract that names an item, a lot or a posting."""
    return [
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in openapi.contract(app)["paths"].items()
        for method in methods
        if any(f"{{{name}}}" in path for name in NEVER)
    ]


@pytest.fixture
def theirs(other_room: Storeroom) -> dict[str, str]:
    """Ids of another organization."""
    item: Body = other_room.item("Secret")
    posting = other_room.receive(item, "1", fifo_code="SECRET")
    lot = posting["movements"][0]["lot"]
    return {"item": item["id"], "lot": lot["id"], "posting": posting["id"]}


def test_every_route_answers_as_if_it_never_was(app: Flask, room: Storeroom, theirs: dict[str, str]) -> None:
    assert len(routes(app)) >= 15
    for method, path in routes(app):
        foreign, never = path, path
        for name, nothing in NEVER.items():
            foreign = foreign.replace(f"{{{name}}}", theirs[name])
            never = never.replace(f"{{{name}}}", nothing)
        foreign, never = foreign.replace("{name}", "bar"), never.replace("{name}", "bar")
        body: Body | None = None if method == "GET" else {}
        answers = [room.api.call(method, asked, json=body) for asked in (foreign, never)]
        assert [answer.status_code for answer in answers] == [404, 404], (method, path)
        assert answers[0].get_data() == answers[1].get_data(), (method, path)


def test_by_code_it_is_not_there_either(room: Storeroom, theirs: dict[str, str]) -> None:
    assert room.api.get("/items/secret").status_code == 404
    assert room.api.get("/lots/SECRET").status_code == 404
    assert room.api.get("/lots", q="secret").get_json()["data"] == []
    assert room.api.get("/items", q="secret").get_json()["data"] == []
    assert room.api.get("/postings").get_json()["data"] == []


def test_in_a_body_it_is_named_by_its_field(room: Storeroom, theirs: dict[str, str]) -> None:
    mine = room.item("Oats")
    room.receive(mine, "1")
    for path, body, field in (
        (f"/items/{mine['id']}/issues", {"quantity": "1", "kind": "use", "lot": theirs["lot"]}, "lot"),
        (f"/items/{mine['id']}/issues", {"quantity": "1", "kind": "use", "lot": "SECRET"}, "lot"),
        (f"/items/{mine['id']}/counts", {"counted": "1", "reason": "x", "lot": theirs["lot"]}, "lot"),
        (
            "/stock-checks",
            {"lines": [{"item": mine["id"], "quantity": "1"}, {"item": theirs["item"], "quantity": "1"}]},
            "lines.1.item",
        ),
        ("/conversions", {"quantity": "1 kg", "to": "g", "item": theirs["item"]}, "item"),
    ):
        answer = room.api.post(path, body)
        assert (answer.status_code, list(answer.get_json()["errors"])) == (404, [field]), path

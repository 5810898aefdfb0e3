"""What is not there is told before what is wrong: 404 before 422, in a path, a query and a body alike."""

import json
from typing import Any

import pytest

from app.kernel.actor import Actor
from tests import cast
from tests.inventory.storeroom import Storeroom, ok, refused

GHOST = "0198c0de-0000-7000-8000-00000000beef"
MALFORMED = ["", "a b", "x" * 201, "€", "nul\u0000", GHOST.upper()]
MEGABYTE = 1024 * 1024


@pytest.mark.parametrize("said", ["perhaps", "true"])
def test_an_unknown_item_in_the_path_comes_before_a_wrong_dry_run_and_a_wrong_body(room: Storeroom, said: str) -> None:
    refused(room.api.post(f"/items/{GHOST}/receipts", {"quantity": "x"}, dry_run=said), 404, "not_found")


def test_and_before_a_key_that_is_none(room: Storeroom) -> None:
    refused(room.api.post(f"/items/{GHOST}/receipts", {"quantity": "1"}, key="k" * 256), 404, "not_found")


@pytest.mark.parametrize("lot", [GHOST, *MALFORMED])
def test_an_unknown_lot_in_the_body_comes_before_a_wrong_quantity(room: Storeroom, lot: str) -> None:
    oats = room.item()
    body = {"quantity": "0", "kind": "borrow", "lot": lot}

    assert list(refused(room.api.post(f"/items/{oats['id']}/issues", body), 404, "not_found")["errors"]) == ["lot"]


@pytest.mark.parametrize("lot", MALFORMED)
def test_a_malformed_id_is_one_that_is_not_there(room: Storeroom, lot: str) -> None:
    oats = room.item()
    body = {"quantity": "1", "kind": "use", "lot": lot}

    assert list(refused(room.api.post(f"/items/{oats['id']}/issues", body), 404, "not_found")["errors"]) == ["lot"]


def test_a_recipe_names_everything_that_is_not_there(room: Storeroom) -> None:
    body = {
        "name": "",
        "output": {"item": "no-jar", "quantity": "0"},
        "lines": [{"item": room.item()["code"], "quantity": "-3"}, {"recipe": "No Such", "quantity": "x"}],
    }
    missing = refused(room.api.post("/recipes", body), 404, "not_found")["errors"]

    assert set(missing) == {"output.item", "lines.1.recipe"}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/stock-checks", {"lines": [{"item": "nobody", "quantity": "-1"}]}, "lines.0.item"),
        ("/batches", {"recipe": "nobody", "scale": "0"}, "recipe"),
        ("/conversions", {"quantity": "1", "item": "nobody"}, "item"),
    ],
)
def test_so_do_checks_batches_and_conversions(room: Storeroom, path: str, body: dict[str, Any], field: str) -> None:
    assert list(refused(room.api.post(path, body), 404, "not_found")["errors"]) == [field]


def test_a_movement_that_is_not_there_comes_before_its_quantity(room: Storeroom) -> None:
    receipt = room.receive(room.item(), "4")
    body = {"reason": "", "lines": [{"movement": GHOST, "quantity": "0"}]}

    missing = refused(room.api.post(f"/postings/{receipt['id']}/reversal", body), 404, "not_found")["errors"]
    assert list(missing) == ["lines.0.movement"]


def test_a_query_says_it_first_too(room: Storeroom) -> None:
    refused(room.api.get("/lots", item="nobody", limit="0"), 404, "not_found")
    refused(room.api.get("/postings", lot="nobody", kind="wish"), 404, "not_found")


def test_somebody_elses_lot_is_as_unknown_beside_a_wrong_quantity(room: Storeroom, stranger: Actor) -> None:
    theirs = Storeroom(cast.api(stranger))
    lot = theirs.receive(theirs.item(), "4")["movements"][0]["lot"]["id"]
    body = {"quantity": "0", "kind": "use"}
    answers = [
        room.api.post(f"/items/{room.item(name)['id']}/issues", {**body, "lot": said}).get_data()
        for name, said in (("Rye", lot), ("Oats", GHOST))
    ]

    assert json.loads(answers[0])["status"] == 404
    assert answers[0] == answers[1]


def test_what_is_there_leaves_the_wrong_quantity_to_be_told(room: Storeroom) -> None:
    oats = room.item()
    lot = room.receive(oats, "4")["movements"][0]["lot"]["fifo_code"]

    wrong = refused(room.try_issue(oats, "0", lot=lot), 422, "invalid")["errors"]
    assert list(wrong) == ["quantity"]


def test_a_body_that_does_not_say_its_length_may_not_be_larger_either(room: Storeroom) -> None:
    oats = room.item()
    answer = room.api.call(
        "POST",
        f"/items/{oats['id']}/receipts",
        data=b"x" * (MEGABYTE + 1),
        content_type="application/json",
        environ_overrides={"CONTENT_LENGTH": "", "wsgi.input_terminated": True},
    )
    assert answer.status_code == 413
    assert ok(room.api.get(f"/items/{oats['id']}"), 200)["on_hand"] == "0"


def test_a_list_that_is_too_long_asks_the_database_for_no_more_than_a_list_may_hold(room: Storeroom) -> None:
    lines = [{"item": room.item()["code"], "quantity": "1"}] * 20_000

    refused(room.api.post("/stock-checks", {"lines": lines}), 422, "invalid")

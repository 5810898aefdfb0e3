"""Two hands at once: the same name, like names, the same new supplier, a unit that changes under a first receipt."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from flask import Flask
from werkzeug.test import TestResponse

from app.kernel.actor import Actor
from tests import cast
from tests.databases import on_postgresql_only
from tests.inventory.storeroom import Storeroom

HANDS = 8


def at_once(app: Flask, owner: Actor, do: Callable[[Storeroom, int], TestResponse]) -> list[TestResponse]:
    """What each of eight programs was answered."""
    rooms = [Storeroom(cast.api(owner)) for _ in range(HANDS)]
    with ThreadPoolExecutor(HANDS) as hands:
        return list(hands.map(do, rooms, range(HANDS)))


def named(name: str) -> dict[str, str]:
    return {"name": name, "type": "ingredient", "unit": "kg"}


@on_postgresql_only
def test_one_of_many_gets_a_name(app: Flask, owner: Actor) -> None:
    answers = at_once(app, owner, lambda room, _: room.api.post("/items", named("Oats")))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * (HANDS - 1)


@on_postgresql_only
def test_like_names_get_a_code_each(app: Flask, owner: Actor) -> None:
    answers = at_once(app, owner, lambda room, n: room.api.post("/items", named("Oats" + "!" * n)))
    codes = {answer.get_json()["code"] for answer in answers}
    assert codes == {"oats", *(f"oats-{n}" for n in range(2, HANDS + 1))}


@on_postgresql_only
def test_one_new_supplier_of_many_receipts(app: Flask, owner: Actor) -> None:
    item = Storeroom(cast.api(owner)).item()
    body = {"quantity": "1", "unit_cost": "1", "supplier": "Mill"}
    answers = at_once(app, owner, lambda room, _: room.api.post(f"/items/{item['id']}/receipts", body))
    assert {answer.status_code for answer in answers} == {201}


@on_postgresql_only
def test_a_unit_never_changes_under_a_receipt(app: Flask, owner: Actor) -> None:
    room = Storeroom(cast.api(owner))
    for n in range(5):
        item = room.item(f"Oats {n}", unit="g")
        at_once(app, owner, partial(receive_or_change, item["id"]))
        now = room.see(item)
        assert (now["on_hand"], now["unit"]) in {("2000", "g"), ("2", "kg")}


def receive_or_change(item_id: str, room: Storeroom, n: int) -> TestResponse:
    """Two receive a kilogram each, the others want the unit to be kg."""
    if n < 2:
        body = {"quantity": "1", "unit": "kg", "unit_cost": "1"}
        return room.api.post(f"/items/{item_id}/receipts", body)
    return room.api.patch(f"/items/{item_id}", {"unit": "kg"})

"""The transaction log over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest

from app.kernel import clock
from app.kernel.actor import Actor
from tests.inventory.storeroom import Body, Storeroom, ok, refused

JUNE_1 = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def oats(room: Storeroom) -> Body:
    return room.item("Oats", unit="kg")


def numbers(room: Storeroom, **query: str) -> list[str]:
    return [posting["number"] for posting in ok(room.api.get("/postings", **query), 200)["data"]]


def test_a_posting_reads_as_it_was_written(room: Storeroom, oats: Body, owner: Actor) -> None:
    said = {"supplier": "Mill", "reference": "INV-7", "note": "wet bags", "occurred_at": "2026-11-01T10:00:00+02:00"}
    written = room.receive(oats, "500", "0.002", unit="g", **said)
    read = ok(room.api.get(f"/postings/{written['id']}"), 200)
    assert read == written
    assert (read["actor"], read["entry_point"]) == ({"id": str(owner.person_id), "name": owner.person_name}, "api")
    assert (read["occurred_at"], read["note"], read["reference"]) == (
        "2026-11-01T08:00:00.000000Z",
        "wet bags",
        "INV-7",
    )
    assert (read["source"], read["entered"]) == (
        {"type": "manual", "id": None, "label": None},
        {"quantity": "500", "unit": "g"},
    )


def test_an_issue_reads_as_it_was_written(room: Storeroom, oats: Body) -> None:
    for code in ("A", "B"):
        room.receive(oats, "1", fifo_code=code)
    written = room.issue(oats, "1.5", "sale", to="Zoe", reason="market")
    assert ok(room.api.get(f"/postings/{written['id']}"), 200) == written
    assert (written["to"], written["reason"], written["number"]) == ("Zoe", "market", "SAL-000001")


def test_numbers_have_no_gaps_by_kind(room: Storeroom, oats: Body) -> None:
    room.receive(oats, "1")
    refused(room.try_issue(oats, "5"), 409, "insufficient_stock")
    room.issue(oats, "1")
    room.receive(oats, "1")
    assert numbers(room) == ["RCP-000002", "USE-000001", "RCP-000001"]


def test_the_log_is_asked_in_every_way(room: Storeroom, oats: Body) -> None:
    sugar = room.item("Sugar")
    with clock.set_to(JUNE_1):
        room.receive(oats, "5", received_on="2026-05-30", fifo_code="A")
        room.receive(sugar, "5", fifo_code="B")
    with clock.set_to(JUNE_1 + timedelta(days=1)):
        room.issue(oats, "1")
    assert numbers(room, item="oats") == numbers(room, lot="A") == ["USE-000001", "RCP-000001"]
    assert numbers(room, kind="receipt") == ["RCP-000002", "RCP-000001"]
    assert numbers(room, source="manual") == ["USE-000001", "RCP-000002", "RCP-000001"]
    assert numbers(room, **{"from": "2026-05-30", "to": "2026-06-01"}) == ["RCP-000002", "RCP-000001"]
    assert numbers(room, **{"from": "2026-06-02"}) == ["USE-000001"]
    assert numbers(room, kind="sale") == []


def test_pages_meet_while_new_ones_arrive(room: Storeroom, oats: Body) -> None:
    for _ in range(5):
        room.receive(oats, "1")
    first = ok(room.api.get("/postings", limit="2"), 200)
    room.receive(oats, "1")
    rest = ok(room.api.get("/postings", cursor=first["next_cursor"]), 200)
    assert [posting["number"][-1] for page in (first, rest) for posting in page["data"]] == list("54321")


def test_what_does_not_exist_is_not_found(room: Storeroom, other_room: Storeroom, oats: Body) -> None:
    theirs = other_room.item()
    posting = other_room.receive(theirs, "1", fifo_code="X")
    refused(room.api.get(f"/postings/{posting['id']}"), 404, "not_found")
    refused(room.reverse(posting), 404, "not_found")
    for query in ({"item": theirs["id"]}, {"lot": "X"}, {"item": "no such"}):
        assert list(refused(room.api.get("/postings", **query), 404, "not_found")["errors"]) == list(query)
    assert room.api.get("/postings", source=posting["id"]).get_json()["data"] == []


@pytest.mark.parametrize(
    "query", [{"kind": "party"}, {"from": "2026-W01-1"}, {"to": "tomorrow"}, {"cursor": "WyJ4Il0"}]
)
def test_a_question_that_makes_no_sense_is_refused(room: Storeroom, query: dict[str, str]) -> None:
    assert list(refused(room.api.get("/postings", **query), 422, "invalid")["errors"]) == list(query)


def test_a_reversal_by_lines_gives_back_that_much(room: Storeroom, oats: Body) -> None:
    for code in ("A", "B"):
        room.receive(oats, "10", "0.1", fifo_code=code)
    used = room.issue(oats, "12")
    lines = [{"movement": used["movements"][1]["id"], "quantity": "1500", "unit": "g"}]
    body = {"reason": "weighed wrong", "lines": lines}
    dry = room.api.post(f"/postings/{used['id']}/reversal", body, dry_run="true").get_json()
    done = ok(room.api.post(f"/postings/{used['id']}/reversal", body), 201)
    assert (
        [line["quantity"] for line in dry["movements"]] == [line["quantity"] for line in done["movements"]] == ["1.5"]
    )
    assert [lot["remaining_quantity"] for lot in room.lots(oats)] == ["0", "9.5"]
    assert ok(room.api.get(f"/postings/{used['id']}"), 200)["reversed_by"] == [done["id"]]

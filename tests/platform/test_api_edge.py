"""The edge of the API: what is checked, in which order, and that nothing anybody sends is answered with a 500."""

import json
from typing import Any

import pytest
from flask import Flask

from app.kernel.actor import Actor
from tests import cast
from tests.cast import Api, Browser
from tests.inventory.storeroom import Body, Storeroom, ok, refused

NUMBERS = [
    "NaN",
    "Infinity",
    "-Infinity",
    "1e5",
    "9" * 30,
    "0.1234567",
    "-1",
    "",
    "abc",
    " 1e",
    "１２",
    "1_000",
    "0x10",
]
NO_NUMBERS: list[object] = [*NUMBERS, None, True, [], {}]


@pytest.fixture
def item(room: Storeroom) -> Body:
    return room.item("Oats", unit="g")


def send(api: Api, path: str, raw: bytes, media_type: str = "application/json") -> Any:
    return api.call("POST", path, data=raw, content_type=media_type)


class TestOrder:
    """401, 413, 415, 400, 403, 404, 422, 409: the first that fits is the answer."""

    @pytest.mark.parametrize("token", ["", "bt_x_y", "Ünïcode", "bt_" + "0" * 32 + "_" + "0" * 64])
    def test_401_before_all(self, app: Flask, item: Body, token: str) -> None:
        stranger = Api(token, Browser(app, use_cookies=False))
        answer = send(stranger, "/items/none/receipts", b"x" * (1024 * 1024 + 1), "text/plain")
        assert refused(answer, 401, "unauthorized")["title"] == "Unauthorized"

    def test_413_before_415(self, room: Storeroom) -> None:
        answer = send(room.api, "/items/none/receipts", b"x" * (1024 * 1024 + 1), "text/plain")
        refused(answer, 413, "request_entity_too_large")

    def test_415_before_400(self, room: Storeroom) -> None:
        refused(send(room.api, "/items/none/receipts", b"{", "text/plain"), 415, "unsupported_media_type")

    def test_400_before_403(self, room: Storeroom, viewer: Actor) -> None:
        refused(send(cast.api(viewer), "/items/none/receipts", b"{"), 400, "invalid_json")

    def test_403_before_404(self, room: Storeroom, viewer: Actor) -> None:
        refused(send(cast.api(viewer), "/items/none/receipts", b"{}"), 403, "forbidden")

    def test_404_before_422(self, room: Storeroom) -> None:
        refused(send(room.api, "/items/none/receipts", b"{}"), 404, "not_found")

    def test_422_before_409(self, room: Storeroom, item: Body) -> None:
        answer = room.try_issue(item, "5", note=7)
        assert list(refused(answer, 422, "invalid")["errors"]) == ["note"]

    def test_405_says_what_may_be_done(self, room: Storeroom) -> None:
        answer = room.api.call("DELETE", "/items")
        assert set(answer.headers["Allow"].split(", ")) >= {"GET", "POST"}
        refused(answer, 405, "method_not_allowed")

    def test_head_is_a_get_without_its_body(self, room: Storeroom) -> None:
        answer = room.api.call("HEAD", "/items")
        assert (answer.status_code, answer.mimetype, answer.get_data()) == (200, "application/json", b"")

    def test_there_is_nothing_where_there_is_no_route(self, room: Storeroom) -> None:
        refused(room.api.get("/party"), 404, "not_found")


class TestBodies:
    @pytest.mark.parametrize(
        "raw",
        [
            b"{",
            b"\xff",
            b'{"quantity": NaN, "unit_cost": 1}',
            b'{"quantity": 1, "quantity": 2, "unit_cost": 1}',
            b"[" * 33 + b"]" * 33,
            b'{"quantity": "1", "note": "\\ud800"}',
            b'{"\\udfff": 1}',
            b"{} {}",
        ],
    )
    def test_what_is_no_json_as_we_read_it(self, room: Storeroom, item: Body, raw: bytes) -> None:
        refused(send(room.api, f"/items/{item['id']}/receipts", raw), 400, "invalid_json")

    @pytest.mark.parametrize("raw", [b"[]", b'"text"', b"1", b"null", b"true"])
    def test_what_is_no_object(self, room: Storeroom, item: Body, raw: bytes) -> None:
        refused(send(room.api, f"/items/{item['id']}/receipts", raw), 422, "invalid")

    def test_an_empty_body_lacks_its_fields(self, room: Storeroom, item: Body) -> None:
        assert "quantity" in refused(send(room.api, f"/items/{item['id']}/receipts", b""), 422, "invalid")["errors"]

    def test_a_number_is_read_as_it_was_written(self, room: Storeroom, item: Body) -> None:
        raw = b'{"quantity": 0.100000, "unit_cost": 999999.123457}'
        posting = ok(send(room.api, f"/items/{item['id']}/receipts", raw), 201)
        assert (posting["entered"]["quantity"], posting["total_cost"]) == ("0.1", "99999.912346")

    def test_a_number_of_a_million_digits_takes_no_time(self, room: Storeroom, item: Body) -> None:
        for text in (b"1e1000000", b"9" * 900_000, b"0." + b"1" * 900_000):
            answer = send(room.api, f"/items/{item['id']}/receipts", b'{"unit_cost": 1, "quantity": ' + text + b"}")
            assert "quantity" in refused(answer, 422, "invalid")["errors"]

    @pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
    @pytest.mark.parametrize("field", ["quantity", "unit_cost"])
    def test_what_is_no_number_is_named(self, room: Storeroom, item: Body, field: str, value: object) -> None:
        if field == "unit_cost" and value is None:
            value = "None"
        answer = room.api.post(f"/items/{item['id']}/receipts", {"quantity": "1", "unit_cost": "1", field: value})
        assert list(refused(answer, 422, "invalid")["errors"]) == [field]

    @pytest.mark.parametrize("value", NUMBERS, ids=repr)
    def test_so_it_is_everywhere(self, room: Storeroom, item: Body, value: str) -> None:
        posting = room.receive(item, "1")
        line = {"movement": posting["movements"][0]["id"], "quantity": value}
        for path, body, field in (
            (f"/items/{item['id']}/issues", {"kind": "use", "quantity": value}, "quantity"),
            (f"/items/{item['id']}/counts", {"reason": "x", "counted": value}, "counted"),
            (f"/postings/{posting['id']}/reversal", {"reason": "x", "lines": [line]}, "lines.0.quantity"),
            ("/stock-checks", {"lines": [{"item": item["id"], "quantity": value}]}, "lines.0.quantity"),
            ("/conversions", {"quantity": value, "from": "g", "to": "kg"}, "quantity"),
        ):
            assert field in refused(room.api.post(path, body), 422, "invalid")["errors"], path

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("unit", ""),
            ("unit", "x" * 61),
            ("note", "\x00"),
            ("note", "x" * 10_001),
            ("supplier", 7),
            ("fifo_code", "a/b"),
            ("received_on", "2026-02-30"),
            ("received_on", "2026-W01-1"),
            ("received_on", "1969-12-31"),
            ("expires_on", "2200-01-01"),
            ("occurred_at", "2026-01-01T10:00:00"),
            ("occurred_at", "9999-12-31T23:59:59-12:00"),
            ("kind", "sale"),
            ("colour", "red"),
        ],
    )
    def test_every_other_field_is_named_too(self, room: Storeroom, item: Body, field: str, value: object) -> None:
        answer = room.api.post(f"/items/{item['id']}/receipts", {"quantity": "1", "unit_cost": "1", field: value})
        assert list(refused(answer, 422, "invalid")["errors"]) == [field]

    @pytest.mark.parametrize(("quantity", "unit"), [("0.000001", "mg"), ("999999999", "kg")])
    def test_what_no_book_holds_is_refused(self, room: Storeroom, item: Body, quantity: str, unit: str) -> None:
        body = {"quantity": quantity, "unit": unit, "unit_cost": "0"}
        answer = room.api.post(f"/items/{item['id']}/receipts", body)
        assert "quantity" in refused(answer, 422, "invalid")["errors"]

    def test_a_date_of_tomorrow_has_not_come(self, room: Storeroom, item: Body) -> None:
        for field, value in (("received_on", "2199-12-31"), ("occurred_at", "2199-12-31T00:00:00Z")):
            answer = room.api.post(f"/items/{item['id']}/receipts", {"quantity": "1", "unit_cost": "1", field: value})
            assert list(refused(answer, 422, "invalid")["errors"]) == [field]


class TestKeys:
    @pytest.mark.parametrize("key", ["", "x" * 256, "ключ"])
    def test_a_key_is_printable_and_not_long(self, room: Storeroom, item: Body, key: str) -> None:
        path, body = f"/items/{item['id']}/receipts", {"quantity": "1", "unit_cost": "1"}
        assert "Idempotency-Key" in refused(room.api.post(path, body, key=key), 422, "invalid")["errors"]

    def test_a_body_written_another_way_is_the_same(self, room: Storeroom, item: Body) -> None:
        path = f"/items/{item['id']}/receipts"
        texts = ('{"quantity": "1", "unit_cost": "2"}', '{ "unit_cost":"2","quantity":"1" }')
        answers = [
            room.api.call("POST", path, key="k", data=text.encode(), content_type="application/json") for text in texts
        ]
        assert answers[0].get_data() == answers[1].get_data()
        assert room.see(item)["on_hand"] == "1"

    def test_another_path_or_query_or_person_is_another_request(
        self, room: Storeroom, item: Body, maker: Actor
    ) -> None:
        other, body = room.item("Sugar"), {"quantity": "1", "unit_cost": "2"}
        ok(room.api.post(f"/items/{item['id']}/receipts", body, key="k"), 201)
        refused(room.api.post(f"/items/{other['id']}/receipts", body, key="k"), 422, "idempotency_mismatch")
        refused(cast.api(maker).post(f"/items/{item['id']}/receipts", body, key="k"), 422, "idempotency_mismatch")


class TestDryRun:
    def test_it_is_asked_plainly(self, room: Storeroom, item: Body) -> None:
        path, body = f"/items/{item['id']}/receipts", {"quantity": "1", "unit_cost": "1"}
        assert "dry_run" in refused(room.api.post(path, body, dry_run="1"), 422, "invalid")["errors"]
        assert "dry_run" in refused(room.api.get("/items", dry_run="true"), 422, "invalid")["errors"]

    def test_of_a_receipt_it_writes_nothing_and_gives_no_id(self, room: Storeroom, item: Body) -> None:
        path = f"/items/{item['id']}/receipts"
        body = {"quantity": "1", "unit_cost": "1", "supplier": "Mill"}
        first, again = (room.api.post(path, body, dry_run="true") for _ in range(2))
        assert first.get_data() == again.get_data()
        shown = first.get_json()
        assert (shown["id"], shown["number"], shown["movements"][0]["lot"]) == (
            None,
            None,
            {"id": None, "fifo_code": None},
        )
        assert room.postings(item) == []

    def test_of_a_count_that_changes_nothing(self, room: Storeroom, item: Body) -> None:
        answer = room.api.post(f"/items/{item['id']}/counts", {"counted": "0", "reason": "x"}, dry_run="true")
        assert json.loads(answer.get_data()) == {"unchanged": True, "dry_run": True}

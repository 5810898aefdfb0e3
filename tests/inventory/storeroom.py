"""A storeroom as a program sees it: API v1 with one person's token, each call as the contract names it."""

from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from tests.cast import Api

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Storeroom:
    """Amounts are text in the item's unit. What must succeed is asserted here; `api` is for what may not."""

    api: Api

    def item(self, name: str = "Oats", unit: str = "kg", **said: Any) -> Body:
        """A new item."""
        return ok(self.api.post("/items", {"name": name, "type": "ingredient", "unit": unit, **said}), 201)

    def receive(self, item: Body, quantity: str, unit_cost: str | None = "1", **said: Any) -> Body:
        """Something comes in."""
        cost = {} if "total_cost" in said else {"unit_cost": unit_cost}
        return ok(self.api.post(f"/items/{item['id']}/receipts", {"quantity": quantity, **cost, **said}), 201)

    def issue(self, item: Body, quantity: str, kind: str = "use", **said: Any) -> Body:
        """Something leaves."""
        return ok(self.try_issue(item, quantity, kind, **said), 201)

    def try_issue(self, item: Body, quantity: str, kind: str = "use", **said: Any) -> TestResponse:
        """Something leaves, or is refused."""
        dry = {"dry_run": "true"} if said.pop("dry_run", False) else {}
        return self.api.post(f"/items/{item['id']}/issues", {"quantity": quantity, "kind": kind, **said}, **dry)

    def count(self, item: Body, counted: str, **said: Any) -> TestResponse:
        """Somebody counted the shelf."""
        return self.api.post(f"/items/{item['id']}/counts", {"counted": counted, "reason": "counted", **said})

    def reverse(self, posting: Body, *parts: tuple[int, str]) -> TestResponse:
        """Take a posting back: all that is left, or `(line, quantity)` of some movements."""
        lines = [{"movement": posting["movements"][line - 1]["id"], "quantity": said} for line, said in parts]
        body = {"reason": "a mistake", **({"lines": lines} if lines else {})}
        return self.api.post(f"/postings/{posting['id']}/reversal", body)

    def check(self, *needs: tuple[Body, str]) -> Body:
        """Is there enough?"""
        lines = [{"item": item["id"], "quantity": quantity} for item, quantity in needs]
        return ok(self.api.post("/stock-checks", {"lines": lines}), 200)

    def stock(self, item: Body) -> tuple[str, str]:
        """On hand and value."""
        now = self.see(item)
        return now["on_hand"], now["value"]

    def see(self, item: Body) -> Body:
        """The item as it is now."""
        return ok(self.api.get(f"/items/{item['id']}"), 200)

    def lots(self, item: Body, **query: Any) -> list[Body]:
        """Its lots, in FIFO order."""
        data: list[Body] = ok(self.api.get(f"/items/{item['id']}/lots", **query), 200)["data"]
        return data

    def left(self, item: Body) -> list[tuple[str, str]]:
        """What is left in each lot, and what that is worth."""
        return [(lot["remaining_quantity"], lot["remaining_cost"]) for lot in self.lots(item)]

    def postings(self, item: Body) -> list[Body]:
        """The item's postings, newest first."""
        data: list[Body] = ok(self.api.get("/postings", item=item["id"]), 200)["data"]
        return data


def ok(response: TestResponse, status: int) -> Body:
    """The body of an answer that had to succeed."""
    assert response.status_code == status, response.get_data(as_text=True)
    body: Body = response.get_json()
    return body


def refused(response: TestResponse, status: int, code: str) -> Body:
    """The body of a refusal."""
    body: Body = response.get_json()
    assert (response.status_code, body.get("code")) == (status, code), body
    return body


def taken(posting: Body) -> list[tuple[str, str, str]]:
    """From which lots a posting took how much, and at what cost."""
    return [(line["lot"]["fifo_code"], line["quantity"], line["cost"]) for line in posting["movements"]]

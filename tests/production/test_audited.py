"""What is held, relabelled, taken back or cancelled stands in the audit log, once; what is only tried does not."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app.identity.queries import audit as audit_queries
from app.identity.queries.audit import EventFilter, EventRow
from app.inventory.services import adjustment
from app.kernel.actor import Actor
from app.platform import tenancy
from app.platform.database import db
from app.production.services import undoing
from tests.inventory.storeroom import Body, ok
from tests.recipes.workshop import Workshop, of


@pytest.fixture
def oats(shop: Workshop) -> Body:
    """With a lot of 100 g."""
    item = shop.item("Oats", "g")
    shop.receive(item, "100", supplier_lot="S-1")
    return item


def logged(app: Flask, owner: Actor) -> list[EventRow]:
    """Oldest first; the token of this test is not counted."""
    with app.app_context():
        tenancy.bind(owner.organization_id)
        rows = audit_queries.page(owner, EventFilter(), limit=200).rows
        assert audit_queries.proof(owner.organization_id).ok
    return [row for row in reversed(rows) if not row.action.startswith("tokens.")]


def told(event: EventRow) -> tuple[Any, ...]:
    return event.action, event.subject_kind, event.subject_id, event.before, event.after, event.reason


def test_a_hold_a_release_and_new_words_of_a_lot_are_in_it(
    app: Flask, shop: Workshop, oats: Body, owner: Actor
) -> None:
    lot = shop.lots(oats)[0]
    where = f"/lots/{lot['id']}"
    ok(shop.api.put(f"{where}/hold", {"reason": "smells rancid"}), 200)
    ok(shop.api.delete(f"{where}/hold", {"reason": "it was the bin"}), 200)
    said = {"reason": "read wrong", "supplier_lot": "S-2", "expires_on": "2199-01-31"}
    ok(shop.api.patch(where, said), 200)

    code = lot["fifo_code"]
    held, released, relabelled = logged(app, owner)
    assert told(held) == (
        "lots.held", "lot", lot["id"], {"on_hold": False},
        {"lot": code, "number": "HLD-000001", "on_hold": True}, "smells rancid",
    )  # fmt: skip
    assert told(released) == (
        "lots.released", "lot", lot["id"], {"on_hold": True},
        {"lot": code, "number": "RLS-000001", "on_hold": False}, "it was the bin",
    )  # fmt: skip
    assert told(relabelled) == (
        "lots.relabelled", "lot", lot["id"], {"expires_on": None, "supplier_lot": "S-1"},
        {"lot": code, "number": "RLB-000001", "expires_on": "2199-01-31", "supplier_lot": "S-2"}, "read wrong",
    )  # fmt: skip
    events = (held, released, relabelled)
    assert {(event.person_id, event.entry_point, event.address) for event in events} == {
        (owner.person_id, "api", "127.0.0.1")
    }


def test_a_reversal_is_in_it_once_however_often_it_is_sent(
    app: Flask, shop: Workshop, oats: Body, owner: Actor
) -> None:
    used = shop.issue(oats, "5", reason="breakfast")
    for _ in range(2):
        ok(shop.api.post(f"/postings/{used['id']}/reversal", {"reason": "a slip"}, key="a reversal"), 201)

    (event,) = logged(app, owner)
    assert told(event) == (
        "postings.reversed", "posting", used["id"], {"number": used["number"]},
        {"number": "REV-000001", "kind": "use"}, "a slip",
    )  # fmt: skip


@pytest.mark.parametrize(("before", "act", "action"), [
    ((), "cancel", "batches.cancelled"),
    (("start",), "cancel", "batches.cancelled"),
    (("start", "finish"), "reversal", "batches.reversed"),
])  # fmt: skip
def test_a_batch_that_is_taken_back_is_in_it_as_one_event(
    app: Flask, shop: Workshop, oats: Body, owner: Actor, before: tuple[str, ...], act: str, action: str
) -> None:
    batch = shop.plan(shop.recipe("Bar", ("Bar", "4", "each"), of(oats, "10")))
    for step in before:
        shop.do(batch, step)
    status = shop.api.get(f"/batches/{batch['id']}").json["status"]
    ok(shop.api.post(f"/batches/{batch['id']}/{act}", {"reason": "the wrong recipe"}), 200)

    (event,) = logged(app, owner)
    assert (event.action, event.subject_id, event.reason) == (action, batch["id"], "the wrong recipe")
    assert event.before == {"status": status}
    assert event.after == {"number": batch["label"], "status": action.partition(".")[2]}


def test_what_is_only_tried_or_refused_is_not(app: Flask, shop: Workshop, oats: Body, owner: Actor) -> None:
    lot, used = shop.lots(oats)[0], shop.issue(oats, "5", reason="breakfast")
    batch = shop.make(shop.recipe("Bar", ("Bar", "4", "each"), of(oats, "10")))
    for path in (f"/postings/{used['id']}/reversal", f"/batches/{batch['id']}/reversal"):
        ok(shop.api.post(path, {"reason": "a look"}, dry_run="true"), 200)
    assert shop.api.delete(f"/lots/{lot['id']}/hold", {"reason": "not held"}).status_code == 409
    assert shop.api.post(f"/postings/{used['id']}/reversal", {"reason": ""}).status_code == 422

    assert logged(app, owner) == []


def test_a_dry_run_writes_no_event_even_in_its_own_transaction(
    app: Flask, shop: Workshop, oats: Body, owner: Actor
) -> None:
    lot, used = UUID(shop.lots(oats)[0]["id"]), UUID(shop.issue(oats, "5", reason="breakfast")["id"])
    batch = UUID(shop.make(shop.recipe("Bar", ("Bar", "4", "each"), of(oats, "10")))["id"])
    with app.app_context():
        tenancy.bind(owner.organization_id)
        before = audit_queries.head(owner)
        adjustment.hold(owner, lot_id=lot, reason="a look", dry_run=True)
        adjustment.reverse(owner, posting_id=used, reason="a look", dry_run=True)
        undoing.reverse(owner, batch, reason="a look", dry_run=True)
        assert audit_queries.head(owner) == before
        db.session.rollback()

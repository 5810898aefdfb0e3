"""The proof: clean over an honest year, and one finding for each way in which books can be wrong."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.inventory.models.kinds import KINDS
from app.inventory.services import chain, fifo, proof
from app.inventory.services.adjustment import reversals
from app.inventory.services.proof import Proof, reading
from app.kernel import clock
from app.platform import tenancy
from app.platform.database import Base
from tests.cast import make_organization, owner_of
from tests.databases import application, dispose
from tests.ledger import raw
from tests.ledger.workshop import Workshop, at_noon, batch, cost_of, micro

JANUARY, FEBRUARY = date(2026, 1, 5), date(2026, 2, 5)


def proved(shop: Workshop) -> Proof:
    return shop.look(lambda: proof.prove(shop.actor.organization_id))


def checks(found: Proof) -> set[str]:
    return {finding.check for finding in found.findings}


class TestTotals:
    """in = sold + used + lost + in batches + on the shelf."""

    def test_an_empty_ledger_is_proved(self, shop: Workshop) -> None:
        found = proved(shop)

        assert (found.ok, found.postings, found.movements, found.totals.shelf) == (True, 0, 0, 0)

    def test_every_millionth_is_somewhere(self, shop: Workshop) -> None:
        oats, soap = shop.item(), shop.item("Soap", "each")
        shop.receive(oats, "10", "1")
        shop.issue(oats, "1", "use")
        shop.issue(oats, "1", "spoil")
        source = batch()
        used = shop.consume(source, needs=[(oats, "4")])
        shop.produce(source, soap, "8", cost_of(used))
        shop.issue(soap, "2", "sale")
        shop.reverse(shop.issue(oats, "2", "sale"), (1, "1"))

        found = proved(shop)

        assert found.ok, found.findings
        totals = found.totals
        assert (totals.received, totals.shelf) == (micro("10"), micro("6"))
        assert (totals.sold, totals.used, totals.lost, totals.in_batches) == (micro("2"), micro("1"), micro("1"), 0)
        assert (found.postings, found.movements) == (8, 8)

    def test_a_batch_in_the_making_holds_what_went_in(self, shop: Workshop) -> None:
        oats = shop.item()
        shop.receive(oats, "10", "1")
        shop.consume(batch(), needs=[(oats, "4")])

        found = proved(shop)

        assert (found.ok, found.totals.in_batches) == (True, micro("4"))

    def test_another_organizations_books_are_not_counted(self, shop: Workshop, stranger: Any) -> None:
        theirs = Workshop(stranger)
        theirs.receive(theirs.item(), "10")

        assert proved(shop).postings == 0


class TestWrongRules:
    """A bug in the services that the database's guards let through, because it adds up: the proof sees it."""

    def test_the_wrong_order(self, shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
        oats = shop.item()
        shop.receive(oats, "3", on=JANUARY)
        shop.receive(oats, "3", on=FEBRUARY)
        monkeypatch.setattr(fifo.OpenLot, "order", property(lambda lot: -lot.sequence))

        shop.issue(oats, "1")

        assert checks(proved(shop)) == {"fifo"}

    def test_the_wrong_cost(self, shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
        oats = shop.item()
        shop.receive(oats, "3", total="0.00001")
        true = fifo.cost_of_piece
        monkeypatch.setattr(fifo, "cost_of_piece", lambda **lot: true(**lot) - 1)

        shop.issue(oats, "1")

        assert checks(proved(shop)) == {"cost"}

    def test_the_wrong_cost_of_what_is_put_back(self, shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
        oats = shop.item()
        shop.receive(oats, "3", "1")
        used = shop.issue(oats, "2")
        true = reversals._cost
        monkeypatch.setattr(reversals, "_cost", lambda line, lot: true(line, lot) - 1)

        shop.reverse(used, (1, "1"))

        assert checks(proved(shop)) == {"cost"}

    def test_what_was_spoiled_is_used(self, shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
        milk = shop.item("Milk", "l")
        shop.receive(milk, "3", expires_on=date(2026, 1, 1))
        monkeypatch.setitem(KINDS, "use", KINDS["spoil"])
        shop.issue(milk, "1")
        monkeypatch.undo()

        assert checks(proved(shop)) == {"fifo"}

    def test_what_is_held_is_used(self, shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
        milk = shop.item("Milk", "l")
        shop.hold(shop.receive(milk, "3"))
        monkeypatch.setitem(KINDS, "use", KINDS["spoil"])
        shop.issue(milk, "1")
        monkeypatch.undo()

        assert checks(proved(shop)) == {"fifo"}

    def test_a_late_use_of_what_was_needed_since(self, shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
        oats, today = shop.item(), date(2026, 3, 10)
        with clock.set_to(at_noon(today - timedelta(days=4))):
            shop.receive(oats, "3", on=JANUARY)
            used = shop.issue(oats, "3")
        with clock.set_to(at_noon(today)):
            shop.reverse(used)
            monkeypatch.setattr(fifo, "_limited", lambda _actor, queues, _on: queues)
            shop.issue(oats, "2", on=today - timedelta(days=6))

        assert checks(proved(shop)) == {"late"}

    def test_an_output_that_leaves_cost_behind(self, shop: Workshop) -> None:
        oats, soap = shop.item(), shop.item("Soap", "each")
        shop.receive(oats, "4", "1")
        source = batch()
        shop.consume(source, needs=[(oats, "4")])
        shop.produce(source, soap, "8", "3.999999")

        assert checks(proved(shop)) == {"conservation"}


@pytest.fixture
def honest(fresh_app: Flask, tmp_path: Path) -> tuple[Workshop, "Tamper"]:
    """A storeroom in a database of its own, and a way to tamper with a copy of it and see what the proof finds."""
    with fresh_app.app_context():
        shop = Workshop(owner_of(make_organization()))
        oats = shop.item()
        came = shop.receive(oats, "5", "0.5", note="wet sacks")
        shop.hold(came)
        shop.release(came)
        shop.reverse(shop.issue(oats, "2", reason="for porridge"))
        url = fresh_app.extensions["batchtrack_config"].database_url
    dispose(fresh_app)

    return shop, Tamper(url, shop, tmp_path)


@dataclass(frozen=True)
class Tamper:
    """Runs statements on an unguarded copy and gives the checks that then find something."""

    url: str
    shop: Workshop
    folder: Path

    def __call__(self, *statements: str) -> set[str]:
        with raw.copy_of(self.url) as copy:
            with raw.unguarded(copy) as connection:
                for statement in statements:
                    connection.exec_driver_sql(statement)
            app = application(copy, self.folder)
            with app.app_context():
                tenancy.bind(self.shop.actor.organization_id)
                found = proof.prove(self.shop.actor.organization_id)
            dispose(app)
        return checks(found)


LAST = "(SELECT max(sequence) FROM stock_postings)"
FIRST = "SELECT command_key FROM stock_postings WHERE sequence = 1"
WRONG = {
    "a balance": ("UPDATE stock_balances SET on_hand = on_hand + 1", {"balances"}),
    "a value": ("UPDATE stock_balances SET value = value - 1", {"balances"}),
    "a lot": ("UPDATE lots SET remaining_cost = remaining_cost - 1", {"lots"}),
    "a basis": ("UPDATE lots SET basis_cost = basis_cost + 1", {"lots"}),
    "a hold": ("UPDATE lots SET on_hold = NOT on_hold", {"lots"}),
    "an expiry": ("UPDATE lots SET expires_on = '2030-01-01'", {"lots"}),
    "a head": (f"UPDATE ledger_heads SET sequence = {LAST} - 1", {"head"}),
    "a number": ("UPDATE ledger_heads SET numbers = '{}'", {"head"}),
    "a note": ("UPDATE posting_notes SET note = 'dry sacks' WHERE note IS NOT NULL", {"notes"}),
    "a lost note": ("DELETE FROM posting_notes WHERE note IS NOT NULL", {"notes"}),
    "a reason": ("UPDATE posting_notes SET reason = 'a sale' WHERE reason = 'for porridge'", {"notes"}),
    "a command that was refused": (f"UPDATE commands SET status = 409 WHERE key IN ({FIRST})", {"command"}),
    "a posting that is gone": (f"DELETE FROM stock_postings WHERE sequence = {LAST}", {"head", "lots", "balances"}),
    "a hash": ("UPDATE stock_postings SET hash = previous_hash WHERE sequence = 4", {"chain"}),
    "a kind": ("UPDATE stock_postings SET kind = 'gift' WHERE kind = 'use'", {"chain", "head"}),
    "a day": ("UPDATE stock_postings SET business_date = '2020-02-02' WHERE sequence = 4", {"chain", "late", "fifo"}),
}  # fmt: skip


@pytest.mark.heavy
@pytest.mark.parametrize("what", WRONG)
def test_whatever_is_changed_behind_the_guards_is_found(honest: Any, what: str) -> None:
    _, tamper = honest
    statement, expected = WRONG[what]

    assert tamper(statement) == expected


@pytest.mark.heavy
def test_what_nobody_touched_is_clean_and_erased_notes_are_no_finding(honest: Any) -> None:
    _, tamper = honest

    assert tamper() == set()
    assert tamper("UPDATE posting_notes SET reason = NULL, note = NULL, recipient = NULL, reference = NULL") == set()


@pytest.mark.heavy
def test_a_history_that_was_rewritten_whole_ends_in_another_head(honest: Any, tmp_path: Path) -> None:
    """Every hash made anew after a change: the books are clean, but the head is not the one that was written down."""
    shop, tamper = honest
    organization_id, postings = shop.actor.organization_id, Base.metadata.tables["stock_postings"]
    with raw.copy_of(tamper.url) as copy:
        app = application(copy, tmp_path)
        with app.app_context():
            tenancy.bind(organization_id)
            anchor, entries, before = (
                proof.prove(organization_id).head,
                list(reading.entries(organization_id)),
                bytes(32),
            )
        entries[0].posting["entered_unit"] = "g"
        with raw.unguarded(copy) as connection:
            for entry in entries:
                posting = entry.posting | {"previous_hash": before}
                before = chain.posting_hash(posting, entry.lots, entry.movements, entry.changes)
                at = postings.c.sequence == posting["sequence"]
                connection.execute(sa.update(postings).where(at).values(posting | {"hash": before}))
            connection.execute(sa.update(Base.metadata.tables["ledger_heads"]).values(hash=before))
        with app.app_context():
            tenancy.bind(organization_id)
            found = proof.prove(organization_id)
        dispose(app)

    assert (found.findings, found.head) == ([], before.hex())
    assert found.head != anchor


def test_the_proof_uses_neither_the_planner_nor_the_writers_arithmetic() -> None:
    """It works everything out a second time; only what expiry and the hash mean is shared."""
    folder = Path(proof.__file__).parent
    text = "\n".join(file.read_text(encoding="utf-8") for file in folder.glob("*.py"))

    assert not re.search(r"services(\.| import )(fifo|stock_check)|adjustment import (?!rows)|cost_of_piece\(", text)

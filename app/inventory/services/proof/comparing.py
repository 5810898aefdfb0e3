"""Compares the replayed books with the tables, and says what the books come to."""

import json
from uuid import UUID

from app.inventory.services.proof import reading
from app.inventory.services.proof.books import Books, LotBook, Row
from app.inventory.services.proof.findings import Proof

_SOLD = {"sale"}
_USED = {"use", "sample", "tester", "gift"}
_BATCHES = {"production_use", "production"}


def compare(organization_id: UUID, books: Books, proof: Proof) -> None:
    """Invariants 1, 2 and 3, and the head, against the tables."""
    _lots(organization_id, books, proof)
    _balances(organization_id, books, proof)
    _head(organization_id, books, proof)
    _totals(books, proof)


def _lots(organization_id: UUID, books: Books, proof: Proof) -> None:
    rows = {row["id"]: row for row in reading.lots(organization_id)}
    for lot_id, row in rows.items():
        book = books.lots.get(lot_id)
        if book is None or _said(row) != _replayed(book):
            proof.find("lots", f"lot {row['fifo_code']} is not what its movements make it")
        elif book.lowest() < 0:
            proof.find("late", f"lot {row['fifo_code']} was below zero on some day")
    if len(books.lots) != len(rows):
        proof.find("lots", "a lot has no posting, or a posting no lot")


def _said(row: Row) -> tuple[object, ...]:
    names = ("remaining_quantity", "remaining_cost", "basis_quantity", "basis_cost", "version", "changes")
    return (*(row[name] for name in names), row["on_hold"], row["expires_on"], row["supplier_lot"])


def _replayed(book: LotBook) -> tuple[object, ...]:
    amounts = (book.quantity, book.cost, book.basis_quantity, book.basis_cost, book.version, book.changes)
    return (*amounts, book.on_hold, book.expires_on, book.supplier_lot)


def _balances(organization_id: UUID, books: Books, proof: Proof) -> None:
    on_hand: dict[UUID, list[int]] = {}
    for lot in books.lots.values():
        sums = on_hand.setdefault(lot.born["item_id"], [0, 0])
        sums[0], sums[1] = sums[0] + lot.quantity, sums[1] + lot.cost
    for row in reading.balances(organization_id):
        item = books.item(row["item_id"])
        said = (row["on_hand"], row["value"], row["version"])
        if said != (item.on_hand, item.value, item.version):
            proof.find("balances", f"item {row['item_id']} is not what its movements make it")
        if [row["on_hand"], row["value"]] != on_hand.get(row["item_id"], [0, 0]):
            proof.find("balances", f"item {row['item_id']} is not the sum of its lots")


def _head(organization_id: UUID, books: Books, proof: Proof) -> None:
    head = reading.head(organization_id)
    proof.head = books.hash.hex()
    said = head and (head["sequence"], bytes(head["hash"]), head["recorded_at"])
    if head is None or said != (books.sequence, books.hash, books.recorded_at):
        proof.find("head", "the ledger's head is not its last posting")
    elif _numbers(head["numbers"]) != books.numbers:
        proof.find("head", "the ledger's numbers are not those of its last postings")


def _numbers(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text  # nobody of ours wrote that


def _totals(books: Books, proof: Proof) -> None:
    """Invariant 3: in = out + remaining, to the millionth; a finished batch costs what went into it."""
    totals = proof.totals
    for movement in books.movements.values():
        if movement.kind == "reversal":
            continue
        net = movement.row["cost"] + movement.back_cost
        if movement.kind in _BATCHES:
            totals.in_batches -= net
        elif movement.row["quantity"] > 0:
            totals.received += net
        elif movement.kind in _SOLD:
            totals.sold -= net
        elif movement.kind in _USED:
            totals.used -= net
        else:
            totals.lost -= net
    totals.shelf = sum(lot.cost for lot in books.lots.values())
    if not totals.balanced:
        proof.find("conservation", "what came in is not what went out and what is left")
    _batches(books, proof)


def _batches(books: Books, proof: Proof) -> None:
    costs: dict[UUID, int] = {}
    finished: set[UUID] = set()
    for movement in books.movements.values():
        if movement.batch_id is None or movement.kind not in _BATCHES:
            continue
        costs[movement.batch_id] = costs.get(movement.batch_id, 0) + movement.row["cost"] + movement.back_cost
        if movement.kind == "production" and movement.row["lot_id"] and movement.row["quantity"] + movement.back:
            finished.add(movement.batch_id)
    for batch_id in sorted(finished):
        if costs[batch_id]:
            proof.find("conservation", f"batch {batch_id} did not pass on all that it cost")

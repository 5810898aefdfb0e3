"""Replays one posting after the other and says what does not fit. Each rule is one of the ledger's nine invariants."""

from app.inventory.models.kinds import CHANGE_KINDS, KINDS, Takes
from app.inventory.services.adjustment.rows import notes_digest
from app.inventory.services.chain import posting_hash
from app.inventory.services.proof.books import Books, LotBook, MovementBook, Row
from app.inventory.services.proof.findings import Proof
from app.inventory.services.proof.reading import Entry

_ANSWERED_WELL = range(200, 400)  # pages are answered with a redirect


def replay(books: Books, entry: Entry, proof: Proof) -> None:
    """Add one posting to the books."""
    _chain(books, entry, proof)
    _sense(entry, proof)
    for born in entry.lots:
        books.bear(born)
    for row in entry.movements:
        _movement(books, entry.posting, row, proof)
    for row in entry.changes:
        _change(books, row, proof)
    _fifo(books, entry, proof)
    _close_empty(books, entry)


def _chain(books: Books, entry: Entry, proof: Proof) -> None:
    """Invariants 7 and 9: no gaps, each hash covers the one before it."""
    posting = entry.posting
    name = f"posting {posting['sequence']}"
    if posting["sequence"] != books.sequence + 1:
        proof.find("sequence", f"{name} follows {books.sequence}")
    if posting["number"] != books.numbers.get(posting["kind"], 0) + 1:
        proof.find("number", f"{name}: {posting['kind']} number {posting['number']} leaves a gap")
    if bytes(posting["previous_hash"]) != books.hash:
        proof.find("chain", f"{name} is not chained to the one before it")
    if posting_hash(posting, entry.lots, entry.movements, entry.changes) != bytes(posting["hash"]):
        proof.find("chain", f"{name} is not what was posted")
    if books.recorded_at and posting["recorded_at"] < books.recorded_at:
        proof.find("chain", f"{name} was recorded before the one before it")
    books.sequence, books.hash = posting["sequence"], bytes(posting["hash"])
    books.recorded_at = posting["recorded_at"]
    books.numbers[posting["kind"]] = posting["number"]
    books.kinds[posting["id"]] = posting["kind"]


def _sense(entry: Entry, proof: Proof) -> None:
    """Invariants 5, 7 and 8: actor, source, command; movements or changes, as the kind asks."""
    posting, note = entry.posting, entry.note
    name = f"posting {posting['sequence']}"
    if entry.command_status not in _ANSWERED_WELL:
        proof.find("command", f"{name} belongs to no answered command")
    if (posting["kind"] in CHANGE_KINDS) == bool(entry.movements) or bool(entry.movements) == bool(entry.changes):
        proof.find("whole", f"{name} has {len(entry.movements)} movements and {len(entry.changes)} changes")
    if posting["kind"] == "reversal" and not (note and note["reason"]) and not _erased(note):
        proof.find("reason", f"{name} is a reversal without a reason")
    if note is None:
        if posting["notes_digest"] is not None:
            proof.find("notes", f"{name} has lost its notes")
        return
    texts = [note["reason"], note["note"], note["recipient"], note["reference"]]
    if any(texts) and notes_digest(bytes(note["salt"]), texts) != bytes(posting["notes_digest"] or b""):
        proof.find("notes", f"{name}: the notes are not what was written")


def _erased(note: Row | None) -> bool:
    return note is not None and not any(note[name] for name in ("reason", "note", "recipient", "reference"))


def _movement(books: Books, posting: Row, row: Row, proof: Proof) -> None:
    """Invariants 1, 2 and 6, from this movement's claims."""
    proof.movements += 1
    name = f"posting {posting['sequence']}, line {row['line']}"
    item = books.item(row["item_id"])
    item.version += 1
    if row["lot_id"] is not None:
        _lot_movement(books, posting, row, proof, name)
        item.on_hand += row["quantity"]
    item.value += row["cost"]
    if (item.version, item.on_hand, item.value) != (
        row["item_version"],
        row["item_on_hand_after"],
        row["item_value_after"],
    ):
        proof.find("claim", f"{name} claims a wrong balance of its item")
    batch_id = posting["source_id"] if posting["source_type"] == "batch" else None
    books.movements[row["id"]] = MovementBook(row, posting["kind"], batch_id)
    _reversal(books, posting, row, proof, name)


def _lot_movement(books: Books, posting: Row, row: Row, proof: Proof, name: str) -> None:
    lot = books.lots.get(row["lot_id"])
    if lot is None or lot.born["item_id"] != row["item_id"]:
        proof.find("lot", f"{name} moves a lot that is not there")
        return
    if row["quantity"] < 0 and posting["kind"] != "reversal" and -row["cost"] != lot.piece(-row["quantity"]):
        proof.find("cost", f"{name} took {-row['quantity']} for {-row['cost']}, not {lot.piece(-row['quantity'])}")
    lot.move(row, posting["business_date"])
    if lot not in books.open.setdefault(row["item_id"], []):
        books.open[row["item_id"]].append(lot)
    if (lot.version, lot.quantity, lot.cost) != (row["lot_version"], row["lot_quantity_after"], row["lot_cost_after"]):
        proof.find("claim", f"{name} claims a wrong balance of its lot")
    if lot.version == 1 and (row["quantity"], row["cost"]) != (lot.born["initial_quantity"], lot.born["initial_cost"]):
        proof.find("lot", f"{name} does not bring what its lot was born with")
    if not 0 <= lot.quantity <= lot.born["initial_quantity"] or lot.cost < 0 or (lot.quantity == 0 and lot.cost):
        proof.find("lot", f"{name} leaves {lot.quantity} at {lot.cost} in its lot")


def _reversal(books: Books, posting: Row, row: Row, proof: Proof, name: str) -> None:
    """Invariant 6: the same lot, the other sign, never more than is left."""
    if (row["reverses"] is None) != (posting["kind"] != "reversal"):
        proof.find("reversal", f"{name}: only reversals reverse, and they do nothing else")
    if row["reverses"] is None:
        return
    original = books.movements.get(row["reverses"])
    if original is None or original.kind == "reversal" or original.row["posting_id"] != posting["reverses"]:
        proof.find("reversal", f"{name} reverses nothing that it may")
        return
    if abs(row["cost"]) != original.piece(row):
        proof.find("cost", f"{name} takes back {row['quantity']} for {row['cost']}, not {original.piece(row)}")
    original.back += row["quantity"]
    original.back_cost += row["cost"]
    same = original.row["lot_id"] == row["lot_id"] and original.row["item_id"] == row["item_id"]
    if not same or original.row["quantity"] * row["quantity"] >= 0:
        proof.find("reversal", f"{name} does not mirror what it reverses")
    if abs(original.back) > abs(original.row["quantity"]):
        proof.find("reversal", f"{name} takes back more than there was")


def _change(books: Books, row: Row, proof: Proof) -> None:
    lot = books.lots.get(row["lot_id"])
    if lot is None or row["number"] != lot.changes + 1:
        proof.find("change", f"change {row['id']} does not follow the one before it")
        return
    lot.changes, lot.on_hold = row["number"], row["on_hold"]
    lot.expires_on, lot.supplier_lot = row["expires_on"], row["supplier_lot"]


def _fifo(books: Books, entry: Entry, proof: Proof) -> None:
    """Invariant 4: what was taken might be taken, and no earlier lot that might be still has stock, unless pinned."""
    posting = entry.posting
    takes = KINDS[posting["kind"]].takes
    if takes is Takes.NONE:
        return
    name, on = f"posting {posting['sequence']}", posting["business_date"]
    for row in entry.movements:
        lot = books.lots.get(row["lot_id"]) if row["lot_id"] else None
        if lot is None or row["quantity"] > 0:
            continue
        if not lot.allowed(takes, on):
            proof.find("fifo", f"{name} took {lot.born['fifo_code']}, which it might not")
        if not row["pinned"]:
            _order(books, lot, takes, posting, proof)


def _order(books: Books, lot: LotBook, takes: Takes, posting: Row, proof: Proof) -> None:
    for other in books.open.get(lot.born["item_id"], ()):
        if other.order < lot.order and other.takeable(takes, posting["business_date"], late=posting["late"]):
            codes = f"{lot.born['fifo_code']} before {other.born['fifo_code']}"
            proof.find("fifo", f"posting {posting['sequence']} took {codes}")


def _close_empty(books: Books, entry: Entry) -> None:
    for item_id in {row["item_id"] for row in entry.movements}:
        books.open[item_id] = [lot for lot in books.open.get(item_id, []) if lot.quantity > 0]

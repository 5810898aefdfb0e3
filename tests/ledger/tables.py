"""What the ledger's tables hold, summed up from movements alone and beside what a model says. Plain SQL."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.inventory.models import LedgerHead, Lot, StockBalance, StockMovement, StockPosting
from app.platform.database import execute
from app.platform.types import Id
from tests.ledger.model import Book, Shelf, problems

_ORG: sa.BindParameter[UUID] = sa.bindparam("o", type_=Id())
_LOTS = (
    sa.select(
        Lot.id,
        Lot.item_id,
        Lot.remaining_quantity,
        Lot.remaining_cost,
        Lot.on_hold,
        Lot.expires_on,
        Lot.version,
        sa.func.count(StockMovement.id).label("moves"),
        sa.func.coalesce(sa.func.sum(StockMovement.quantity), 0).label("quantity"),
        sa.func.coalesce(sa.func.sum(StockMovement.cost), 0).label("cost"),
    )
    .outerjoin(
        StockMovement,
        sa.and_(StockMovement.organization_id == Lot.organization_id, StockMovement.lot_id == Lot.id),
    )
    .where(Lot.organization_id == _ORG)
    .group_by(Lot.organization_id, Lot.id)
)
_BALANCES = sa.select(StockBalance.item_id, StockBalance.on_hand, StockBalance.value, StockBalance.version).where(
    StockBalance.organization_id == _ORG
)
_MOVES = sa.select(sa.func.count()).select_from(StockMovement).where(StockMovement.organization_id == _ORG)
_HEAD = sa.select(LedgerHead.sequence, LedgerHead.hash).where(LedgerHead.organization_id == _ORG)
_LAST = (
    sa.select(StockPosting.sequence, StockPosting.hash, StockPosting.previous_hash, StockPosting.kind)
    .where(StockPosting.organization_id == _ORG)
    .order_by(StockPosting.sequence.desc())
    .limit(2)
)


def compare(organization_id: UUID, book: Book) -> None:
    """Invariants 1, 2, 3, 7 and 9 over the tables, and the tables beside the model."""
    rows = {row.id: row for row in execute(_LOTS, {"o": organization_id})}
    _lots(rows, book)
    _balances(execute(_BALANCES, {"o": organization_id}).all(), rows, book)
    _conserved(rows, book)
    _chain(organization_id, book)


def _lots(rows: dict[UUID, Any], book: Book) -> None:
    said = {
        row.id: (row.remaining_quantity, row.remaining_cost, row.on_hold, row.expires_on, row.version)
        for row in rows.values()
    }
    summed = {
        row.id: (int(row.quantity), int(row.cost), row.on_hold, row.expires_on, row.moves) for row in rows.values()
    }
    assert said == summed, "lots are not the sums of their movements"
    assert {lot_id: figures[:4] for lot_id, figures in said.items()} == {lot.id: _told(lot) for lot in book.lots}
    assert problems(book.lots) == []


def _told(lot: Shelf) -> tuple[Any, ...]:
    return lot.quantity, lot.cost, lot.held, lot.expires


def _balances(balances: Any, lots: dict[UUID, Any], book: Book) -> None:
    moves = dict.fromkeys(book.tracked, 0)
    for entry in book.entries:
        for line in entry.lines:
            moves[line.item] += 1
    for item, on_hand, value, version in balances:
        own = [row for row in lots.values() if row.item_id == item]
        sums = sum(row.remaining_quantity for row in own), sum(row.remaining_cost for row in own)
        assert (on_hand, value) == sums, "a balance is not the sum of its lots"
        assert (on_hand, value, version) == (book.on_hand(item), book.value(item), moves[item])


def _conserved(lots: dict[UUID, Any], book: Book) -> None:
    left = sum(row.remaining_cost for row in lots.values())
    assert book.brought_in == book.took_out + left, "costs are not conserved"


def _chain(organization_id: UUID, book: Book) -> None:
    head = execute(_HEAD, {"o": organization_id}).one()
    assert head.sequence == len(book.entries), "something left a trace, or none"
    last = execute(_LAST, {"o": organization_id}).all()
    before = last[1].hash if len(last) == 2 else bytes(32)
    if last:
        assert (last[0].sequence, bytes(last[0].hash), bytes(last[0].previous_hash)) == (
            head.sequence,
            bytes(head.hash),
            bytes(before),
        )
        assert last[0].kind == book.entries[-1].kind
    assert execute(_MOVES, {"o": organization_id}).scalar_one() == sum(len(entry.lines) for entry in book.entries)

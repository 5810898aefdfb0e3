"""Reads an organization's ledger for the proof: postings in order, with all that belongs to each, and the tables."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.inventory.models import LedgerHead, Lot, LotChange, PostingNote, StockBalance, StockMovement, StockPosting
from app.platform.database import Base, execute, table
from app.platform.models import Command

Row = dict[str, Any]
_PAGE = 2000


@dataclass(slots=True)
class Entry:
    """One posting with its lots, movements, changes, notes and the status of its command."""

    posting: Row
    command_status: int | None
    lots: list[Row] = field(default_factory=list)
    movements: list[Row] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)
    note: Row | None = None


def entries(organization_id: UUID) -> Iterator[Entry]:
    """Every posting in ledger order, a page at a time."""
    after = 0
    while page := _page(organization_id, after):
        yield from page
        after = page[-1].posting["sequence"]


def _page(organization_id: UUID, after: int) -> list[Entry]:
    posting, command = table(StockPosting), table(Command)
    statement = (
        sa.select(posting, command.c.status.label("command_status"))
        .outerjoin(
            command,
            sa.and_(command.c.organization_id == posting.c.organization_id, command.c.key == posting.c.command_key),
        )
        .where(posting.c.organization_id == organization_id, posting.c.sequence > after)
        .order_by(posting.c.sequence)
        .limit(_PAGE)
    )
    rows = [dict(row) for row in execute(statement).mappings()]
    if not rows:
        return []
    found = [Entry({k: v for k, v in row.items() if k != "command_status"}, row["command_status"]) for row in rows]
    _fill(organization_id, {entry.posting["id"]: entry for entry in found}, after, rows[-1]["sequence"])
    return found


def _fill(organization_id: UUID, by_id: dict[UUID, Entry], after: int, until: int) -> None:
    for row in _belonging(StockMovement, organization_id, after, until, StockMovement.line):
        by_id[row["posting_id"]].movements.append(row)
    for row in _belonging(LotChange, organization_id, after, until, LotChange.lot_id):
        by_id[row["posting_id"]].changes.append(row)
    for row in _belonging(PostingNote, organization_id, after, until, PostingNote.posting_id):
        by_id[row["posting_id"]].note = row
    by_sequence = {entry.posting["sequence"]: entry for entry in by_id.values()}
    lot = table(Lot)
    statement = (
        sa.select(lot)
        .where(lot.c.organization_id == organization_id, lot.c.sequence > after, lot.c.sequence <= until)
        .order_by(lot.c.sequence, lot.c.line)
    )
    for sequence, rows in groupby(execute(statement).mappings(), key=lambda row: row["sequence"]):
        if sequence in by_sequence:
            by_sequence[sequence].lots.extend(dict(row) for row in rows)


def _belonging(model: type[Base], organization_id: UUID, after: int, until: int, order: Any) -> Iterator[Row]:
    rows, posting = table(model), table(StockPosting)
    statement = (
        sa.select(rows)
        .join(
            posting,
            sa.and_(posting.c.organization_id == rows.c.organization_id, posting.c.id == rows.c.posting_id),
        )
        .where(rows.c.organization_id == organization_id, posting.c.sequence > after, posting.c.sequence <= until)
        .order_by(posting.c.sequence, order)
    )
    return (dict(row) for row in execute(statement).mappings())


def all_rows(model: type[Base], organization_id: UUID) -> list[Row]:
    """Every row of one of the ledger's tables."""
    rows = table(model)
    return [dict(row) for row in execute(sa.select(rows).where(rows.c.organization_id == organization_id)).mappings()]


def lots(organization_id: UUID) -> list[Row]:
    """Every lot, as its table says."""
    return all_rows(Lot, organization_id)


def balances(organization_id: UUID) -> list[Row]:
    """Every balance, as its table says."""
    return all_rows(StockBalance, organization_id)


def head(organization_id: UUID) -> Row | None:
    """The head, as its table says."""
    rows = all_rows(LedgerHead, organization_id)
    return rows[0] if rows else None

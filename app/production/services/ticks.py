"""Ticks: which lines of a batch were weighed, when, by whom, and out of which lot if its label was scanned.

A tick says nothing about stock: everything was taken when the batch started. Ticked twice is ticked once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Person
from app.inventory.models import Lot
from app.inventory.queries import lots
from app.kernel import clock, ids
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.kernel.permissions import Permission
from app.platform.database import execute
from app.platform.prepared import Prepared
from app.production.models import BatchTick
from app.production.services import records, states
from app.production.services.records import LineRow


@dataclass(frozen=True, slots=True)
class Tick:
    """Line `line` (the first is 1) was weighed. `lot`: the code that was scanned; None: none was."""

    line: int
    at: datetime
    by: str
    lot: str | None


def tick(actor: Actor, batch_id: UUID, *, line: int, lot: str | None = None) -> None:
    """The line was weighed, out of `lot` (a code) if that was scanned and is one that the batch took.

    raises: NotFound, WrongState; Invalid on `lot`
    """
    header, row = _on_the_bench(actor, batch_id, line)
    scanned = _scanned(actor, header.id, row, lot) if lot else None
    if line in {each.line for each in _read(actor, header.id)}:
        return
    new = {
        "organization_id": actor.organization_id,
        "id": ids.uuid7(),
        "batch_id": header.id,
        "line": line,
        "lot_id": scanned,
        "ticked_at": clock.now(),
        "ticked_by": actor.person_id,
    }
    execute(sa.insert(BatchTick), new)


def untick(actor: Actor, batch_id: UUID, *, line: int) -> None:
    """It was not weighed after all. raises: NotFound, WrongState"""
    header, _ = _on_the_bench(actor, batch_id, line)
    undo(actor, header.id, line=line)


def undo(actor: Actor, batch_id: UUID, *, line: int | None = None) -> None:
    """Forget the tick of one line, or all of the batch. For commands that hold its lock."""
    forgotten = _FORGET if line is None else _FORGET.where(BatchTick.line == line)
    execute(forgotten, {"o": actor.organization_id, "b": batch_id, "now": clock.now()})


def present(actor: Actor, batch_id: UUID) -> dict[int, Tick]:
    """What is ticked now, by line."""
    return {row.line: Tick(row.line, row.ticked_at, row.person or "", row.fifo_code) for row in _read(actor, batch_id)}


def line_of(lines: Sequence[Any], number: int) -> int:
    """The place of line `number` among `lines`. raises: NotFound"""
    if not 1 <= number <= len(lines):
        raise NotFound("That line does not exist.")
    return number - 1


def _on_the_bench(actor: Actor, batch_id: UUID, line: int) -> tuple[records.Header, LineRow]:
    actor.require(Permission.BATCHES_MAKE)
    header = records.lock(actor, batch_id)
    states.require(header.label, header.status, states.IN_PROGRESS)
    lines = records.lines(actor, [batch_id]).get(batch_id, [])
    found = lines[line_of(lines, line)]
    if found.skipped:
        raise NotFound("That line was left out.")
    return header, found


def _read(actor: Actor, batch_id: UUID) -> list[Any]:
    return _TICKS.rows({"o": actor.organization_id, "b": batch_id})


def _scanned(actor: Actor, batch_id: UUID, row: LineRow, lot: str) -> UUID:
    """The lot with this id or code, which the batch took the line's item from."""
    found = lots.find(actor, lot, field="lot")
    record = records.read(actor, batch_id)
    used = {moved.lot_id for entry in record.entries for moved in entry.movements if moved.item.id == row.item.id}
    if found.id not in used:
        raise Invalid.field("lot", "The batch takes nothing from that lot.")
    return found.id


_TICKS = Prepared(
    sa.select(BatchTick.line, BatchTick.ticked_at, Person.name.label("person"), Lot.fifo_code)
    .outerjoin(Person, Person.id == BatchTick.ticked_by)
    .outerjoin(Lot, sa.and_(Lot.organization_id == BatchTick.organization_id, Lot.id == BatchTick.lot_id))
    .where(BatchTick.organization_id == sa.bindparam("o"), BatchTick.batch_id == sa.bindparam("b"))
    .where(BatchTick.undone_at.is_(None))
    .order_by(BatchTick.line, BatchTick.id)
)
_FORGET = (
    sa.update(BatchTick)
    .where(BatchTick.organization_id == sa.bindparam("o"), BatchTick.batch_id == sa.bindparam("b"))
    .where(BatchTick.undone_at.is_(None))
    .values(undone_at=sa.bindparam("now"))
)

"""Sets right what a line took: another amount was weighed, or it came out of another lot than the next in order.

More is taken on top, oldest lot first; what was not needed goes back to the lot it came from, the last one first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.catalog.services import items, unit_conversion
from app.inventory.queries import lots
from app.inventory.services import adjustment
from app.inventory.services.adjustment import Need, ReversalLine
from app.kernel import numbers
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.kernel.numbers import Quantity
from app.kernel.permissions import Permission
from app.production.services import making, records, states, ticks
from app.production.services.making import SaidExtra
from app.production.services.records import BatchRecord, Entry, LineRow, LotUse


@dataclass(frozen=True, slots=True)
class Amended:
    """What changes, or would. Lots with amounts and costs, all positive.

    item: the line's; used: what the batch then took of it, in millionths of its unit
    """

    line: LineRow
    used: int
    taken: tuple[LotUse, ...]
    put_back: tuple[LotUse, ...]


def weigh(
    actor: Actor, batch_id: UUID, *, line: int, quantity: Quantity, reason: str, dry_run: bool = False
) -> Amended:
    """So much went in, all in all: the rest is taken on top, or what is too much goes back. The line is ticked.

    raises: NotFound, WrongState, InsufficientStock; Invalid on `quantity`
    """
    record = _on_the_bench(actor, batch_id, dry_run=dry_run)
    row = _row(record, line)
    units = items.units_of(actor, items.find(actor, str(row.item.id)))
    wanted = unit_conversion.to_stock_unit(quantity, units, field="quantity")
    if wanted < 0:
        raise Invalid.field("quantity", "Must not be below zero.")
    used = total_used(record, row)
    taken: Sequence[LotUse] = ()
    back: Sequence[LotUse] = ()
    if wanted > used:
        extra = SaidExtra(str(row.item.id), Quantity(numbers.from_micro(wanted - used), row.item.unit), reason)
        taken = making.take_extras(actor, batch_id, [extra], dry_run=dry_run).extras[-1].lots
    elif wanted < used:
        back = _put_back(actor, record, row, used - wanted, reason, dry_run=dry_run)
    if not dry_run:
        ticks.tick(actor, batch_id, line=line)
    return Amended(row, wanted, tuple(taken), tuple(back))


def use_lot(actor: Actor, batch_id: UUID, *, line: int, lot: str, dry_run: bool = False) -> Amended:
    """It comes out of this lot (id or code) alone, and what was drawn from others goes back. The line is ticked.

    raises: NotFound on `lot`, for another item's too; WrongState, InsufficientStock
    """
    record = _on_the_bench(actor, batch_id, dry_run=dry_run)
    row = _row(record, line)
    found = lots.find(actor, lot, field="lot")
    used = total_used(record, row)
    others = [moved for moved in _movements(record, row.item.id) if moved.lot_id != found.id]
    amount = sum(moved.left for moved in others)
    if not amount:
        raise Invalid.field("lot", "The batch takes this lot already.")
    reason = "another lot was in the hand"
    need = Need(row.item.id, amount)
    back = _back(actor, record, others, amount, reason, dry_run=dry_run)
    posted = adjustment.consume_from(
        actor, need=need, lot_id=found.id, source=record.header.source, reason=reason, dry_run=dry_run
    )
    taken = tuple(LotUse(each.lot_id, each.fifo_code, -each.quantity, -each.cost) for each in posted.lines)
    if not dry_run:
        code = posted.lines[0].fifo_code
        ticks.tick(actor, batch_id, line=line, lot=code)
    return Amended(row, used, taken, tuple(back))


def untake(actor: Actor, batch_id: UUID, posting_id: UUID) -> BatchRecord:
    """What was taken on top in one go goes back. raises: NotFound, WrongState, CannotReverse"""
    record = _on_the_bench(actor, batch_id, dry_run=False)
    on_top = {extra.row.posting_id for extra in record.extras}
    if posting_id not in on_top:
        raise NotFound("That posting does not exist.")
    rows = {extra.row.item.id: extra.row for extra in record.extras if extra.row.posting_id == posting_id}
    for row in rows.values():
        drawn = [each for each in _movements(record, row.item.id) if each.posting_id == posting_id]
        _back(actor, record, drawn, sum(each.left for each in drawn), "undone", dry_run=False)
    return records.read(actor, batch_id)


def total_used(record: BatchRecord, row: LineRow) -> int:
    """What the batch took of a line's item, with what was taken on top."""
    planned = sum(line.used for line in record.lines if line.row.item.id == row.item.id)
    return planned + sum(
        lot.quantity for extra in record.extras if extra.row.item.id == row.item.id for lot in extra.lots
    )


def _on_the_bench(actor: Actor, batch_id: UUID, *, dry_run: bool) -> BatchRecord:
    actor.require(Permission.BATCHES_MAKE)
    header = records.lock(actor, batch_id, dry_run=dry_run)
    states.require(header.label, header.status, states.IN_PROGRESS)
    return records.read(actor, batch_id)


def _row(record: BatchRecord, line: int) -> LineRow:
    row = record.lines[ticks.line_of(record.lines, line)].row
    if row.skipped:
        raise Invalid.field("quantity", "That line was left out.")
    return row


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A movement that took something of which `left` has not been put back."""

    posting_id: UUID
    movement_id: UUID
    lot_id: UUID | None
    fifo_code: str | None
    left: int


def _movements(record: BatchRecord, item_id: UUID) -> list[_Drawn]:
    """What was taken of an item and not put back, the latest first."""
    back: dict[UUID, int] = {}
    for entry in record.entries:
        for moved in entry.movements:
            if moved.reverses:
                back[moved.reverses] = back.get(moved.reverses, 0) + moved.quantity
    drawn = [each for entry in record.entries for each in _of(entry, item_id, back)]
    return [each for each in reversed(drawn) if each.left > 0]


def _of(entry: Entry, item_id: UUID, back: dict[UUID, int]) -> Iterator[_Drawn]:
    for moved in entry.movements if entry.kind == "production_use" else ():
        if moved.item.id == item_id and moved.id and entry.id:
            yield _Drawn(entry.id, moved.id, moved.lot_id, moved.fifo_code, -moved.quantity - back.get(moved.id, 0))


def _put_back(
    actor: Actor, record: BatchRecord, row: LineRow, amount: int, reason: str, *, dry_run: bool
) -> list[LotUse]:
    return _back(actor, record, _movements(record, row.item.id), amount, reason, dry_run=dry_run)


def _back(
    actor: Actor, record: BatchRecord, drawn: Sequence[_Drawn], amount: int, reason: str, *, dry_run: bool
) -> list[LotUse]:
    """Reverse so much of these movements, in this order: one reversal for each posting."""
    unit = {moved.id: moved.item.unit for entry in record.entries for moved in entry.movements}
    parts: dict[UUID, list[ReversalLine]] = {}
    for each in drawn:
        part = min(each.left, amount)
        amount -= part
        if part:
            quantity = Quantity(numbers.from_micro(part), unit[each.movement_id])
            parts.setdefault(each.posting_id, []).append(ReversalLine(each.movement_id, quantity))
    source = record.header.source
    posted = [
        adjustment.put_back(actor, source=source, posting_id=posting_id, lines=lines, reason=reason, dry_run=dry_run)
        for posting_id, lines in parts.items()
    ]
    return [LotUse(each.lot_id, each.fifo_code, each.quantity, each.cost) for one in posted for each in one.lines]

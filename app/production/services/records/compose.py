"""Puts a record together, pure: each reversal is set against the movement that it takes back."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from app.production.services.records.entries import Entry, Moved
from app.production.services.records.shape import BatchRecord, Extra, ExtraRow, Header, Line, LineRow, LotUse, Output

CONSUMED, PRODUCED = "production_use", "production"


def compose(
    header: Header, lines: Sequence[LineRow], extras: Sequence[ExtraRow], entries: Sequence[Entry]
) -> BatchRecord:
    """The record that these parts make."""
    net = _net(entries)
    on_top = {row.posting_id for row in extras}
    consumed = [entry for entry in entries if entry.kind == CONSUMED]
    planned = [entry for entry in consumed if entry.id not in on_top]  # in a dry run of extras theirs has no id either
    return BatchRecord(
        header,
        tuple(Line(row, _lots(planned, row.item.id, net)) for row in lines),
        tuple(
            Extra(row, _lots([entry for entry in consumed if entry.id == row.posting_id], row.item.id, net))
            for row in extras
        ),
        tuple(_outputs(entries, net)),
        tuple(entries),
    )


_Net = dict[int, tuple[int, int]]


def _net(entries: Iterable[Entry]) -> _Net:
    """Quantity and cost of each movement that is no reversal, less what was taken back of it; by identity."""
    movements = [moved for entry in entries for moved in entry.movements]
    net = {id(moved): (moved.quantity, moved.cost) for moved in movements if moved.reverses is None}
    by_id: dict[UUID, Moved] = {moved.id: moved for moved in movements if moved.id is not None}
    for moved in movements:
        original = by_id.get(moved.reverses) if moved.reverses else None
        if original is not None:
            quantity, cost = net[id(original)]
            net[id(original)] = quantity + moved.quantity, cost + moved.cost
    return net


def _lots(entries: Iterable[Entry], item_id: UUID, net: _Net) -> tuple[LotUse, ...]:
    used = [
        LotUse(moved.lot_id, moved.fifo_code, -net[id(moved)][0], -net[id(moved)][1])
        for entry in entries
        for moved in entry.movements
        if moved.item.id == item_id
    ]
    return tuple(lot for lot in used if lot.quantity)


def _outputs(entries: Iterable[Entry], net: _Net) -> Iterable[Output]:
    for entry in entries:
        for moved in entry.movements if entry.kind == PRODUCED else ():
            quantity, cost = net[id(moved)]
            if quantity:
                yield Output(moved.item, moved.lot_id, moved.fifo_code, quantity, cost)

"""Reversal: a posting is mirrored line by line, same lots, same costs, whole or in part, never more than is left.

Nothing is ever edited. A reversal is not reversed: the thing is entered again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from app.identity.services import audit
from app.identity.services.audit import Subject
from app.inventory.models.kinds import number as short_number
from app.inventory.services import fifo
from app.inventory.services.adjustment import amounts, ledger, originals
from app.inventory.services.adjustment.draft import Draft, Line, when
from app.inventory.services.adjustment.originals import Original, OriginalLine
from app.inventory.services.adjustment.posted import ItemFacts, Posted, Source
from app.inventory.services.fifo import OpenLot
from app.kernel import numbers
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, NotFound
from app.kernel.numbers import Quantity
from app.kernel.permissions import Permission
from app.kernel.words import phrase


class CannotReverse(Conflict):
    """`already_reversed`, `is_reversal`, `nothing_left_to_reverse`, `has_dependents` or `belongs_to_batch`.

    And `wrong_state`: the item was not tracked then and is now, or the other way round.
    """


@dataclass(frozen=True, slots=True)
class ReversalLine:
    """So much of one movement."""

    movement_id: UUID
    quantity: Quantity


def reverse(
    actor: Actor, *, posting_id: UUID, reason: str, lines: Sequence[ReversalLine] | None = None, dry_run: bool = False
) -> Posted:
    """Take back a posting: all that is left of it, or the said part of some movements.

    raises: NotFound, CannotReverse, Invalid for an amount that is none
    """
    actor.require(Permission.INVENTORY_REVERSE)
    original = originals.read(actor, posting_id)
    if original.source.type == "batch":
        raise CannotReverse("This belongs to a batch: reverse or cancel the batch.", code="belongs_to_batch")
    posted = _reverse(actor, original, reason, lines, dry_run=dry_run)
    if not dry_run:  # after the ledger's head, so the last lock
        _record(actor, original, posted, reason)
    return posted


def reverse_together(actor: Actor, *, posting_id: UUID, reason: str) -> list[Posted]:
    """Take back whatever is left of all that was written in one go with a posting: a delivery, a stocktake.

    raises: NotFound, CannotReverse: then nothing is taken back
    """
    actor.require(Permission.INVENTORY_REVERSE)
    found = originals.written_with(actor, posting_id) or [originals.read(actor, posting_id)]
    if any(original.source.type == "batch" for original in found):
        raise CannotReverse("This belongs to a batch: reverse or cancel the batch.", code="belongs_to_batch")
    # All items at once, in id order: the first reversal locks the head, and nothing may be locked after that.
    ledger.lock_items(actor, [item_id for original in found for item_id in original.item_ids])
    posted = [_reverse(actor, original, reason, None, dry_run=False) for original in found]
    for original, reversal in zip(found, posted, strict=True):
        _record(actor, original, reversal, reason)
    return posted


def _record(actor: Actor, original: Original, posted: Posted, reason: str) -> None:
    before, after = {"number": original.number}, {"number": posted.number, "kind": original.kind}
    audit.record(actor, "postings.reversed", Subject("posting", original.id), before=before, after=after, reason=reason)


def undo(actor: Actor, *, source: Source, reason: str, kind: str | None = None, dry_run: bool = False) -> list[Posted]:
    """Take back every posting of a document (of one kind) that has something left, the latest first, one each.

    The audit log has one event of it, about the document: its own authority writes that.

    raises: CannotReverse, naming what stands in the way
    """
    found = [original for original in originals.of_source(actor, source) if kind in {None, original.kind}]
    # All items at once, in id order: the first reversal locks the head, and nothing may be locked after that.
    ledger.lock_items(actor, [item_id for original in found for item_id in original.item_ids], dry_run=dry_run)
    return [_reverse(actor, original, reason, None, dry_run=dry_run) for original in found]


def put_back(
    actor: Actor,
    *,
    source: Source,
    posting_id: UUID,
    lines: Sequence[ReversalLine],
    reason: str,
    dry_run: bool = False,
) -> Posted:
    """A part of what a batch in progress took goes back to its lots, at its cost: less was needed.

    raises: NotFound for a posting of something else, CannotReverse
    """
    actor.require(Permission.BATCHES_MAKE)
    original = originals.read(actor, posting_id)
    if (original.source.type, original.source.id) != (source.type, source.id):
        raise NotFound("That posting does not exist.")
    return _reverse(actor, original, reason, lines, dry_run=dry_run)


def _reverse(
    actor: Actor, original: Original, reason: str, lines: Sequence[ReversalLine] | None, *, dry_run: bool
) -> Posted:
    if original.kind == "reversal":
        raise CannotReverse("A reversal is not reversed: enter the thing again.", code="is_reversal")
    items = ledger.lock_items(actor, original.item_ids, dry_run=dry_run)
    movements = originals.read_lines(actor, original.id)
    wanted = _wanted(actor, original, movements, items, lines)
    _refuse_other_tracking(wanted, items)
    lots = fifo.read_lots(actor, {line.lot_id for line in wanted if line.lot_id})
    _refuse_dependents(actor, wanted, lots, items)
    draft = Draft(
        kind="reversal",
        when=when(actor),
        lines=tuple(_mirror(line, items[line.item_id], lots) for line in wanted),
        source=original.source,
        reverses=original.id,
        reason=reason,
        entered=_entered(wanted, items) if lines is not None else None,
    )
    return ledger.post(actor, draft, dry_run=dry_run)


def _entered(wanted: list[OriginalLine], items: dict[UUID, ItemFacts]) -> Quantity | None:
    if len(wanted) != 1:
        return None
    return Quantity(numbers.from_micro(wanted[0].asked), items[wanted[0].item_id].unit)


def _wanted(
    actor: Actor,
    original: Original,
    movements: dict[UUID, OriginalLine],
    items: dict[UUID, ItemFacts],
    lines: Sequence[ReversalLine] | None,
) -> list[OriginalLine]:
    """The movements to mirror, each with how much of it."""
    left = [replace(line, asked=line.left) for line in movements.values() if line.left]
    if not left:
        code = "already_reversed" if movements else "nothing_left_to_reverse"
        raise CannotReverse(
            phrase("%(number)s has been reversed already.", number=original.number), code=code, left="0"
        )
    if lines is None:
        return left
    asked: dict[UUID, OriginalLine] = {}
    for n, said in enumerate(lines):
        line = asked.get(said.movement_id) or movements.get(said.movement_id)
        if line is None:
            raise NotFound.field(f"lines.{n}.movement", "That movement is not in this posting.")
        amount = amounts.positive(actor, items[line.item_id], said.quantity, field=f"lines.{n}.quantity")
        asked[line.id] = replace(line, asked=line.asked + amount)
    for line in asked.values():
        _refuse_too_much(line, items[line.item_id])
    return sorted(asked.values(), key=lambda line: line.line)


def _refuse_too_much(line: OriginalLine, item: ItemFacts) -> None:
    if line.asked > line.left:
        left = numbers.plain(line.left)
        raise CannotReverse(
            phrase("Only %(left)s %(unit)s of it are left to reverse.", left=left, unit=item.unit),
            code="nothing_left_to_reverse",
            left=left,
        )


def _refuse_other_tracking(wanted: list[OriginalLine], items: dict[UUID, ItemFacts]) -> None:
    """What was posted without a lot has no place in a tracked item, nor a lot in one that is tracked no more."""
    for line in wanted:
        item = items[line.item_id]
        if item.tracked != (line.lot_id is not None):
            now = "tracked" if item.tracked else "not tracked"
            raise CannotReverse(
                phrase("%(name)s is tracked since: enter the thing again.", name=item.name)
                if item.tracked
                else phrase("%(name)s is not tracked since: enter the thing again.", name=item.name),
                code="wrong_state",
                status=now,
            )


def _refuse_dependents(
    actor: Actor, wanted: list[OriginalLine], lots: dict[UUID, OpenLot], items: dict[UUID, ItemFacts]
) -> None:
    """What came in can only go back while it is there: name the postings that used it."""
    for line in wanted:
        lot = lots.get(line.lot_id) if line.lot_id else None
        if lot is None or line.quantity < 0 or lot.remaining_quantity >= line.asked:
            continue
        held, needed = numbers.plain(lot.remaining_quantity), numbers.plain(line.asked)
        users = [_dependent(row) for row in originals.users_of(actor, lot.id)]
        raise CannotReverse(
            phrase(
                "%(held)s %(unit)s remain where %(needed)s are needed: %(join)s used this lot.",
                held=held,
                unit=items[line.item_id].unit,
                needed=needed,
                join=", ".join(user["number"] for user in users),
            ),
            code="has_dependents",
            dependents=users,
            remaining=held,
            needed=needed,
        )


def _dependent(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "number": short_number(row.kind, row.number),
        "kind": row.kind,
        "quantity": numbers.plain(row.taken),
        "to": row.recipient,
        "source": {
            "type": row.source_type,
            "id": str(row.source_id) if row.source_id else None,
            "label": row.source_label,
        },
    }


def _mirror(line: OriginalLine, item: ItemFacts, lots: dict[UUID, OpenLot]) -> Line:
    """The opposite movement: the part's cost by the rule of pieces on the movement that is reversed."""
    lot = lots[line.lot_id] if line.lot_id else None
    sign = -1 if line.quantity > 0 else 1
    return Line(item, sign * line.asked, sign * _cost(line, lot), lot, reverses=line.id)


def _cost(line: OriginalLine, lot: OpenLot | None) -> int:
    piece = fifo.cost_of_piece(
        basis_quantity=abs(line.quantity),
        basis_cost=abs(line.cost),
        quantity=line.left,
        cost=max(line.left_cost, 0),
        taken=line.asked,
    )
    if lot is None or line.quantity < 0:
        return piece
    # Going out again: a lot that this empties gives all its cost, and none gives more than it has.
    return lot.remaining_cost if line.asked == lot.remaining_quantity else min(piece, lot.remaining_cost)

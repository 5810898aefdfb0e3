"""Issuing: something leaves by FIFO, or from a named lot: used, sold, given, spoiled, thrown away."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.inventory.models.kinds import ISSUE_KINDS, KINDS, Takes
from app.inventory.services import fifo
from app.inventory.services.adjustment import amounts, ledger
from app.inventory.services.adjustment.draft import Draft, Line, When, lines_of, when
from app.inventory.services.adjustment.posted import ItemFacts, Posted
from app.inventory.services.adjustment.shortages import InsufficientStock, Shortage, unusable
from app.inventory.services.fifo import Plan
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.kernel.numbers import Quantity
from app.kernel.permissions import Permission
from app.kernel.words import phrase


@dataclass(frozen=True, slots=True)
class Issue:
    """What is said of something that leaves."""

    item_id: UUID
    quantity: Quantity
    kind: str
    lot_id: UUID | None = None
    to: str | None = None  # who got it
    reason: str | None = None
    note: str | None = None
    occurred_at: datetime | None = None


def issue(actor: Actor, said: Issue, *, dry_run: bool = False) -> Posted:
    """Take stock out, oldest lot first, or from the named lot alone.

    raises: Invalid, NotFound for a lot of another item, InsufficientStock
    """
    actor.require(Permission.INVENTORY_ISSUE)
    if said.kind not in ISSUE_KINDS:
        raise Invalid.field("kind", phrase("Must be one of %(choices)s.", choices=", ".join(ISSUE_KINDS)))
    times = when(actor, said.occurred_at)
    item = ledger.lock_items(actor, [said.item_id], dry_run=dry_run)[said.item_id]
    quantity = amounts.positive(actor, item, said.quantity)
    draft = Draft(
        kind=said.kind,
        when=times,
        lines=_lines(actor, said, item, quantity, times),
        entered=amounts.entered(item, said.quantity),
        reason=said.reason,
        note=said.note,
        recipient=said.to,
    )
    return ledger.post(actor, draft, dry_run=dry_run)


def _lines(actor: Actor, said: Issue, item: ItemFacts, quantity: int, times: When) -> tuple[Line, ...]:
    if not item.tracked:
        if said.lot_id is not None:
            raise NotFound.field("lot", "That lot does not exist.")
        return (Line(item, -quantity, 0, None),)
    takes = KINDS[said.kind].takes
    plan = take(actor, item, quantity, takes=takes, times=times, lot_id=said.lot_id)
    return lines_of(item, plan.draws)


def take(
    actor: Actor, item: ItemFacts, quantity: int, *, takes: Takes, times: When, lot_id: UUID | None = None
) -> Plan:
    """Plan one item's issue.

    raises: NotFound for a lot of another item, InsufficientStock
    """
    if lot_id is None:
        needs = {item.id: quantity}
        plan = fifo.choose(actor, needs, takes=takes, on=times.business_date, late=times.late)[item.id]
    else:
        refuse_foreign_lot(actor, item, lot_id)
        plan = fifo.choose_from(actor, lot_id, quantity, takes=takes, on=times.business_date, late=times.late)
    if plan.shortfall:
        raise InsufficientStock([shortage(actor, item, plan, quantity, times, takes=takes, lot_id=lot_id)])
    return plan


def refuse_foreign_lot(actor: Actor, item: ItemFacts, lot_id: UUID) -> None:
    """A lot that is not there and a lot of another item are the same to the sender: 404 on `lot`."""
    lot = fifo.read_lots(actor, [lot_id]).get(lot_id)
    if lot is None or lot.item_id != item.id:
        raise NotFound.field("lot", "That lot does not exist.")


def shortage(
    actor: Actor, item: ItemFacts, plan: Plan, needed: int, times: When, *, takes: Takes, lot_id: UUID | None
) -> Shortage:
    """How much of one item, or of the named lot, is missing; and what lies there that this kind may not take."""
    barred = unusable(actor, [item.id], on=times.business_date, lot_id=lot_id) if takes is Takes.USABLE else {}
    expired, on_hold = barred.get(item.id, (0, 0))
    return Shortage(item, needed=needed, available=plan.quantity, expired=expired, on_hold=on_hold)

"""Receiving: something comes in and becomes a lot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from app.catalog.services import suppliers
from app.inventory.models import Lot
from app.inventory.models.kinds import RECEIPT_KINDS
from app.inventory.services import expiration
from app.inventory.services.adjustment import amounts, ledger
from app.inventory.services.adjustment.draft import Draft, Line, NewLot, When, when
from app.inventory.services.adjustment.posted import ItemFacts, Posted
from app.kernel import ids
from app.kernel.actor import Actor
from app.kernel.errors import BatchTrackError, Conflict, Invalid
from app.kernel.numbers import Money, Quantity
from app.kernel.permissions import Permission
from app.platform.prepared import Prepared

LOT_PREFIX = "LOT-"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is said of something that came in."""

    item_id: UUID
    quantity: Quantity
    unit_cost: Money | None = None  # per unit as given
    total_cost: Money | None = None
    kind: str = "receipt"
    received_on: date | None = None
    expires_on: date | None = None
    supplier: str | None = None
    supplier_lot: str | None = None
    fifo_code: str | None = None
    reference: str | None = None
    note: str | None = None
    occurred_at: datetime | None = None


def receive(actor: Actor, said: Receipt, *, dry_run: bool = False) -> Posted:
    """Post a receipt: one new lot at its cost. Untracked items are recorded without lot and value.

    raises: Invalid (also `cost_required`), Conflict `already_exists` for a taken code, `archived`
    """
    actor.require(Permission.INVENTORY_RECEIVE)
    if said.kind not in RECEIPT_KINDS:
        raise Invalid.field("kind", "Must be receipt, opening or found.")
    times = _times(actor, said)
    item = ledger.lock_items(actor, [said.item_id], dry_run=dry_run)[said.item_id]
    if item.archived:
        raise Conflict("This item is archived; bring it back before you receive it.", code="archived")
    draft = Draft(
        kind=said.kind,
        when=times,
        lines=(_line(actor, said, item, times.business_date, dry_run=dry_run),),
        entered=amounts.entered(item, said.quantity),
        note=said.note,
        reference=said.reference,
    )
    return ledger.post(actor, draft, dry_run=dry_run)


def receive_each(actor: Actor, receipts: Sequence[Receipt]) -> list[Posted]:
    """Post a delivery: one receipt for each line, all of them or none.

    raises: as `receive`, each field named with its line: `lines.0.quantity`
    """
    actor.require(Permission.INVENTORY_RECEIVE)
    # All items at once, in id order: the first receipt locks the head, and nothing may be locked after that.
    ledger.lock_items(actor, [said.item_id for said in receipts])
    posted = []
    for n, said in enumerate(receipts):
        try:
            posted.append(receive(actor, said))
        except (Invalid, Conflict) as error:
            error.errors = in_line(n, error)
            raise
    return posted


def in_line(n: int, error: BatchTrackError) -> dict[str, list[str]]:
    """What is wrong with line `n` of several, by field: `lines.0.quantity`."""
    named = error.errors or {str(error.details.get("field", "item")): [error.detail]}
    return {f"lines.{n}.{name}": messages for name, messages in named.items()}


def _times(actor: Actor, said: Receipt) -> When:
    """A receipt's business date is the day it came in."""
    happened = when(actor, said.occurred_at)
    day = said.received_on or happened.business_date
    if day > happened.today:
        raise Invalid.field("received_on", "Must not be after today.")
    return When(happened.occurred_at, day, happened.today)


def _line(actor: Actor, said: Receipt, item: ItemFacts, day: date, *, dry_run: bool) -> Line:
    quantity = amounts.positive(actor, item, said.quantity)
    cost = amounts.total_cost(said.quantity, unit_cost=said.unit_cost, total=said.total_cost)
    if not item.tracked:
        if cost:
            raise Invalid.field("unit_cost", "This item is not tracked, so it has no cost.")
        return Line(item, quantity, 0, None)
    return Line(item, quantity, amounts.required(cost), _lot(actor, said, item, day, dry_run=dry_run))


def _lot(actor: Actor, said: Receipt, item: ItemFacts, day: date, *, dry_run: bool) -> NewLot:
    if said.fifo_code is not None:
        refuse_taken_code(actor, said.fifo_code)
    supplier_id = suppliers.find_or_create(actor, said.supplier) if said.supplier and not dry_run else None
    return NewLot(
        id=ids.uuid7(),
        fifo_code=said.fifo_code or LOT_PREFIX + ids.code(),
        received_on=day,
        expires_on=expiration.expiry_for(
            perishable=item.perishable, shelf_life_days=item.shelf_life_days, received_on=day, said=said.expires_on
        ),
        supplier_id=supplier_id,
        supplier_lot=said.supplier_lot,
        code_is_said=said.fifo_code is not None,
    )


def refuse_taken_code(actor: Actor, fifo_code: str) -> None:
    """Codes are unique in the organization, whatever their case.

    raises: Conflict `already_exists`
    """
    if _TAKEN.rows({"o": actor.organization_id, "code": fifo_code.lower()}):
        raise Conflict("That lot code is already used.", code="already_exists", field="fifo_code")


_TAKEN = Prepared(
    sa.select(Lot.id).where(Lot.organization_id == sa.bindparam("o"), Lot.fifo_code_key == sa.bindparam("code"))
)

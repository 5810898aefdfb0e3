"""Many lots at once: set aside what a recall reaches, and let go again exactly what that set aside. One entry each."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from app.identity.services import audit
from app.identity.services.audit import Subject
from app.inventory.models import Lot, LotChange
from app.inventory.services import fifo
from app.inventory.services.adjustment import ledger
from app.inventory.services.adjustment.draft import Change, Draft, when
from app.inventory.services.adjustment.posted import Posted
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, NotFound
from app.kernel.permissions import Permission
from app.platform.database import execute


def hold_all(actor: Actor, *, lot_ids: Iterable[UUID], reason: str) -> Posted:
    """Set lots aside: nothing may use them. What is on hold or empty already stays as it is.

    raises: NotFound; Conflict `nothing_to_hold`
    """
    wanted = set(lot_ids)
    changes = _locked(actor, wanted, on_hold=True)
    if not changes:
        raise Conflict("Nothing is left to hold: all of it is gone, or on hold already.", code="nothing_to_hold")
    return _post(actor, "hold", changes, reason)


def release_all(actor: Actor, *, posting_id: UUID, reason: str) -> Posted:
    """Let go what one entry set aside, as far as nobody changed a lot since.

    raises: NotFound; Conflict `nothing_to_release`
    """
    held = {row.lot_id for row in execute(_HELD_BY, {"o": actor.organization_id, "posting": posting_id})}
    changes = _locked(actor, held, on_hold=False)
    if not changes:
        raise Conflict("Nothing is left to release: each lot was changed since.", code="nothing_to_release")
    return _post(actor, "release", changes, reason)


def _locked(actor: Actor, lot_ids: set[UUID], *, on_hold: bool) -> list[Change]:
    """The changes of those lots that are not as wanted yet; their items are locked."""
    actor.require(Permission.INVENTORY_HOLD)
    lots = fifo.read_lots(actor, lot_ids)
    if len(lots) < len(lot_ids):
        raise NotFound("That lot does not exist.")
    ledger.lock_items(actor, {lot.item_id for lot in lots.values()})
    asked = {"o": actor.organization_id, "ids": sorted(lot_ids)}
    return [
        Change(lots[row.id], row.changes + 1, on_hold, row.expires_on, row.supplier_lot)
        for row in execute(_WORDS, asked)
        if row.on_hold is not on_hold and (row.remaining_quantity or not on_hold)
    ]


def _post(actor: Actor, kind: str, changes: list[Change], reason: str) -> Posted:
    posted = ledger.post(actor, Draft(kind=kind, when=when(actor), changes=tuple(changes), reason=reason))
    action = {"hold": "lots.held", "release": "lots.released"}[kind]
    for change in changes:  # after the ledger's head, so the last lock
        words = {"on_hold": change.on_hold}
        lot = {"lot": change.lot.fifo_code, "number": posted.number}
        was = {"on_hold": not change.on_hold}
        audit.record(actor, action, Subject("lot", change.lot.id), before=was, after=lot | words, reason=reason)
    return posted


_WORDS = (
    sa.select(Lot.id, Lot.on_hold, Lot.expires_on, Lot.supplier_lot, Lot.changes, Lot.remaining_quantity)
    .where(Lot.organization_id == sa.bindparam("o"), Lot.id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(Lot.id)
)
_HELD_BY = (
    sa.select(LotChange.lot_id)
    .join(Lot, sa.and_(Lot.organization_id == LotChange.organization_id, Lot.id == LotChange.lot_id))
    .where(LotChange.organization_id == sa.bindparam("o"), LotChange.posting_id == sa.bindparam("posting"))
    .where(LotChange.on_hold == sa.true(), Lot.changes == LotChange.number)
)

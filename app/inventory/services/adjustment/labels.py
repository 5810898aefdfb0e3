"""New words on a lot: hold, release, relabel. Each leaves a posting without movements: FIFO can be proved later."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from app.identity.services import audit
from app.identity.services.audit import Subject
from app.inventory.models import Lot
from app.inventory.services import fifo
from app.inventory.services.adjustment import ledger
from app.inventory.services.adjustment.draft import Change, Draft, when
from app.inventory.services.adjustment.posted import Posted
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, NotFound
from app.kernel.permissions import Permission
from app.platform.database import execute


class _Keep:
    """Stands for "leave it as it is", where None means "take it away"."""


KEEP: Final = _Keep()


@dataclass(frozen=True, slots=True)
class _Words:
    on_hold: bool
    expires_on: date | None
    supplier_lot: str | None
    changes: int


def hold(actor: Actor, *, lot_id: UUID, reason: str, dry_run: bool = False) -> Posted:
    """Set a lot aside: nothing may use it. Holding it again leaves the new reason.

    raises: NotFound
    """
    return _change(actor, "hold", lot_id, reason, on_hold=True, dry_run=dry_run)


def release(actor: Actor, *, lot_id: UUID, reason: str, dry_run: bool = False) -> Posted:
    """Let a held lot be used again.

    raises: NotFound, Conflict `wrong_state` when it is not on hold
    """
    return _change(actor, "release", lot_id, reason, on_hold=False, dry_run=dry_run)


def relabel(
    actor: Actor,
    *,
    lot_id: UUID,
    reason: str,
    expires_on: date | _Keep | None = KEEP,
    supplier_lot: str | _Keep | None = KEEP,
    dry_run: bool = False,
) -> Posted:
    """Put right a lot's expiry date or supplier lot.

    raises: NotFound
    """
    return _change(actor, "relabel", lot_id, reason, expires_on=expires_on, supplier_lot=supplier_lot, dry_run=dry_run)


def _change(
    actor: Actor,
    kind: str,
    lot_id: UUID,
    reason: str,
    *,
    on_hold: bool | None = None,
    expires_on: date | _Keep | None = KEEP,
    supplier_lot: str | _Keep | None = KEEP,
    dry_run: bool,
) -> Posted:
    actor.require(Permission.INVENTORY_HOLD)
    lot = fifo.read_lots(actor, [lot_id]).get(lot_id)
    if lot is None:
        raise NotFound("That lot does not exist.")
    ledger.lock_items(actor, [lot.item_id], dry_run=dry_run)
    now = _Words(*tuple(execute(_WORDS, {"o": actor.organization_id, "id": lot_id}).one()))
    if kind == "release" and not now.on_hold:
        raise Conflict("This lot is not on hold.", code="wrong_state", status="open")
    change = Change(
        lot=lot,
        number=now.changes + 1,
        on_hold=now.on_hold if on_hold is None else on_hold,
        expires_on=now.expires_on if isinstance(expires_on, _Keep) else expires_on,
        supplier_lot=now.supplier_lot if isinstance(supplier_lot, _Keep) else supplier_lot,
    )
    draft = Draft(kind=kind, when=when(actor), changes=(change,), reason=reason)
    posted = ledger.post(actor, draft, dry_run=dry_run)
    if not dry_run:
        _record(actor, posted, now, change)
    return posted


def _record(actor: Actor, posted: Posted, was: _Words, change: Change) -> None:
    """The audit log's event: which lot, and which of its words changed. After the ledger's head, so the last lock."""
    words = [name for name in _NAMES if getattr(was, name) != getattr(change, name)]
    lot = {"lot": change.lot.fifo_code, "number": posted.number}
    before, after = ({name: _plain(getattr(said, name)) for name in words} for said in (was, change))
    subject = Subject("lot", change.lot.id)
    audit.record(actor, _ACTIONS[posted.kind], subject, before=before, after=lot | after, reason=posted.reason)


def _plain(value: bool | date | str | None) -> bool | str | None:
    return value.isoformat() if isinstance(value, date) else value


_NAMES = ("on_hold", "expires_on", "supplier_lot")
_ACTIONS = {"hold": "lots.held", "relabel": "lots.relabelled", "release": "lots.released"}


_WORDS = sa.select(Lot.on_hold, Lot.expires_on, Lot.supplier_lot, Lot.changes).where(
    Lot.organization_id == sa.bindparam("o"), Lot.id == sa.bindparam("id")
)

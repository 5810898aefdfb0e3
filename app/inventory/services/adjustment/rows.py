"""The rows that a posting is written as. Shapes only: nothing is decided here."""

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.inventory.models.kinds import number as short_number
from app.inventory.services.adjustment.claims import Claimed
from app.inventory.services.adjustment.draft import Draft, NewLot
from app.kernel import ids
from app.kernel.actor import Actor
from app.kernel.numbers import plain_of
from app.kernel.text import search_key
from app.platform import commands, strict_json

Row = dict[str, Any]
_SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Place:
    """Where a posting stands in its ledger."""

    id: UUID
    count: int
    sequence: int
    recorded_at: datetime
    previous_hash: bytes


def notes_digest(salt: bytes, texts: list[str | None]) -> bytes:
    """SHA-256 of the salt and the texts: what the hash covers, so that the texts themselves can be erased."""
    return hashlib.sha256(salt + strict_json.canonical(texts).encode()).digest()


def note(actor: Actor, draft: Draft, place: Place) -> Row | None:
    """The free text of the posting, if there is any."""
    texts = [draft.reason, draft.note, draft.recipient, draft.reference]
    if not any(texts):
        return None
    return {
        "organization_id": actor.organization_id,
        "posting_id": place.id,
        "salt": os.urandom(_SALT_BYTES),
        "reason": draft.reason,
        "note": draft.note,
        "recipient": draft.recipient,
        "reference": draft.reference,
    }


def posting(actor: Actor, draft: Draft, place: Place, said: Row | None) -> Row:
    """The posting itself, still without its hash."""
    return {
        "organization_id": actor.organization_id,
        "id": place.id,
        "kind": draft.kind,
        "number": place.count,
        "sequence": place.sequence,
        "occurred_at": draft.when.occurred_at or place.recorded_at,
        "business_date": draft.when.business_date,
        "recorded_at": place.recorded_at,
        "late": draft.when.late,
        "actor_id": actor.person_id,
        "entry_point": actor.entry_point,
        "command_key": commands.running_key(),
        "source_type": draft.source.type,
        "source_id": draft.source.id,
        "source_label": draft.source.label,
        "reverses": draft.reverses,
        "entered_quantity": plain_of(draft.entered.amount) if draft.entered else None,
        "entered_unit": draft.entered.unit if draft.entered else None,
        "notes_digest": _digest(said),
        "previous_hash": place.previous_hash,
    }


def _digest(said: Row | None) -> bytes | None:
    if said is None:
        return None
    return notes_digest(said["salt"], [said["reason"], said["note"], said["recipient"], said["reference"]])


def lots(actor: Actor, draft: Draft, claimed: list[Claimed], place: Place) -> list[Row]:
    """The lots that the lines make, born empty."""
    return [_lot(actor, draft, line, line.lot, place) for line in claimed if isinstance(line.lot, NewLot)]


def _lot(actor: Actor, draft: Draft, line: Claimed, lot: NewLot, place: Place) -> Row:
    source = lot.source
    return {
        "organization_id": actor.organization_id,
        "id": lot.id,
        "item_id": line.item.id,
        "fifo_code": lot.fifo_code,
        "fifo_code_key": lot.fifo_code.lower(),
        "received_on": lot.received_on,
        "sequence": place.sequence,
        "line": line.line,
        "expires_on": lot.expires_on,
        "on_hold": False,
        "supplier_id": lot.supplier_id,
        "supplier_lot": lot.supplier_lot,
        "supplier_lot_key": search_key(lot.supplier_lot) if lot.supplier_lot else None,
        "source_type": source.type if source else "posting",
        "source_id": source.id if source else place.id,
        "source_label": source.label if source else short_number(draft.kind, place.count),
        "initial_expires_on": lot.expires_on,
        "initial_supplier_lot": lot.supplier_lot,
        "initial_quantity": line.quantity,
        "initial_cost": line.cost,
        "remaining_quantity": 0,
        "remaining_cost": 0,
        "basis_quantity": 0,
        "basis_cost": 0,
        "version": 0,
        "changes": 0,
    }


def movements(actor: Actor, claimed: list[Claimed], place: Place) -> list[Row]:
    """One row per line, with its claims."""
    return [
        {
            "organization_id": actor.organization_id,
            "id": ids.uuid7(),
            "posting_id": place.id,
            "line": line.line,
            "item_id": line.item.id,
            "lot_id": line.lot.id if line.lot else None,
            "quantity": line.quantity,
            "cost": line.cost,
            "pinned": line.pinned,
            "reverses": line.reverses,
            "item_version": line.item_version,
            "item_on_hand_after": line.item_on_hand_after,
            "item_value_after": line.item_value_after,
            "lot_version": line.lot_version,
            "lot_quantity_after": line.lot_quantity_after,
            "lot_cost_after": line.lot_cost_after,
        }
        for line in claimed
    ]


def changes(actor: Actor, draft: Draft, place: Place) -> list[Row]:
    """New words on lots."""
    return [
        {
            "organization_id": actor.organization_id,
            "id": ids.uuid7(),
            "posting_id": place.id,
            "lot_id": change.lot.id,
            "number": change.number,
            "on_hold": change.on_hold,
            "expires_on": change.expires_on,
            "supplier_lot": change.supplier_lot,
            "supplier_lot_key": search_key(change.supplier_lot) if change.supplier_lot else None,
        }
        for change in draft.changes
    ]

"""Proofs, each in one reading snapshot of its own."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from app.inventory.services import chain, proof
from app.inventory.services.proof import Proof, reading
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import snapshots, strict_json


def of(organization_id: UUID) -> Proof:
    """Prove one organization's books as they are at this moment."""
    with snapshots.of(organization_id):
        return proof.prove(organization_id)


def asked_by(actor: Actor) -> Proof:
    """The same for somebody who asks.

    raises: Forbidden
    """
    actor.require(Permission.LEDGER_PROVE)
    return of(actor.organization_id)


def exported(organization_id: UUID) -> Iterator[str]:
    """The ledger as it is at this moment: see `lines`."""
    with snapshots.of(organization_id):
        yield from lines(organization_id)


def lines(organization_id: UUID) -> Iterator[str]:
    """The ledger as lines of canonical JSON, one posting each: what `chain.posting_hash` covers, and the notes.

    In the transaction that is open, which is bound to the organization.
    """
    for entry in reading.entries(organization_id):
        yield strict_json.canonical(
            {
                "posting": _plain(entry.posting),
                "lots": [_plain(row) for row in entry.lots],
                "movements": [_plain(row) for row in entry.movements],
                "changes": [_plain(row) for row in entry.changes],
                "notes": _plain(entry.note) if entry.note else None,
            }
        )


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: chain.plain(value) for name, value in row.items()}

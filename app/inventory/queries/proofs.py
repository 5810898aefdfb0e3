"""Proofs, each in one reading snapshot of its own."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from app.inventory.services import chain, proof
from app.inventory.services.proof import Proof, reading
from app.platform import strict_json, tenancy
from app.platform.database import db, dialect


def of(organization_id: UUID) -> Proof:
    """Prove one organization's books as they are at this moment."""
    _begin_snapshot(organization_id)
    try:
        return proof.prove(organization_id)
    finally:
        db.session.rollback()


def exported(organization_id: UUID) -> Iterator[str]:
    """The ledger as lines of canonical JSON, one posting each: what `chain.posting_hash` covers, and the notes."""
    _begin_snapshot(organization_id)
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
    db.session.rollback()


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: chain.plain(value) for name, value in row.items()}


def _begin_snapshot(organization_id: UUID) -> None:
    db.session.rollback()
    tenancy.bind(organization_id)
    if dialect() == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})

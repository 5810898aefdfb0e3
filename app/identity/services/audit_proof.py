"""The authority on whether an audit log is whole: works every hash of an organization's chain out again. Reads only.

Finds an event that was changed, removed, put in or moved, and a head that is not the last event's. What it cannot find
is a chain that was written anew from some event on: that ends in another head than the one somebody wrote down.
source: docs/domain/audit.md, "The proof"
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import AuditEvent, AuditHead
from app.identity.services.audit import hash_of
from app.platform.database import execute, table

_PAGE = 1000
_NOTHING = bytes(32)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be. `check`: sequence, chain, hash or head."""

    check: str
    message: str


@dataclass(slots=True)
class AuditProof:
    """The outcome for one organization. `head`: the last event's hash, as the chain comes to it."""

    events: int = 0
    head: str = _NOTHING.hex()
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def find(self, check: str, message: str) -> None:
        """Add a finding."""
        self.findings.append(Finding(check, message))


def prove(organization_id: UUID) -> AuditProof:
    """Work the organization's whole chain out again and compare it with what is written.

    The session must be bound to that organization. Runs in the transaction that is open.
    """
    proof, before, sequence = AuditProof(), _NOTHING, 0
    for event in events(organization_id):
        proof.events += 1
        if event["sequence"] != sequence + 1:
            proof.find("sequence", f"event {event['sequence']} stands after event {sequence}")
        if bytes(event["previous_hash"]) != before:
            proof.find("chain", f"event {event['sequence']} does not stand on the event before it")
        if bytes(event["hash"]) != hash_of(event, bytes(event["previous_hash"])):
            proof.find("hash", f"event {event['sequence']} is not what its hash says")
        before, sequence = bytes(event["hash"]), event["sequence"]
    proof.head = before.hex()
    _compare_head(organization_id, sequence, before, proof)
    return proof


def events(organization_id: UUID) -> Iterator[Row]:
    """Every event in the order of the chain, a page at a time."""
    rows = table(AuditEvent)
    wanted = mine = sa.select(rows).where(rows.c.organization_id == organization_id).order_by(rows.c.sequence)
    while page := [dict(row) for row in execute(wanted.limit(_PAGE)).mappings()]:
        yield from page
        wanted = mine.where(rows.c.sequence > page[-1]["sequence"])


def _compare_head(organization_id: UUID, sequence: int, last: bytes, proof: AuditProof) -> None:
    heads = table(AuditHead)
    query = sa.select(heads.c.sequence, heads.c.hash).where(heads.c.organization_id == organization_id)
    head = execute(query).one_or_none()
    if head is None:
        proof.find("head", "there is no head")
    elif (head.sequence, bytes(head.hash)) != (sequence, last):
        proof.find("head", f"the head stands at event {head.sequence}, the chain ends with event {sequence}")

"""The authority on whether the books are right: re-derives every balance and cost from movements alone.

Reads only. Uses neither the planner nor the writer: FIFO and the cost rule are worked out a second time.
source: docs/domain/ledger.md, "The proof"
"""

from uuid import UUID

from app.inventory.services.proof import comparing, reading
from app.inventory.services.proof.books import Books
from app.inventory.services.proof.findings import Finding, Proof, Totals
from app.inventory.services.proof.replay import replay

__all__ = ["Finding", "Proof", "Totals", "prove"]


def prove(organization_id: UUID) -> Proof:
    """Replay the organization's whole ledger and compare it with the tables.

    The session must be bound to that organization. Runs in one reading transaction.
    """
    proof, books = Proof(), Books()
    for entry in reading.entries(organization_id):
        proof.postings += 1
        replay(books, entry, proof)
    comparing.compare(organization_id, books, proof)
    return proof

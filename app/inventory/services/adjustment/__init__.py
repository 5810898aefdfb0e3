"""The authority on stock: the only code that writes postings, movements and lots. Never chooses the order itself.

Each command takes the actor first, runs inside a transaction that `platform.commands` opened, and answers with what it
posted. With `dry_run` the same code plans and refuses, but locks and writes nothing.
source: docs/domain/ledger.md
"""

from app.inventory.services.adjustment.counts import Count, count
from app.inventory.services.adjustment.issues import Issue, issue
from app.inventory.services.adjustment.labels import KEEP, hold, relabel, release
from app.inventory.services.adjustment.posted import ItemFacts, Posted, PostedLine, Source
from app.inventory.services.adjustment.production import Need, Output, consume, produce
from app.inventory.services.adjustment.receipts import Receipt, receive
from app.inventory.services.adjustment.reversals import ReversalLine, reverse, undo
from app.inventory.services.adjustment.shortages import InsufficientStock, Shortage

__all__ = [
    "KEEP",
    "Count",
    "InsufficientStock",
    "Issue",
    "ItemFacts",
    "Need",
    "Output",
    "Posted",
    "PostedLine",
    "Receipt",
    "ReversalLine",
    "Shortage",
    "Source",
    "consume",
    "count",
    "hold",
    "issue",
    "produce",
    "receive",
    "relabel",
    "release",
    "reverse",
    "undo",
]

"""The authority on stock: the only code that writes postings, movements and lots. Never chooses the order itself.

Each command takes the actor first, runs inside a transaction that `platform.commands` opened, and answers with what it
posted. With `dry_run` the same code plans and refuses, but locks and writes nothing.
source: docs/domain/ledger.md
"""

from app.inventory.services.adjustment.counts import Count, count, count_each
from app.inventory.services.adjustment.issues import Issue, issue
from app.inventory.services.adjustment.labels import KEEP, hold, relabel, release
from app.inventory.services.adjustment.posted import ItemFacts, Posted, PostedLine, Source
from app.inventory.services.adjustment.production import Need, Output, consume, consume_from, produce
from app.inventory.services.adjustment.recalls import hold_all, release_all
from app.inventory.services.adjustment.receipts import Receipt, in_line, receive, receive_each
from app.inventory.services.adjustment.reversals import ReversalLine, put_back, reverse, reverse_together, undo
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
    "consume_from",
    "count",
    "count_each",
    "hold",
    "hold_all",
    "in_line",
    "issue",
    "produce",
    "put_back",
    "receive",
    "receive_each",
    "relabel",
    "release",
    "release_all",
    "reverse",
    "reverse_together",
    "undo",
]

"""The authority on what a batch's record says: what was needed, taken, made and lost, and what it all cost.

A transition and a later reading make the same record from the same parts: header, lines, extras and ledger entries.
"""

from app.production.services.records.compose import compose
from app.production.services.records.entries import Entry, ItemRef, Moved, entry_of
from app.production.services.records.read import entries, extras, find, lines, lock, read, several
from app.production.services.records.shape import (
    BatchRecord,
    Extra,
    ExtraRow,
    Header,
    Line,
    LineRow,
    Loss,
    LotUse,
    Output,
)

__all__ = [
    "BatchRecord",
    "Entry",
    "Extra",
    "ExtraRow",
    "Header",
    "ItemRef",
    "Line",
    "LineRow",
    "Loss",
    "LotUse",
    "Moved",
    "Output",
    "compose",
    "entries",
    "entry_of",
    "extras",
    "find",
    "lines",
    "lock",
    "read",
    "several",
]

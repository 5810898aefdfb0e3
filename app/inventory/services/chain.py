"""The authority on the hash chain: what each posting's hash covers, and how it is written down.

SHA-256 of the previous hash and canonical JSON: sorted keys, integers, lower-case UUIDs, UTC times with six digits.
Free text is covered by its salted digest only. source: docs/domain/ledger.md, "The chain"
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from app.platform import strict_json

FORMAT = 1
POSTING_FIELDS = (
    "organization_id",
    "id",
    "kind",
    "number",
    "sequence",
    "occurred_at",
    "business_date",
    "recorded_at",
    "late",
    "actor_id",
    "entry_point",
    "command_key",
    "source_type",
    "source_id",
    "source_label",
    "reverses",
    "entered_quantity",
    "entered_unit",
    "notes_digest",
)
LOT_FIELDS = (
    "id",
    "item_id",
    "fifo_code",
    "received_on",
    "line",
    "supplier_id",
    "source_type",
    "source_id",
    "source_label",
    "initial_expires_on",
    "initial_supplier_lot",
    "initial_quantity",
    "initial_cost",
)
"""What a lot is born with and keeps; its later words (hold, expiry, supplier lot) stand in changes."""
MOVEMENT_FIELDS = (
    "id",
    "line",
    "item_id",
    "lot_id",
    "quantity",
    "cost",
    "pinned",
    "reverses",
    "item_version",
    "item_on_hand_after",
    "item_value_after",
    "lot_version",
    "lot_quantity_after",
    "lot_cost_after",
)
CHANGE_FIELDS = ("id", "lot_id", "number", "on_hold", "expires_on", "supplier_lot")

Row = Mapping[str, Any]


def posting_hash(posting: Row, lots: Iterable[Row], movements: Iterable[Row], changes: Iterable[Row]) -> bytes:
    """The hash of a posting, over the one before it. Rows by line (changes by lot), with the fields named above."""
    body = {
        "format": FORMAT,
        "posting": [plain(posting[name]) for name in POSTING_FIELDS],
        "lots": [[plain(row[name]) for name in LOT_FIELDS] for row in lots],
        "movements": [[plain(row[name]) for name in MOVEMENT_FIELDS] for row in movements],
        "changes": [[plain(row[name]) for name in CHANGE_FIELDS] for row in changes],
    }
    return hashlib.sha256(bytes(posting["previous_hash"]) + strict_json.canonical(body).encode()).digest()


def plain(value: Any) -> Any:
    """A value as the canonical JSON writes it."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    return bytes(value).hex()

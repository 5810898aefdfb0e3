"""The chain: each posting's hash covers the one before it and all that was posted; any change of it is found."""

import hashlib
import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.inventory.services import chain, proof
from app.platform import tenancy
from app.platform.database import Base, execute
from tests.databases import application, dispose
from tests.ledger import raw
from tests.ledger.workshop import Workshop, batch, cost_of

TABLES = Base.metadata.tables
UNHASHED = {
    "stock_postings": {"hash"},
    "stock_movements": {"organization_id", "posting_id"},
    "lot_changes": {"organization_id", "posting_id", "supplier_lot_key"},
    "lots": {
        *("organization_id", "fifo_code_key", "sequence", "expires_on", "on_hold", "supplier_lot", "supplier_lot_key"),
        *("remaining_quantity", "remaining_cost", "basis_quantity", "basis_cost", "version", "changes"),
    },
}
"""What no hash covers: keys that the row's place says, foldings of hashed text, and what movements and changes move."""
COVERED = {
    "stock_postings": {*chain.POSTING_FIELDS, "previous_hash"},
    "stock_movements": set(chain.MOVEMENT_FIELDS),
    "lot_changes": set(chain.CHANGE_FIELDS),
    "lots": set(chain.LOT_FIELDS),
}


def year(shop: Workshop) -> None:
    """Something of every kind."""
    oats, soap = shop.item(), shop.item("Soap", "each")
    came = shop.receive(oats, "5", "0.5", supplier="Acme", supplier_lot="A100", note="wet sacks", reference="PO 7")
    shop.hold(came)
    shop.release(came)
    shop.receive(oats, "5", "0.7", expires_on=date(2199, 1, 1))
    used = shop.issue(oats, "6", reason="for porridge")
    shop.reverse(used, (1, "2"))
    source = batch()
    taken = shop.consume(source, needs=[(oats, "3")])
    shop.produce(source, soap, "4", cost_of(taken))
    shop.count(oats, "2")


def plain(value: Any) -> Any:
    """As docs/domain/ledger.md writes values, worked out a second time."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z"
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return str(value) if isinstance(value, UUID | date) else value


def by_hand(shop: Workshop) -> list[tuple[bytes, bytes]]:
    """(stored, recomputed) hash of every posting, from plain selects."""

    def read(table: str, *order: str) -> list[dict[str, Any]]:
        columns = TABLES[table].c
        query = sa.select(TABLES[table]).where(columns.organization_id == shop.actor.organization_id)
        return [dict(row) for row in execute(query.order_by(*(columns[name] for name in order))).mappings()]

    found, before = [], bytes(32)
    movements, changes, lots = read("stock_movements", "line"), read("lot_changes", "lot_id"), read("lots", "line")
    for posting in read("stock_postings", "sequence"):
        body = {
            "changes": [_values(row, chain.CHANGE_FIELDS) for row in changes if row["posting_id"] == posting["id"]],
            "format": 1,
            "lots": [_values(row, chain.LOT_FIELDS) for row in lots if row["sequence"] == posting["sequence"]],
            "movements": [
                _values(row, chain.MOVEMENT_FIELDS) for row in movements if row["posting_id"] == posting["id"]
            ],
            "posting": _values(posting, chain.POSTING_FIELDS),
        }
        text = json.dumps(body, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
        found.append((bytes(posting["hash"]), hashlib.sha256(before + text.encode()).digest()))
        assert bytes(posting["previous_hash"]) == before
        before = bytes(posting["hash"])
    return found


def _values(row: dict[str, Any], names: tuple[str, ...]) -> list[Any]:
    return [plain(row[name]) for name in names]


def test_every_hash_is_what_the_page_says(shop: Workshop) -> None:
    year(shop)

    for stored, recomputed in shop.look(lambda: by_hand(shop)):
        assert stored == recomputed


def test_the_first_posting_stands_on_nothing(shop: Workshop) -> None:
    shop.receive(shop.item(), "1")

    (row,) = shop.look(lambda: execute(sa.select(TABLES["stock_postings"]).where(
        TABLES["stock_postings"].c.organization_id == shop.actor.organization_id
    )).mappings().all())  # fmt: skip

    assert bytes(row["previous_hash"]) == bytes(32)


@pytest.mark.parametrize("table", sorted(COVERED))
def test_every_column_is_covered_or_listed(table: str) -> None:
    assert COVERED[table] | UNHASHED[table] == {column.name for column in TABLES[table].columns}
    assert not COVERED[table] & UNHASHED[table]


def other(value: Any, column: sa.Column[Any]) -> Any:
    """Another value of the same type, as little different as can be."""
    if column.name == "kind":
        return "gift" if value != "gift" else "use"
    kind = next((kind for kind in CHANGED if isinstance(value, kind)), None)
    return CHANGED[kind](value) if kind else FROM_NOTHING[type(column.type).__name__]


CHANGED: dict[type, Any] = {
    bool: lambda value: not value,
    int: lambda value: value + 1000,  # past the next one's, where numbers are unique
    bytes: lambda value: bytes([value[0] ^ 1]) + value[1:],
    memoryview: lambda value: CHANGED[bytes](bytes(value)),
    UUID: lambda value: UUID(int=value.int ^ 1),
    datetime: lambda value: value.replace(microsecond=value.microsecond ^ 1),
    date: lambda value: value.replace(day=value.day ^ 1 or 2),
    str: lambda value: chr(ord(value[0]) ^ 1) + value[1:],
}
FROM_NOTHING = {"Text": "x", "Id": UUID(int=7), "Day": date(2026, 1, 1), "LargeBinary": b"x"}


@pytest.fixture
def tampered(fresh_app: Flask, tmp_path: Any) -> Any:
    """A storeroom in a database of its own, and its address: it is copied for every change."""
    from tests.cast import make_organization, owner_of

    with fresh_app.app_context():
        shop = Workshop(owner_of(make_organization()))
        year(shop)
        url = fresh_app.extensions["batchtrack_config"].database_url
    dispose(fresh_app)
    return shop, url


def prove(url: str, shop: Workshop, folder: Any) -> proof.Proof:
    app = application(url, folder)
    with app.app_context():
        tenancy.bind(shop.actor.organization_id)
        found = proof.prove(shop.actor.organization_id)
    dispose(app)
    return found


@pytest.mark.heavy
def test_a_flipped_bit_anywhere_is_found(tampered: Any, tmp_path: Any) -> None:
    shop, url = tampered
    with raw.copy_of(url) as copy:
        assert prove(copy, shop, tmp_path).ok
        app = application(copy, tmp_path)
        missed = [
            f"{table}.{column.name}"
            for table in (*COVERED, "stock_balances", "ledger_heads", "posting_notes")
            for column in TABLES[table].columns
            if column.name not in {"organization_id", "lock_token", *UNSEEN.get(table, ())}
            and not _finds(app, copy, shop, table, column)
        ]
        dispose(app)

    assert missed == []


UNSEEN = {
    "lots": {"fifo_code_key", "supplier_lot_key"},
    "lot_changes": {"supplier_lot_key"},
    "stock_balances": {"item_id"},
}
"""What no proof sees yet: foldings for search, and a balance under another item's id (a foreign key refuses that)."""


def _finds(app: Flask, url: str, shop: Workshop, table: str, column: sa.Column[Any]) -> bool:
    """Whether a constraint refuses the change of that column in one row, or the proof sees it; puts it back."""
    with raw.unguarded(url) as connection:
        row = raw.row_of(connection, table, shop.actor.organization_id)
    changed = {**row, column.name: other(row[column.name], column)}
    try:
        _replace(url, table, row, changed)
    except IntegrityError:
        return True
    with app.app_context():
        tenancy.bind(shop.actor.organization_id)
        found = not proof.prove(shop.actor.organization_id).ok
    _replace(url, table, changed, row)
    return found


def _replace(url: str, table: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    columns = TABLES[table]
    keys = [columns.c[name] == old[name] for name in columns.primary_key.columns.keys()]  # noqa: SIM118 - no dict
    with raw.unguarded(url) as connection:
        connection.execute(sa.update(columns).where(*keys).values(new))

"""The baseline: a plain program over psycopg or sqlite3, with the reads and the row writes of the product.

One statement per row, prepared by the driver, in one transaction, on a copy of the product's database: the same tables,
constraints, indexes and rows, without the triggers, so that it makes every row write itself. It knows no row-level
security, objects, retries, refusals, and chains no hash.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import psycopg

from app.kernel import ids
from scripts._bench import plain_sql

Row = tuple[Any, ...]


class PostgreSQL:
    """psycopg, as it comes: it prepares what is run more than five times."""

    name = "postgresql"
    lock = " FOR NO KEY UPDATE"

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=False)

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        cursor = self.connection.execute(sql, values)
        return cursor.fetchall() if cursor.description else []

    def begin(self) -> None:
        """psycopg begins by itself."""

    def commit(self) -> None:
        self.connection.commit()

    def drop_triggers(self) -> None:
        """Switch off the books' triggers, not the foreign keys'."""
        for table in (
            "stock_postings",
            "stock_movements",
            "lots",
            "stock_balances",
            "ledger_heads",
            "commands",
            "batches",
        ):
            self.connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        self.connection.commit()


class SQLite:
    """sqlite3, with the product's settings."""

    name = "sqlite"
    lock = ""

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path, timeout=10, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            self.connection.execute(f"PRAGMA {pragma}")

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        return self.connection.execute(sql.replace("%s", "?"), [_sqlite_value(value) for value in values]).fetchall()

    def begin(self) -> None:
        self.connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self.connection.execute("COMMIT")

    def drop_triggers(self) -> None:
        """Drop them."""
        for (name,) in self.connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            self.connection.execute(f"DROP TRIGGER {name}")


def _sqlite_value(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.bytes
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value.isoformat() if isinstance(value, date) else value


Connection = PostgreSQL | SQLite


class Program:
    """The plain program of one organization."""

    def __init__(self, database: Connection, organization_id: UUID) -> None:
        self.database, self.organization_id = database, organization_id
        self.person_id = ids.uuid7()

    def use(self, item_id: UUID, quantity: int) -> None:
        """Take `quantity` from the item's first lots."""
        key = self._begin({"quantity": str(quantity)})
        self._take(key, "use", {item_id: quantity}, None)
        self.database.commit()

    def receive(self, item_id: UUID, count: int, quantity: int, cost: int) -> None:
        """So many more lots, each of `quantity` and `cost`."""
        key = self._begin({"lots": str(count)})
        on_hand, value, version = self._balances([item_id])[item_id][5:8]
        posting_id, sequence, now = self._post(key, "receipt", count * quantity, None)
        for line in range(1, count + 1):
            lot_id = self._make_lot(item_id, f"LOT-{ids.code(10)}", now, (sequence, line), (quantity, cost), None)
            after = (on_hand + line * quantity, value + line * cost, version + line)
            self._move(posting_id, line, item_id, lot_id, quantity, cost, after, (1, quantity, cost, quantity, cost))
        self._answer(key, {"posting": str(posting_id)})
        self.database.commit()

    def plan(self, like: UUID) -> UUID:
        """One more planned batch, a copy of another; not measured."""
        made, label = ids.uuid7(), f"B-{ids.code(12)}"
        self.database.begin()
        own = (self.organization_id, like)
        self.database.run(plain_sql.BATCH_LIKE, (made, label, label.lower(), *own))
        lines = self.database.run("SELECT line FROM batch_lines WHERE organization_id = %s AND batch_id = %s", own)
        for (line,) in lines:
            self.database.run(plain_sql.BATCH_LINE_LIKE, (ids.uuid7(), made, *own, line))
        self.database.commit()
        return made

    def start(self, batch_id: UUID) -> None:
        """Take what the batch needs, in one posting."""
        key = self._begin({"batch": str(batch_id)})
        header = self._header(batch_id)
        rows = self.database.run(plain_sql.BATCH_LINES, (self.organization_id, batch_id))
        needs = {_id(row[0]): row[1] for row in rows}
        self._take(key, "production_use", needs, (batch_id, header[1]))
        self.database.run(plain_sql.BATCH_STARTED, (datetime.now(UTC), self.organization_id, batch_id))
        self.database.commit()

    def finish(self, batch_id: UUID) -> None:
        """Put in what the batch made, at what everything cost."""
        key, own = self._begin({"batch": str(batch_id)}), (self.organization_id, batch_id)
        header = self._header(batch_id)
        label, item_id, quantity, now = header[1], _id(header[3]), header[4], datetime.now(UTC)
        self.database.run(plain_sql.BATCH_LINES, own)
        self.database.run(plain_sql.BATCH_EXTRAS, own)
        entries = self.database.run(plain_sql.ENTRIES, own)
        cost = -sum(row[6] for row in entries)
        code = (self.organization_id, label.lower())
        self.database.run(plain_sql.CODES, (*code, f"{label.lower()}-%"))
        item = self._balances([item_id])[item_id]
        self.database.run("SELECT id FROM lots WHERE organization_id = %s AND fifo_code_key = %s", code)
        batch = (batch_id, label)
        posting_id, sequence, now = self._post(key, "production", quantity, batch)
        lot_id = self._make_lot(item_id, label, now, (sequence, 1), (quantity, cost), batch)
        after = (item[5] + quantity, item[6] + cost, item[7] + 1)
        self._move(posting_id, 1, item_id, lot_id, quantity, cost, after, (1, quantity, cost, quantity, cost))
        self.database.run(plain_sql.BATCH_FINISHED, (now, quantity, *own))
        lines = [_used(row) for row in entries]
        self._answer(key, _posting(self.person_id, posting_id, "production", str(cost), lines))
        self.database.commit()

    def _header(self, batch_id: UUID) -> Row:
        lock = self.database.lock and f"{self.database.lock} OF b"
        return self.database.run(plain_sql.BATCH + lock, (self.organization_id, batch_id))[0]

    def _begin(self, body: dict[str, str]) -> str:
        self.database.begin()
        key, asked = str(ids.uuid7()), hashlib.sha256(json.dumps(body).encode()).digest()
        self.database.run(plain_sql.COMMAND, (self.organization_id, key, asked, self.person_id, datetime.now(UTC)))
        return key

    def _balances(self, item_ids: list[UUID]) -> dict[UUID, Row]:
        sql = plain_sql.BALANCE.format(", ".join(["%s"] * len(item_ids))) + self.database.lock
        if self.database.lock:
            sql += " OF b"
        rows = self.database.run(sql, (self.organization_id, *sorted(item_ids)))
        return {_id(row[0]): row for row in rows}

    def _take(self, key: str, kind: str, needs: dict[UUID, int], batch: tuple[UUID, str] | None) -> int:
        balances, today = self._balances(list(needs)), datetime.now(UTC).date()
        queues = self._queues(list(needs), today)
        posting_id, _, _ = self._post(key, kind, sum(needs.values()), batch)
        line, total, lines = 0, 0, []
        for item_id, needed in needs.items():
            on_hand, value, version = balances[item_id][5:8]
            left = needed
            for lot_id, _, code, quantity, cost, basis_quantity, basis_cost, lot_version in queues[item_id]:
                if not left:
                    break
                taken = min(left, quantity)
                price = cost if taken == quantity else cost - basis_cost * (quantity - taken) // basis_quantity
                left, line, total = left - taken, line + 1, total + price
                on_hand, value, version = on_hand - taken, value - price, version + 1
                lot_after = (lot_version + 1, quantity - taken, cost - price, basis_quantity, basis_cost)
                after = (on_hand, value, version)
                self._move(posting_id, line, item_id, _id(lot_id), -taken, -price, after, lot_after)
                lines.append(_movement(balances[item_id], _id(lot_id), code, line, (taken, price), lot_after))
        self._answer(key, _posting(self.person_id, posting_id, kind, str(total), lines))
        return total

    def _queues(self, item_ids: list[UUID], today: date) -> dict[UUID, list[Row]]:
        """The first lots of each item, in one statement."""
        parts = [f"SELECT * FROM ({plain_sql.QUEUE}) q{n}" for n in range(len(item_ids))]
        values = [value for item_id in item_ids for value in (self.organization_id, item_id, today, today)]
        queues: dict[UUID, list[Row]] = {item_id: [] for item_id in item_ids}
        for row in self.database.run(" UNION ALL ".join(parts), values):
            queues[_id(row[1])].append(row)
        return queues

    def _post(self, key: str, kind: str, quantity: int, batch: tuple[UUID, str] | None) -> tuple[UUID, int, datetime]:
        sequence, previous, counts = self.database.run(plain_sql.HEAD + self.database.lock, (self.organization_id,))[0]
        numbers, posting_id, now, new_hash = json.loads(counts), ids.uuid7(), datetime.now(UTC), os.urandom(32)
        numbers[kind] = numbers.get(kind, 0) + 1
        self.database.run(
            plain_sql.POSTING,
            [
                *(self.organization_id, posting_id, kind, numbers[kind], sequence + 1, now, now.date(), now, False),
                *(self.person_id, "api", key, "batch" if batch else "manual", *(batch or (None, None))),
                *(str(quantity), "g", bytes(previous), new_hash),
            ],
        )
        values = (sequence + 1, new_hash, now, json.dumps(numbers, separators=(",", ":")), self.organization_id)
        self.database.run(plain_sql.HEAD_AFTER, values)
        return posting_id, sequence + 1, now

    def _move(
        self,
        posting_id: UUID,
        line: int,
        item_id: UUID,
        lot_id: UUID,
        quantity: int,
        cost: int,
        after: tuple[int, int, int],
        lot_after: tuple[int, int, int, int, int],
    ) -> None:
        """One movement, and what it does to its lot and its item."""
        organization_id, (on_hand, value, version) = self.organization_id, after
        lot_version, left, left_cost, basis_quantity, basis_cost = lot_after
        self.database.run(
            plain_sql.MOVEMENT,
            [
                *(organization_id, ids.uuid7(), posting_id, line, item_id, lot_id, quantity, cost, False),
                *(version, on_hand, value, lot_version, left, left_cost),
            ],
        )
        values = (left, left_cost, lot_version, basis_quantity, basis_cost, organization_id, lot_id)
        self.database.run(plain_sql.LOT_AFTER, values)
        self.database.run(plain_sql.BALANCE_AFTER, (on_hand, value, version, organization_id, item_id))

    def _make_lot(
        self,
        item_id: UUID,
        code: str,
        now: datetime,
        place: tuple[int, int],
        born_with: tuple[int, int],
        batch: tuple[UUID, str] | None,
    ) -> UUID:
        lot_id = ids.uuid7()
        self.database.run(
            plain_sql.LOT,
            [
                *(self.organization_id, lot_id, item_id, code, code.lower(), now.date(), *place, False),
                *("batch" if batch else "posting", *(batch or (lot_id, code)), *born_with),
            ],
        )
        return lot_id

    def _answer(self, key: str, body: dict[str, Any]) -> None:
        self.database.run(plain_sql.ANSWER, (201, json.dumps(body), self.organization_id, key))


def _id(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(bytes=value)


def _movement(
    item: Row, lot_id: UUID, code: str, line: int, taken: tuple[int, int], after: tuple[int, int, int, int, int]
) -> dict[str, Any]:
    """One line of an answer, with the keys of the contract."""
    return {
        "id": str(lot_id),
        "line": line,
        "item": {"id": str(_id(item[0])), "code": item[1], "name": item[2]},
        "lot": {"id": str(lot_id), "fifo_code": code},
        "quantity": str(-taken[0]),
        "unit": item[3],
        "cost": str(-taken[1]),
        "lot_remaining_quantity": str(after[1]),
        "lot_remaining_cost": str(after[2]),
        "pinned": False,
        "reverses": None,
        "left_to_reverse": str(taken[0]),
    }


def _used(row: Row) -> dict[str, Any]:
    """One line of a batch's answer."""
    return {
        "item": {"id": str(_id(row[0])), "code": row[7], "name": row[8]},
        "needed": str(-row[5]),
        "used": str(-row[5]),
        "unit": "g",
        "cost": str(-row[6]),
        "skipped": False,
        "lots": [
            {"lot": {"id": str(_id(row[0])), "fifo_code": row[4]}, "quantity": str(-row[5]), "cost": str(-row[6])}
        ],
    }


def _posting(
    person_id: UUID, posting_id: UUID, kind: str, cost: str, movements: list[dict[str, Any]]
) -> dict[str, Any]:
    """An answer as long as the product's."""
    now = datetime.now(UTC).isoformat()
    return {
        "id": str(posting_id),
        "number": "USE-000001",
        "kind": kind,
        "occurred_at": now,
        "business_date": now[:10],
        "recorded_at": now,
        "late": False,
        "actor": {"id": str(person_id), "name": "Bench"},
        "entry_point": "api",
        "reason": None,
        "note": None,
        "to": None,
        "reference": None,
        "source": {"type": "manual", "id": None, "label": None},
        "reverses": None,
        "reversed_by": [],
        "entered": {"quantity": "4", "unit": "g"},
        "total_cost": cost,
        "movements": movements,
    }

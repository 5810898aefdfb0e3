"""The rows of every table that knows organizations, for the export of everything. Found in metadata: none forgotten."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.inventory.services import chain
from app.platform.database import Base, execute

_LOCKS = "nothing is ever written there: row locks need a column"
LEFT_OUT = {
    ("api_tokens", "secret_hash"): "recognizes a program at the door: of use to nobody but a thief",
    ("audit_heads", "lock_token"): _LOCKS,
    (
        "commands",
        "body_hash",
    ): "recognizes a form that is sent twice: whoever guesses what was typed could test the guess",
    ("ledger_heads", "lock_token"): _LOCKS,
    ("stock_balances", "lock_token"): _LOCKS,
}
"""(table, column) that is not exported, and why."""

_AT_ONCE = 500


def all_of_them() -> list[sa.Table]:
    """Every table whose rows belong to an organization or speak of one, in the order of their references."""
    return [table for table in Base.metadata.sorted_tables if "organization_id" in table.c]


def columns(table: sa.Table) -> list[sa.Column[Any]]:
    """What of a table is exported."""
    return [column for column in table.columns if (table.name, column.name) not in LEFT_OUT]


def rows(table: sa.Table, organization_id: UUID) -> Iterator[dict[str, Any]]:
    """The organization's rows by their key, exactly: whole numbers, UTC times, UUIDs and bytes as lower-case hex."""
    query = (
        sa.select(*columns(table))
        .where(table.c.organization_id == organization_id)
        .order_by(*table.primary_key.columns)
        .execution_options(yield_per=_AT_ONCE)
    )
    for row in execute(query).mappings():
        yield {name: chain.plain(value) for name, value in row.items()}

"""Doors into the database beside the application: as the owner of the tables, and copies without guards."""

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

from app.platform.database import Base
from app.platform.tenancy import GLOBAL_TABLES

APPEND_ONLY = ("lot_changes", "stock_movements", "stock_postings")
NEVER_DELETED = (*APPEND_ONLY, "commands", "ledger_heads", "lots", "posting_notes", "stock_balances")
LEDGER = NEVER_DELETED


def address(url: str) -> str:
    """The URL or file that a driver takes."""
    return url.removeprefix("sqlite:///").replace("+psycopg", "")


@contextmanager
def as_owner(url: str) -> Iterator[sa.Connection]:
    """A connection that owns every table: PostgreSQL's superuser, or the file without our pragmas."""
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            yield connection
            connection.rollback()
    finally:
        engine.dispose()


@contextmanager
def copy_of(url: str) -> Iterator[str]:
    """A copy of the whole database, for tampering with; nobody may be connected to PostgreSQL's."""
    name = f"copy_{uuid.uuid4().hex}"
    if url.startswith("sqlite"):
        target = Path(address(url)).with_name(f"{name}.db")
        with sqlite3.connect(address(url)) as source, sqlite3.connect(target) as copied:
            source.backup(copied)
        yield f"sqlite:///{target}"
        for file in target.parent.glob(f"{name}.db*"):
            file.unlink()
        return
    original = sql.Identifier(url.rpartition("/")[2])
    server = f"{address(url).rpartition('/')[0]}/postgres"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), original))
        yield f"{url.rpartition('/')[0]}/{name}"
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def unguarded(url: str) -> Iterator[sa.Connection]:
    """A connection to which no trigger applies; what it writes stays."""
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            _take_guards_off(connection)
            yield connection
    finally:
        engine.dispose()


def _take_guards_off(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET session_replication_role = replica")
        return
    triggers = connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'trigger'").scalars().all()
    for trigger in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
    connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")


def owned_tables() -> list[sa.Table]:
    """Every table with an organization in its key."""
    return [
        table
        for name, table in sorted(Base.metadata.tables.items())
        if "organization_id" in table.primary_key.columns and name not in GLOBAL_TABLES
    ]


def row_of(connection: sa.Connection, table: str, organization_id: uuid.UUID) -> dict[str, Any]:
    """Some row of the organization's, as its columns are."""
    columns = Base.metadata.tables[table]
    found = (
        connection.execute(sa.select(columns).where(columns.c.organization_id == organization_id)).mappings().first()
    )
    assert found, f"{table} has no row to try this on"
    return dict(found)

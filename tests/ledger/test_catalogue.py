"""migrations/guards.py lists everything in the database that is not a table: compared with both catalogues."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from app.platform.database import db
from app.platform.tenancy import GLOBAL_TABLES
from migrations import guards
from tests.databases import on_postgresql_only, on_sqlite_only
from tests.ledger import raw

EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"


def rows(statement: str, **said: str) -> list[tuple[str, ...]]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(statement), said)]


@pytest.fixture(autouse=True)
def _context(database: Flask) -> None:
    """Every test here reads a real catalogue."""


@on_sqlite_only
def test_sqlite_has_the_listed_triggers_and_no_other() -> None:
    listed = {f"{name}_{table}" if name.startswith("never_") else name for table, name in guards.TRIGGERS}

    assert {name for (name,) in rows("SELECT name FROM sqlite_schema WHERE type = 'trigger'")} == listed


@on_sqlite_only
def test_sqlite_has_no_views() -> None:
    assert rows("SELECT name FROM sqlite_schema WHERE type = 'view'") == []


@on_sqlite_only
def test_every_connection_keeps_foreign_keys_and_sees_replacing_as_deleting() -> None:
    assert [rows(f"PRAGMA {name}")[0][0] for name in ("foreign_keys", "recursive_triggers", "journal_mode")] == [
        1,
        1,
        "wal",
    ]


@on_postgresql_only
def test_postgresql_has_the_listed_triggers_and_no_other() -> None:
    truncations = {(table, "never_truncated") for table, name in guards.TRIGGERS if name == "never_deleted"}
    found = rows(
        "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal"
    )

    assert set(found) == guards.TRIGGERS | truncations


@on_postgresql_only
def test_every_trigger_is_on() -> None:
    assert rows("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'") == []


@on_postgresql_only
def test_postgresql_has_the_listed_functions_and_no_other() -> None:
    found = rows(
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE n.nspname = 'public' "
        "AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
    )

    assert {name for (name,) in found} == set(guards.FUNCTIONS)


@on_postgresql_only
def test_what_runs_with_the_owners_rights_has_a_fixed_path() -> None:
    found = rows(
        "SELECT p.proname, array_to_string(p.proconfig, ' ') FROM pg_proc p "
        "JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' AND p.prosecdef"
    )

    assert {name for name, _ in found} == {
        "advance_audit",
        "advance_head",
        "apply_lot_change",
        "apply_movement",
        "erase_sample",
        "open_audit",
        "open_balance",
        "open_ledger",
    }
    assert {path for _, path in found} == {"search_path=public, pg_temp"}


@on_postgresql_only
def test_every_owned_table_has_one_policy_that_covers_all() -> None:
    found = rows("SELECT tablename, policyname, permissive, cmd, qual, with_check FROM pg_policies")
    mine = "(organization_id = current_org())"

    assert set(found) == {(table, "organization", "PERMISSIVE", "ALL", mine, mine) for table in guards.OWNED}


@on_postgresql_only
def test_every_owned_table_is_forced_to_obey_it() -> None:
    found = rows("SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity AND relforcerowsecurity")

    assert {name for (name,) in found} == set(guards.OWNED)


def test_the_list_names_every_owned_table() -> None:
    assert {table.name for table in raw.owned_tables()} == set(guards.OWNED)


def test_the_ledgers_tables_are_read_and_added_to_and_nothing_else() -> None:
    rights = {table: guards.OWNED[table] for table in raw.LEDGER}

    assert {table for table, said in rights.items() if said == "SELECT, INSERT"} == {
        *("lot_changes", "lots", "posting_notes", "stock_movements", "stock_postings")
    }
    assert {said for said in rights.values() if said != "SELECT, INSERT"} == {
        "SELECT, UPDATE (lock_token)",
        "SELECT, INSERT, UPDATE (status, answer)",
    }


def listed_grants() -> set[tuple[str, str, str]]:
    """(table, right, column or "") of every right that the lists give."""
    everything = dict.fromkeys(GLOBAL_TABLES - {"alembic_version"}, EVERYTHING)
    found = set()
    for table, rights in {**guards.OWNED, **everything}.items():
        for right, columns in re.findall(r"([A-Z]+)(?: \(([a-z_, ]+)\))?", rights):
            found |= {(table, right, column.strip()) for column in columns.split(",")}
    return found


@on_postgresql_only
def test_the_applications_role_may_do_what_is_listed_and_nothing_else() -> None:
    on_tables = rows(
        "SELECT table_name, privilege_type, '' FROM information_schema.role_table_grants WHERE grantee = :role",
        role=guards.ROLE,
    )
    on_columns = rows(
        "SELECT c.relname, CASE a.privilege_type WHEN 'w' THEN 'UPDATE' ELSE a.privilege_type END, col.attname "
        "FROM pg_attribute col JOIN pg_class c ON c.oid = col.attrelid "
        "CROSS JOIN LATERAL aclexplode(col.attacl) a JOIN pg_roles r ON r.oid = a.grantee WHERE r.rolname = :role",
        role=guards.ROLE,
    )

    assert {*on_tables, *on_columns} == listed_grants()


@on_postgresql_only
def test_everybody_else_may_do_nothing() -> None:
    found = rows(
        "SELECT table_name, grantee FROM information_schema.role_table_grants "
        "WHERE table_schema = 'public' AND grantee NOT IN (:role, session_user)",
        role=guards.ROLE,
    )

    assert found == []

"""Everything in the database that is not a table: triggers, policies, grants and functions, in one list.

Migrations call these functions; a test compares `TRIGGERS`, `FUNCTIONS` and `OWNED` with both databases' catalogues.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

ROLE = "batchtrack_app"
_SQL = Path(__file__).parent / "sql"

AUDIT_FUNCTIONS = ("advance_audit", "guard_audit_head", "guard_new_audit_head", "open_audit")
LEDGER_FUNCTIONS = (
    "advance_head",
    "answer_command_once",
    "apply_lot_change",
    "apply_movement",
    "erase_note_only",
    "guard_balance",
    "guard_head",
    "guard_item",
    "guard_lot",
    "guard_new_balance",
    "guard_new_head",
    "guard_new_lot",
    "open_balance",
    "open_ledger",
    "refuse_change",
)
SAMPLE_FUNCTIONS = (
    "erase_sample",
    "guard_new_organization",
    "guard_organization",
    "keep_organization",
    "keep_unless_sample",
)
FUNCTIONS = (*AUDIT_FUNCTIONS, "current_org", *LEDGER_FUNCTIONS, *SAMPLE_FUNCTIONS)
"""PostgreSQL functions."""

_NEVER_UPDATED = (
    "audit_events",
    "batch_extras",
    "lot_changes",
    "recipe_lines",
    "recipe_versions",
    "stock_movements",
    "stock_postings",
)
NEVER_DELETED = (
    "audit_events",
    "audit_heads",
    "batch_extras",
    "batch_lines",
    "batches",
    "commands",
    "ledger_heads",
    "lot_changes",
    "lots",
    "posting_notes",
    "recipe_lines",
    "recipe_versions",
    "recipes",
    "stock_balances",
    "stock_movements",
    "stock_postings",
)
"""Append-only, but for the rows of a sample organization that is being erased."""

MOVABLE = ("batch_lines", "batches", "commands", "recipes")
"""Of those, what may be updated without another guard: their organization stays."""

_LATER = {
    "audit_events",
    "audit_heads",
    "batch_extras",
    "batch_lines",
    "batches",
    "recipe_lines",
    "recipe_versions",
    "recipes",
}
LEDGER_TRIGGERS = frozenset(
    {
        ("commands", "answer_command_once"),
        ("items", "guard_item"),
        ("items", "open_balance"),
        ("ledger_heads", "guard_head"),
        ("ledger_heads", "guard_new_head"),
        ("lot_changes", "apply_lot_change"),
        ("lots", "guard_lot"),
        ("lots", "guard_new_lot"),
        ("organizations", "open_ledger"),
        ("posting_notes", "erase_note_only"),
        ("stock_balances", "guard_balance"),
        ("stock_balances", "guard_new_balance"),
        ("stock_movements", "apply_movement"),
        ("stock_postings", "advance_head"),
    }
    | {(table, "never_updated") for table in _NEVER_UPDATED if table not in _LATER}
    | {(table, "never_deleted") for table in NEVER_DELETED if table not in _LATER}
)
AUDIT_TRIGGERS = frozenset(
    {
        ("audit_events", "advance_audit"),
        ("audit_heads", "guard_audit_head"),
        ("audit_heads", "guard_new_audit_head"),
        ("organizations", "open_audit"),
    }
)
SAMPLE_TRIGGERS = frozenset(
    {
        ("organizations", "guard_new_organization"),
        ("organizations", "guard_organization"),
        ("organizations", "never_deleted"),
    }
    | {(table, "never_moved") for table in MOVABLE}
)
TRIGGERS = (
    LEDGER_TRIGGERS
    | AUDIT_TRIGGERS
    | SAMPLE_TRIGGERS
    | {(table, "never_updated") for table in _NEVER_UPDATED}
    | {(table, "never_deleted") for table in NEVER_DELETED}
)
"""(table, trigger). PostgreSQL has a `never_truncated` beside each `never_deleted`; SQLite adds `_<table>` to both."""

OWNED = {
    "api_tokens": "SELECT, INSERT, UPDATE (revoked_at, last_used_at)",
    "audit_events": "SELECT, INSERT",
    "audit_heads": "SELECT, UPDATE (lock_token)",
    "batch_extras": "SELECT, INSERT",
    "batch_lines": "SELECT, INSERT, UPDATE (skipped, needed, unit)",
    "batch_numbers": "SELECT, INSERT, UPDATE (last)",
    "batch_ticks": "SELECT, INSERT, UPDATE (undone_at)",
    "batch_timers": "SELECT, INSERT, UPDATE (ended_at)",
    "batches": "SELECT, INSERT, UPDATE",
    "commands": "SELECT, INSERT, UPDATE (status, answer)",
    "item_units": "SELECT, INSERT, UPDATE, DELETE",
    "items": "SELECT, INSERT, UPDATE",
    "ledger_heads": "SELECT, UPDATE (lock_token)",
    "lot_changes": "SELECT, INSERT",
    "lots": "SELECT, INSERT",
    "own_roles": "SELECT, INSERT, UPDATE",
    "plan_archives": "SELECT, INSERT, UPDATE (restored_at)",
    "posting_notes": "SELECT, INSERT",
    "recipe_lines": "SELECT, INSERT",
    "recipe_versions": "SELECT, INSERT",
    "recipes": "SELECT, INSERT, UPDATE",
    "stock_balances": "SELECT, UPDATE (lock_token)",
    "stock_movements": "SELECT, INSERT",
    "stock_postings": "SELECT, INSERT",
    "subscriptions": "SELECT, INSERT, UPDATE",
    "suppliers": "SELECT, INSERT, UPDATE",
}
"""Organization-owned tables, and what the application's role may do with each."""


def dialect() -> str:
    """`sqlite` or `postgresql`."""
    return op.get_bind().dialect.name


def make_role() -> None:
    """Make the application's role where we may, and let the connecting user take it."""
    if dialect() != "postgresql":
        return
    may = "SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user"
    if not _role_exists() and op.get_bind().scalar(sa.text(may)):
        op.execute(
            f"DO $$ BEGIN CREATE ROLE {ROLE} NOLOGIN NOINHERIT; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
        op.execute(f"GRANT {ROLE} TO CURRENT_USER")


def make_current_org() -> None:
    """The organization that the transaction was told; null when it was not."""
    if dialect() == "postgresql":
        op.execute(
            "CREATE FUNCTION current_org() RETURNS uuid LANGUAGE sql STABLE AS "
            "$$ SELECT nullif(current_setting('app.organization_id', true), '')::uuid $$"
        )


def drop_current_org() -> None:
    """The other way. The role stays: other databases of the same server may use it."""
    if dialect() == "postgresql":
        op.execute("DROP FUNCTION current_org()")


def protect(*tables: str) -> None:
    """Row-level security, forced, and the application role's grants."""
    if dialect() != "postgresql":
        return
    for table in tables:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY organization ON {table} "
            "USING (organization_id = current_org()) WITH CHECK (organization_id = current_org())"
        )
        grant(table, OWNED[table])


def grant(table: str, rights: str) -> None:
    """Give the application's role `rights` on `table`, where the role exists."""
    if dialect() == "postgresql" and _role_exists():
        op.execute(f"GRANT {rights} ON {table} TO {ROLE}")


def append_only(*tables: str, updates: bool = False) -> None:
    """Refuse DELETE and TRUNCATE, and UPDATE too unless `updates`."""
    for table in tables:
        _refuse(table, "never_deleted", "DELETE")
        if not updates:
            _refuse(table, "never_updated", "UPDATE")
        if dialect() == "postgresql":
            op.execute(
                f"CREATE TRIGGER never_truncated BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def let_samples_go(*tables: str) -> None:
    """From now on the rows of a sample organization that is being erased may go. After `append_only`."""
    drop_triggers(frozenset((table, "never_deleted") for table in tables))
    for table in tables:
        if dialect() == "postgresql":
            op.execute(
                f"CREATE TRIGGER never_deleted BEFORE DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION keep_unless_sample()"
            )
        else:
            op.execute(
                f"CREATE TRIGGER never_deleted_{table} BEFORE DELETE ON {table} "
                "WHEN NOT EXISTS (SELECT 1 FROM organizations o "
                "WHERE o.id = old.organization_id AND o.sample AND o.erasing_since IS NOT NULL) "
                f"BEGIN SELECT raise(ABORT, '{table} is append-only'); END"
            )


def keep_everything(*tables: str) -> None:
    """The other way: no row goes, whosoever it is."""
    drop_triggers(frozenset((table, "never_deleted") for table in tables))
    for table in tables:
        _refuse(table, "never_deleted", "DELETE")


def stay(*tables: str) -> None:
    """No row goes to another organization."""
    for table in tables:
        _refuse(table, "never_moved", "UPDATE OF organization_id")


def drop_triggers(triggers: frozenset[tuple[str, str]]) -> None:
    """The other way, for triggers of (table, name)."""
    for table, name in sorted(triggers):
        if dialect() == "postgresql":
            op.execute(f"DROP TRIGGER {name} ON {table}")
        else:
            suffix = f"_{table}" if name.startswith("never_") else ""
            op.execute(f"DROP TRIGGER {name}{suffix}")


def drop_functions(names: tuple[str, ...]) -> None:
    """The other way, for functions."""
    if dialect() == "postgresql":
        for name in sorted(names):
            op.execute(f"DROP FUNCTION {name}() CASCADE")


def _refuse(table: str, name: str, event: str) -> None:
    if dialect() == "postgresql":
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    else:
        op.execute(
            f"CREATE TRIGGER {name}_{table} BEFORE {event} ON {table} "
            f"BEGIN SELECT raise(ABORT, '{table} is append-only'); END"
        )


def run_file(name: str) -> None:
    """Run migrations/sql/<name>.<dialect>.sql, statement by statement."""
    text = (_SQL / f"{name}.{dialect()}.sql").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    percent = "%%" if dialect() == "postgresql" else "%"  # psycopg reads % as a placeholder
    for statement in "\n".join(lines).split("\n;;"):
        if statement.strip():
            op.get_bind().exec_driver_sql(statement.strip().replace("%", percent))


def _role_exists() -> bool:
    return bool(op.get_bind().scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": ROLE}))

"""The database keeps the books

Why:    a forgotten lock or wrong arithmetic must fail loudly, and history must survive a bug in our own code
Locks:  the ledger's tables, for a moment (adds triggers; scans nothing)
Before: the first release; nothing ran before it
"""

from alembic import op

from migrations import guards

revision = "2026_11_20_05"
down_revision = "2026_11_20_04"


def upgrade() -> None:
    """Functions and triggers of migrations/sql/ledger_guards."""
    guards.run_file("ledger_guards")


def downgrade() -> None:
    """Drop them; on SQLite triggers go with their tables."""
    for table, name in sorted(guards.LEDGER_TRIGGERS):
        if guards.dialect() == "postgresql":
            op.execute(f"DROP TRIGGER {name} ON {table}")
        else:
            suffix = f"_{table}" if name.startswith("never_") else ""
            op.execute(f"DROP TRIGGER {name}{suffix}")
    if guards.dialect() == "postgresql":
        for name in sorted(set(guards.FUNCTIONS) - {"current_org"}):
            op.execute(f"DROP FUNCTION {name}() CASCADE")

"""The database keeps the books

Why:    a forgotten lock or wrong arithmetic must fail loudly, and history must survive a bug in our own code
Locks:  the ledger's tables, for a moment (adds triggers; scans nothing)
Before: the first release; nothing ran before it
"""

from migrations import guards

revision = "2026_11_20_05"
down_revision = "2026_11_20_04"


def upgrade() -> None:
    """Functions and triggers of migrations/sql/ledger_guards."""
    guards.run_file("ledger_guards")


def downgrade() -> None:
    """Drop them; on SQLite triggers go with their tables."""
    guards.drop_triggers(guards.LEDGER_TRIGGERS)
    guards.drop_functions(guards.LEDGER_FUNCTIONS)

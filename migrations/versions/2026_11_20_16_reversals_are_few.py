"""Reversals are few

Why:    nearly all rows reverse nothing. Once its statistics are taken, SQLite holds an index full of nulls for
        worthless and reads the whole ledger for each line of a trace; an index of the reversals alone is always used
Locks:  stock_postings and stock_movements, while their two indexes are made anew
Before: the previous release keeps working
"""

from alembic import op
from sqlalchemy import text

revision = "2026_11_20_16"
down_revision = "2026_11_20_15"

_TABLES = ("stock_postings", "stock_movements")
_FEW = text("reverses IS NOT NULL")


def upgrade() -> None:
    """Keep only what reverses something in the indexes."""
    for table in _TABLES:
        op.drop_index(f"ix_{table}_reverses", table)
        op.create_index(
            f"ix_{table}_reverses",
            table,
            ["organization_id", "reverses"],
            unique=False,
            postgresql_where=_FEW,
            sqlite_where=_FEW,
        )


def downgrade() -> None:
    """Everything is in them again."""
    for table in _TABLES:
        op.drop_index(f"ix_{table}_reverses", table)
        op.create_index(f"ix_{table}_reverses", table, ["organization_id", "reverses"], unique=False)

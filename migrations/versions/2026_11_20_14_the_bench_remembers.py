"""The bench remembers

Why:    what was weighed and which timers run must survive a reload, a dead phone and a second pair of hands
Locks:  nothing that exists
Before: the previous release keeps working; it knows nothing of this
"""

import sqlalchemy as sa
from alembic import op

from app.platform import types
from migrations import guards

revision = "2026_11_20_14"
down_revision = "2026_11_20_13"


def upgrade() -> None:
    """Make the tables and protect them."""
    op.create_table(
        "batch_ticks",
        sa.Column("batch_id", types.Id(), nullable=False),
        sa.Column("line", types.Micro, nullable=False, comment="batch_lines.line that was weighed"),
        sa.Column("lot_id", types.Id(), nullable=True, comment="the lot whose label was scanned; null: none was"),
        sa.Column("ticked_at", types.Instant(), nullable=False),
        sa.Column("ticked_by", types.Id(), nullable=False),
        sa.Column("undone_at", types.Instant(), nullable=True, comment="it was not weighed after all"),
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "batch_id"],
            ["batches.organization_id", "batches.id"],
            name=op.f("fk_batch_ticks_organization_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "lot_id"],
            ["lots.organization_id", "lots.id"],
            name=op.f("fk_batch_ticks_organization_id_lot_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_batch_ticks")),
        sqlite_strict=True,
    )
    op.create_index("ix_batch_ticks_batch", "batch_ticks", ["organization_id", "batch_id"])
    op.create_table(
        "batch_timers",
        sa.Column("batch_id", types.Id(), nullable=False),
        sa.Column("name", types.Text, nullable=False, comment="what is waited for: lye cooling"),
        sa.Column("seconds", types.Micro, nullable=False),
        sa.Column("started_at", types.Instant(), nullable=False),
        sa.Column("started_by", types.Id(), nullable=False),
        sa.Column("ended_at", types.Instant(), nullable=True, comment="somebody heard it, or stopped it"),
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.CheckConstraint("seconds BETWEEN 1 AND 31536000", name=op.f("ck_batch_timers_seconds")),
        sa.ForeignKeyConstraint(
            ["organization_id", "batch_id"],
            ["batches.organization_id", "batches.id"],
            name=op.f("fk_batch_timers_organization_id_batch_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_batch_timers")),
        sqlite_strict=True,
    )
    op.create_index("ix_batch_timers_batch", "batch_timers", ["organization_id", "batch_id"])
    guards.protect("batch_ticks", "batch_timers")


def downgrade() -> None:
    """Drop them."""
    op.drop_table("batch_timers")
    op.drop_table("batch_ticks")

"""Commands are remembered

Why:    one key, one effect: answers are kept for ever
Locks:  nothing that exists
Before: the first release; nothing ran before it
"""

import sqlalchemy as sa
from alembic import op

from app.platform import types
from migrations import guards

revision = "2026_11_20_02"
down_revision = "2026_11_20_01"


def upgrade() -> None:
    """Make the tables and protect them."""
    op.create_table(
        "commands",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("key", types.Text, nullable=False),
        sa.Column("body_hash", types.Bytes, nullable=False, comment="SHA-256 of method, path, query, body and person"),
        sa.Column("person_id", types.Id(), nullable=False),
        sa.Column("recorded_at", types.Instant(), nullable=False),
        sa.Column("status", types.Micro, nullable=True, comment="HTTP status of the answer; null while it runs"),
        sa.Column("answer", types.Text, nullable=True, comment="JSON body of the answer"),
        sa.CheckConstraint("(status IS NULL) = (answer IS NULL)", name=op.f("ck_commands_answered_whole")),
        sa.PrimaryKeyConstraint("organization_id", "key", name=op.f("pk_commands")),
        sqlite_strict=True,
    )
    guards.protect("commands")


def downgrade() -> None:
    """Drop them."""
    op.drop_table("commands")

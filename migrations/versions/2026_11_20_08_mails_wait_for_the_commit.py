"""Mails wait for the commit

Why:    a mail is written down with what it tells of, and sent after that was committed
Locks:  nothing that exists
Before: the previous release keeps working; it knows nothing of this
"""

import sqlalchemy as sa
from alembic import op

from app.platform import types
from migrations import guards

revision = "2026_11_20_08"
down_revision = "2026_11_20_07"


def upgrade() -> None:
    """Make the tables and protect them."""
    op.create_table(
        "outgoing_mails",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("recipient", types.Text, nullable=False),
        sa.Column("template", types.Text, nullable=False, comment="below templates/, without its ending"),
        sa.Column("context", types.Text, nullable=False, comment="JSON: what the template says"),
        sa.Column("link_path", types.Text, nullable=True, comment="where the mail's link leads: /reset"),
        sa.Column("link_purpose", types.Text, nullable=True),
        sa.Column("link_id", types.Id(), nullable=True, comment="what the link's signature is of"),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column(
            "not_before", types.Instant(), nullable=False, comment="when to try next; a lease while it is being sent"
        ),
        sa.Column("attempts", types.Micro, nullable=False),
        sa.Column("sent_at", types.Instant(), nullable=True),
        sa.Column("failed_at", types.Instant(), nullable=True, comment="given up"),
        sa.Column("last_error", types.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mails")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_outgoing_mails_sent_at_not_before"), "outgoing_mails", ["sent_at", "not_before"], unique=False
    )
    guards.grant("outgoing_mails", "SELECT, INSERT, UPDATE, DELETE")


def downgrade() -> None:
    """Drop them."""
    op.drop_table("outgoing_mails")

"""People choose their language

Why:    the words, numbers and dates of pages follow the reader, whatever her organization chose
Locks:  people, for a moment (adds a nullable column)
Before: the previous release keeps working; it never reads the column
"""

import sqlalchemy as sa
from alembic import op

from app.platform import types

revision = "2026_11_20_13"
down_revision = "2026_11_20_12"


def upgrade() -> None:
    """Add the column."""
    op.add_column(
        "people",
        sa.Column(
            "locale", types.Text, nullable=True, comment="a key of platform.words.LOCALES; null: the organization's"
        ),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_column("people", "locale")

"""Batches

Why:    one making of a recipe, with its lines and extras
Locks:  nothing that exists
Before: the first release; nothing ran before it
"""

import sqlalchemy as sa
from alembic import op

from app.platform import types
from migrations import guards

revision = "2026_11_20_07"
down_revision = "2026_11_20_06"


def upgrade() -> None:
    """Make the tables and protect them."""
    op.create_table(
        "batch_numbers",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("year", types.Micro, autoincrement=False, nullable=False),
        sa.Column("last", types.Micro, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_batch_numbers_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "year", name=op.f("pk_batch_numbers")),
        sqlite_strict=True,
    )
    op.create_table(
        "batches",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("label", types.Text, nullable=False),
        sa.Column("label_key", types.Text, nullable=False, comment="the label in lower case"),
        sa.Column("status", types.Text, nullable=False),
        sa.Column("recipe_id", types.Id(), nullable=False),
        sa.Column("version_id", types.Id(), nullable=False),
        sa.Column("scale", types.Micro, nullable=False, comment="millionths of one making"),
        sa.Column("cost_method", types.Text, nullable=True, comment="fixed when it starts"),
        sa.Column("planned_for", types.Day(), nullable=True),
        sa.Column("note", types.Text, nullable=True),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("created_by", types.Id(), nullable=False),
        sa.Column("started_at", types.Instant(), nullable=True),
        sa.Column("completed_at", types.Instant(), nullable=True, comment="completed, failed, cancelled or reversed"),
        sa.Column("ended_reason", types.Text, nullable=True, comment="why it failed or was reversed"),
        sa.Column("expected_quantity", types.Micro, nullable=False, comment="of the output item's stock unit"),
        sa.Column("output_item_id", types.Id(), nullable=False),
        sa.Column("loss_quantity", types.Micro, nullable=True, comment="of the output item's stock unit"),
        sa.Column("loss_category", types.Text, nullable=True),
        sa.Column("loss_note", types.Text, nullable=True),
        sa.Column("variance_reason", types.Text, nullable=True),
        sa.CheckConstraint(
            "status IN ('planned', 'in_progress', 'completed', 'failed', 'cancelled', 'reversed')",
            name=op.f("ck_batches_status"),
        ),
        sa.CheckConstraint("scale BETWEEN 1 AND 1000000000000000", name=op.f("ck_batches_scale")),
        sa.ForeignKeyConstraint(
            ["organization_id", "recipe_id"],
            ["recipes.organization_id", "recipes.id"],
            name=op.f("fk_batches_organization_id_recipe_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "version_id"],
            ["recipe_versions.organization_id", "recipe_versions.id"],
            name=op.f("fk_batches_organization_id_version_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_batches")),
        sa.UniqueConstraint("organization_id", "label_key", name=op.f("uq_batches_organization_id_label_key")),
        sqlite_strict=True,
    )
    op.create_index("ix_batches_recipe", "batches", ["organization_id", "recipe_id"], unique=False)
    op.create_index("ix_batches_status", "batches", ["organization_id", "status"], unique=False)
    op.create_table(
        "batch_extras",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("batch_id", types.Id(), nullable=False),
        sa.Column("posting_id", types.Id(), nullable=False),
        sa.Column("item_id", types.Id(), nullable=False),
        sa.Column("quantity", types.Micro, nullable=False, comment="of the item's stock unit"),
        sa.Column("reason", types.Text, nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "batch_id"],
            ["batches.organization_id", "batches.id"],
            name=op.f("fk_batch_extras_organization_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "item_id"],
            ["items.organization_id", "items.id"],
            name=op.f("fk_batch_extras_organization_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "posting_id"],
            ["stock_postings.organization_id", "stock_postings.id"],
            name=op.f("fk_batch_extras_organization_id_posting_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_batch_extras")),
        sqlite_strict=True,
    )
    op.create_index("ix_batch_extras_batch", "batch_extras", ["organization_id", "batch_id"], unique=False)
    op.create_table(
        "batch_lines",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("batch_id", types.Id(), nullable=False),
        sa.Column("line", types.Micro, nullable=False),
        sa.Column("item_id", types.Id(), nullable=False),
        sa.Column("needed", types.Micro, nullable=False),
        sa.Column("unit", types.Text, nullable=False, comment="the item's stock unit when it was planned"),
        sa.Column("skipped", types.Flag(), nullable=False),
        sa.CheckConstraint("needed BETWEEN 1 AND 1000000000000000", name=op.f("ck_batch_lines_needed")),
        sa.ForeignKeyConstraint(
            ["organization_id", "batch_id"],
            ["batches.organization_id", "batches.id"],
            name=op.f("fk_batch_lines_organization_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "item_id"],
            ["items.organization_id", "items.id"],
            name=op.f("fk_batch_lines_organization_id_item_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_batch_lines")),
        sa.UniqueConstraint(
            "organization_id", "batch_id", "line", name=op.f("uq_batch_lines_organization_id_batch_id_line")
        ),
        sqlite_strict=True,
    )
    guards.protect("batch_numbers", "batches", "batch_lines", "batch_extras")
    guards.append_only("batch_extras")
    guards.append_only("batches", "batch_lines", updates=True)


def downgrade() -> None:
    """Drop them."""
    op.drop_table("batch_lines")
    op.drop_table("batch_extras")
    op.drop_table("batches")
    op.drop_table("batch_numbers")

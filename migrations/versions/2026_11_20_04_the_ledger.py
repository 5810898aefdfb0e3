"""The ledger

Why:    postings, movements, lots, balances and heads
Locks:  nothing that exists
Before: the first release; nothing ran before it
"""

import sqlalchemy as sa
from alembic import op

from app.platform import types
from migrations import guards

revision = "2026_11_20_04"
down_revision = "2026_11_20_03"


def upgrade() -> None:
    """Make the tables and protect them."""
    op.create_table(
        "ledger_heads",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("sequence", types.Micro, nullable=False),
        sa.Column("hash", types.Bytes, nullable=False),
        sa.Column("recorded_at", types.Instant(), nullable=True, comment="of the last posting"),
        sa.Column("numbers", types.Text, nullable=False, comment="JSON: the last number given, by kind"),
        sa.Column("lock_token", types.Micro, nullable=True, comment="never written: the column that a row lock needs"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_ledger_heads_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_ledger_heads")),
        sqlite_strict=True,
    )
    op.create_table(
        "stock_postings",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("kind", types.Text, nullable=False),
        sa.Column("number", types.Micro, nullable=False, comment="without gaps per organization and kind"),
        sa.Column("sequence", types.Micro, nullable=False, comment="without gaps per organization"),
        sa.Column("occurred_at", types.Instant(), nullable=False),
        sa.Column("business_date", types.Day(), nullable=False, comment="in the organization's time zone"),
        sa.Column("recorded_at", types.Instant(), nullable=False),
        sa.Column("late", types.Flag(), nullable=False, comment="the business date is before that of recorded_at"),
        sa.Column("actor_id", types.Id(), nullable=False),
        sa.Column("entry_point", types.Text, nullable=False),
        sa.Column("command_key", types.Text, nullable=False),
        sa.Column("source_type", types.Text, nullable=False, comment="manual, batch"),
        sa.Column("source_id", types.Id(), nullable=True),
        sa.Column("source_label", types.Text, nullable=True),
        sa.Column("reverses", types.Id(), nullable=True),
        sa.Column("entered_quantity", types.Text, nullable=True, comment="as typed"),
        sa.Column("entered_unit", types.Text, nullable=True),
        sa.Column("notes_digest", types.Bytes, nullable=True, comment="SHA-256 of salt and notes"),
        sa.Column("previous_hash", types.Bytes, nullable=False),
        sa.Column("hash", types.Bytes, nullable=False),
        sa.CheckConstraint("(kind = 'reversal') = (reverses IS NOT NULL)", name=op.f("ck_stock_postings_reversal")),
        sa.CheckConstraint(
            "kind IN ('count', 'damaged', 'expired', 'found', 'gift', 'hold', 'opening', 'production', "
            "'production_use', 'quality_fail', 'receipt', 'relabel', 'release', 'reversal', 'sale', "
            "'sample', 'spoil', 'tester', 'trash', 'use')",
            name=op.f("ck_stock_postings_kind"),
        ),
        sa.CheckConstraint("sequence > 0 AND number > 0", name=op.f("ck_stock_postings_counted")),
        sa.ForeignKeyConstraint(
            ["organization_id", "command_key"],
            ["commands.organization_id", "commands.key"],
            name=op.f("fk_stock_postings_organization_id_command_key"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "reverses"],
            ["stock_postings.organization_id", "stock_postings.id"],
            name=op.f("fk_stock_postings_organization_id_reverses"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_stock_postings")),
        sa.UniqueConstraint(
            "organization_id", "kind", "number", name=op.f("uq_stock_postings_organization_id_kind_number")
        ),
        sa.UniqueConstraint("organization_id", "sequence", name=op.f("uq_stock_postings_organization_id_sequence")),
        sqlite_strict=True,
    )
    op.create_index("ix_stock_postings_reverses", "stock_postings", ["organization_id", "reverses"], unique=False)
    op.create_index(
        "ix_stock_postings_source", "stock_postings", ["organization_id", "source_type", "source_id"], unique=False
    )
    op.create_table(
        "lots",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("item_id", types.Id(), nullable=False),
        sa.Column("fifo_code", types.Text, nullable=False),
        sa.Column("fifo_code_key", types.Text, nullable=False, comment="the code in lower case"),
        sa.Column("received_on", types.Day(), nullable=False),
        sa.Column("sequence", types.Micro, nullable=False, comment="of the posting that made it"),
        sa.Column("line", types.Micro, nullable=False, comment="of the movement that made it"),
        sa.Column("expires_on", types.Day(), nullable=True, comment="good through this day"),
        sa.Column("on_hold", types.Flag(), nullable=False),
        sa.Column("supplier_id", types.Id(), nullable=True),
        sa.Column("supplier_lot", types.Text, nullable=True),
        sa.Column("supplier_lot_key", types.Text, nullable=True),
        sa.Column("source_type", types.Text, nullable=False, comment="posting or batch"),
        sa.Column("source_id", types.Id(), nullable=False),
        sa.Column("source_label", types.Text, nullable=False),
        sa.Column("initial_expires_on", types.Day(), nullable=True),
        sa.Column("initial_supplier_lot", types.Text, nullable=True),
        sa.Column("initial_quantity", types.Micro, nullable=False),
        sa.Column("initial_cost", types.Micro, nullable=False),
        sa.Column("remaining_quantity", types.Micro, nullable=False),
        sa.Column("remaining_cost", types.Micro, nullable=False),
        sa.Column(
            "basis_quantity", types.Micro, nullable=False, comment="held after the last movement that added or revalued"
        ),
        sa.Column("basis_cost", types.Micro, nullable=False),
        sa.Column("version", types.Micro, nullable=False, comment="movements so far"),
        sa.Column("changes", types.Micro, nullable=False, comment="holds, releases and relabels so far"),
        sa.CheckConstraint("initial_cost BETWEEN 0 AND 1000000000000000", name=op.f("ck_lots_initial_cost")),
        sa.CheckConstraint("initial_quantity BETWEEN 1 AND 1000000000000000", name=op.f("ck_lots_initial_quantity")),
        sa.CheckConstraint("remaining_cost >= 0", name=op.f("ck_lots_remaining_cost")),
        sa.CheckConstraint("remaining_quantity > 0 OR remaining_cost = 0", name=op.f("ck_lots_empty")),
        sa.CheckConstraint(
            "remaining_quantity BETWEEN 0 AND initial_quantity", name=op.f("ck_lots_remaining_quantity")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "item_id"],
            ["items.organization_id", "items.id"],
            name=op.f("fk_lots_organization_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "supplier_id"],
            ["suppliers.organization_id", "suppliers.id"],
            name=op.f("fk_lots_organization_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_lots")),
        sa.UniqueConstraint("organization_id", "fifo_code_key", name=op.f("uq_lots_organization_id_fifo_code_key")),
        sa.UniqueConstraint("organization_id", "item_id", "id", name=op.f("uq_lots_organization_id_item_id_id")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_lots_open",
        "lots",
        ["organization_id", "item_id", "received_on", "sequence", "line"],
        unique=False,
        postgresql_where=sa.text("remaining_quantity > 0"),
        sqlite_where=sa.text("remaining_quantity > 0"),
    )
    op.create_index(
        "ix_lots_queue", "lots", ["organization_id", "item_id", "received_on", "sequence", "line"], unique=False
    )
    op.create_index("ix_lots_supplier_lot", "lots", ["organization_id", "supplier_lot_key"], unique=False)
    op.create_table(
        "posting_notes",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("posting_id", types.Id(), nullable=False),
        sa.Column("salt", types.Bytes, nullable=False),
        sa.Column("reason", types.Text, nullable=True),
        sa.Column("note", types.Text, nullable=True),
        sa.Column("recipient", types.Text, nullable=True, comment="who got it"),
        sa.Column("reference", types.Text, nullable=True, comment="the other side's paper"),
        sa.ForeignKeyConstraint(
            ["organization_id", "posting_id"],
            ["stock_postings.organization_id", "stock_postings.id"],
            name=op.f("fk_posting_notes_organization_id_posting_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "posting_id", name=op.f("pk_posting_notes")),
        sqlite_strict=True,
    )
    op.create_table(
        "stock_balances",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("item_id", types.Id(), nullable=False),
        sa.Column("on_hand", types.Micro, nullable=False),
        sa.Column("value", types.Micro, nullable=False),
        sa.Column("version", types.Micro, nullable=False, comment="movements so far"),
        sa.Column("lock_token", types.Micro, nullable=True, comment="never written: the column that a row lock needs"),
        sa.CheckConstraint("on_hand > 0 OR value = 0", name=op.f("ck_stock_balances_empty")),
        sa.CheckConstraint("on_hand BETWEEN 0 AND 1000000000000000000", name=op.f("ck_stock_balances_on_hand")),
        sa.CheckConstraint("value BETWEEN 0 AND 1000000000000000000", name=op.f("ck_stock_balances_value")),
        sa.ForeignKeyConstraint(
            ["organization_id", "item_id"],
            ["items.organization_id", "items.id"],
            name=op.f("fk_stock_balances_organization_id_item_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "item_id", name=op.f("pk_stock_balances")),
        sqlite_strict=True,
    )
    op.create_table(
        "lot_changes",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("posting_id", types.Id(), nullable=False),
        sa.Column("lot_id", types.Id(), nullable=False),
        sa.Column("number", types.Micro, nullable=False, comment="the lot's changes so far, this one included"),
        sa.Column("on_hold", types.Flag(), nullable=False),
        sa.Column("expires_on", types.Day(), nullable=True),
        sa.Column("supplier_lot", types.Text, nullable=True),
        sa.Column("supplier_lot_key", types.Text, nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "lot_id"],
            ["lots.organization_id", "lots.id"],
            name=op.f("fk_lot_changes_organization_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "posting_id"],
            ["stock_postings.organization_id", "stock_postings.id"],
            name=op.f("fk_lot_changes_organization_id_posting_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_lot_changes")),
        sa.UniqueConstraint(
            "organization_id", "lot_id", "number", name=op.f("uq_lot_changes_organization_id_lot_id_number")
        ),
        sa.UniqueConstraint(
            "organization_id", "posting_id", "lot_id", name=op.f("uq_lot_changes_organization_id_posting_id_lot_id")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "stock_movements",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("posting_id", types.Id(), nullable=False),
        sa.Column("line", types.Micro, nullable=False),
        sa.Column("item_id", types.Id(), nullable=False),
        sa.Column("lot_id", types.Id(), nullable=True, comment="null for untracked items"),
        sa.Column("quantity", types.Micro, nullable=False, comment="in positive, out negative"),
        sa.Column("cost", types.Micro, nullable=False),
        sa.Column("pinned", types.Flag(), nullable=False, comment="named by a person and not the next in order"),
        sa.Column("reverses", types.Id(), nullable=True),
        sa.Column("item_version", types.Micro, nullable=False),
        sa.Column("item_on_hand_after", types.Micro, nullable=False),
        sa.Column("item_value_after", types.Micro, nullable=False),
        sa.Column("lot_version", types.Micro, nullable=True),
        sa.Column("lot_quantity_after", types.Micro, nullable=True),
        sa.Column("lot_cost_after", types.Micro, nullable=True),
        sa.CheckConstraint(
            "(lot_id IS NULL) = (lot_version IS NULL) AND (lot_id IS NULL) = (lot_quantity_after IS "
            "NULL) AND (lot_id IS NULL) = (lot_cost_after IS NULL)",
            name=op.f("ck_stock_movements_lot_claim"),
        ),
        sa.CheckConstraint(
            "(quantity > 0 AND cost >= 0) OR (quantity < 0 AND cost <= 0)", name=op.f("ck_stock_movements_signs")
        ),
        sa.CheckConstraint(
            "abs(quantity) <= 1000000000000000 AND abs(cost) <= 1000000000000000",
            name=op.f("ck_stock_movements_bounded"),
        ),
        sa.CheckConstraint("lot_id IS NOT NULL OR cost = 0", name=op.f("ck_stock_movements_untracked")),
        sa.ForeignKeyConstraint(
            ["organization_id", "item_id", "lot_id"],
            ["lots.organization_id", "lots.item_id", "lots.id"],
            name=op.f("fk_stock_movements_organization_id_item_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "item_id"],
            ["items.organization_id", "items.id"],
            name=op.f("fk_stock_movements_organization_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "posting_id"],
            ["stock_postings.organization_id", "stock_postings.id"],
            name=op.f("fk_stock_movements_organization_id_posting_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "reverses"],
            ["stock_movements.organization_id", "stock_movements.id"],
            name=op.f("fk_stock_movements_organization_id_reverses"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_stock_movements")),
        sa.UniqueConstraint(
            "organization_id",
            "item_id",
            "item_version",
            name=op.f("uq_stock_movements_organization_id_item_id_item_version"),
        ),
        sa.UniqueConstraint(
            "organization_id",
            "lot_id",
            "lot_version",
            name=op.f("uq_stock_movements_organization_id_lot_id_lot_version"),
        ),
        sa.UniqueConstraint(
            "organization_id", "posting_id", "line", name=op.f("uq_stock_movements_organization_id_posting_id_line")
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_stock_movements_reverses", "stock_movements", ["organization_id", "reverses"], unique=False)
    guards.protect(
        "ledger_heads", "stock_postings", "posting_notes", "stock_balances", "lots", "stock_movements", "lot_changes"
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("stock_movements")
    op.drop_table("lot_changes")
    op.drop_table("stock_balances")
    op.drop_table("posting_notes")
    op.drop_table("lots")
    op.drop_table("stock_postings")
    op.drop_table("ledger_heads")

"""Items, their units and suppliers

Why:    what is kept in stock, and in which units people say it
Locks:  nothing that exists
Before: the first release; nothing ran before it
"""

import sqlalchemy as sa
from alembic import op

from app.platform import types
from migrations import guards

revision = "2026_11_20_03"
down_revision = "2026_11_20_02"


def upgrade() -> None:
    """Make the tables and protect them."""
    op.create_table(
        "items",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("code", types.Text, nullable=False),
        sa.Column("code_key", types.Text, nullable=False, comment="the code in lower case"),
        sa.Column("name", types.Text, nullable=False),
        sa.Column("name_key", types.Text, nullable=False, comment="the name without case and accents"),
        sa.Column("type", types.Text, nullable=False),
        sa.Column("unit", types.Text, nullable=False, comment="stock unit; fixed at the first movement"),
        sa.Column("category", types.Text, nullable=True),
        sa.Column("density_mass", types.Micro, nullable=True, comment="millionths of density_mass_unit, as typed"),
        sa.Column("density_mass_unit", types.Text, nullable=True),
        sa.Column(
            "density_volume", types.Micro, nullable=True, comment="what that mass fills, as typed: a ratio stays exact"
        ),
        sa.Column("density_volume_unit", types.Text, nullable=True),
        sa.Column("tracked", types.Flag(), nullable=False),
        sa.Column("perishable", types.Flag(), nullable=False),
        sa.Column("shelf_life_days", types.Micro, nullable=True),
        sa.Column("fefo", types.Flag(), nullable=False),
        sa.Column("low_stock_level", types.Micro, nullable=True),
        sa.Column("barcode", types.Text, nullable=True),
        sa.Column("archived_at", types.Instant(), nullable=True),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.CheckConstraint(
            "type IN ('ingredient', 'packaging', 'consumable', 'intermediate', 'product')", name=op.f("ck_items_type")
        ),
        sa.CheckConstraint(
            "(density_mass IS NULL) = (density_volume IS NULL) AND (density_mass IS NULL) = "
            "(density_mass_unit IS NULL) AND (density_mass IS NULL) = (density_volume_unit IS NULL)",
            name=op.f("ck_items_density_whole"),
        ),
        sa.CheckConstraint("density_mass > 0 AND density_volume > 0", name=op.f("ck_items_density_positive")),
        sa.CheckConstraint("low_stock_level BETWEEN 0 AND 1000000000000000", name=op.f("ck_items_low_stock_level")),
        sa.CheckConstraint("shelf_life_days BETWEEN 1 AND 36500", name=op.f("ck_items_shelf_life")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_items_organization_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_items")),
        sa.UniqueConstraint("organization_id", "code_key", name=op.f("uq_items_organization_id_code_key")),
        sqlite_strict=True,
    )
    op.create_index("ix_items_barcode", "items", ["organization_id", "barcode"], unique=False)
    op.create_index(
        "uq_items_live_name",
        "items",
        ["organization_id", "name_key"],
        unique=True,
        postgresql_where=sa.text("archived_at IS NULL"),
        sqlite_where=sa.text("archived_at IS NULL"),
    )
    op.create_table(
        "suppliers",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("name", types.Text, nullable=False),
        sa.Column("name_key", types.Text, nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_suppliers_organization_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_suppliers")),
        sa.UniqueConstraint("organization_id", "name_key", name=op.f("uq_suppliers_organization_id_name_key")),
        sqlite_strict=True,
    )
    op.create_table(
        "item_units",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("item_id", types.Id(), nullable=False),
        sa.Column("name", types.Text, nullable=False),
        sa.Column("name_key", types.Text, nullable=False),
        sa.Column("quantity", types.Micro, nullable=False),
        sa.Column("unit", types.Text, nullable=False),
        sa.CheckConstraint("quantity BETWEEN 1 AND 1000000000000000", name=op.f("ck_item_units_quantity")),
        sa.ForeignKeyConstraint(
            ["organization_id", "item_id"],
            ["items.organization_id", "items.id"],
            name=op.f("fk_item_units_organization_id_item_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_item_units")),
        sa.UniqueConstraint(
            "organization_id", "item_id", "name_key", name=op.f("uq_item_units_organization_id_item_id_name_key")
        ),
        sqlite_strict=True,
    )
    guards.protect("items", "item_units", "suppliers")


def downgrade() -> None:
    """Drop them."""
    op.drop_table("item_units")
    op.drop_table("suppliers")
    op.drop_table("items")

"""Recipes and their versions

Why:    what goes in and what comes out; a version never changes once written
Locks:  nothing that exists
Before: the first release; nothing ran before it
"""

import sqlalchemy as sa
from alembic import op

from app.platform import types
from migrations import guards

revision = "2026_11_20_06"
down_revision = "2026_11_20_05"


def upgrade() -> None:
    """Make the tables and protect them."""
    op.create_table(
        "recipes",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("name", types.Text, nullable=False),
        sa.Column("name_key", types.Text, nullable=False),
        sa.Column("prefix", types.Text, nullable=False, comment="of batch labels: SOA"),
        sa.Column("kind", types.Text, nullable=False),
        sa.Column("latest_version", types.Micro, nullable=False),
        sa.Column(
            "current_version", types.Micro, nullable=True, comment="the published version in force; null: drafts only"
        ),
        sa.Column("archived_at", types.Instant(), nullable=True),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.CheckConstraint("kind IN ('production', 'assembly')", name=op.f("ck_recipes_kind")),
        sa.CheckConstraint("latest_version > 0", name=op.f("ck_recipes_latest_version")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_recipes_organization_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_recipes")),
        sqlite_strict=True,
    )
    op.create_index(
        "uq_recipes_live_name",
        "recipes",
        ["organization_id", "name_key"],
        unique=True,
        postgresql_where=sa.text("archived_at IS NULL"),
        sqlite_where=sa.text("archived_at IS NULL"),
    )
    op.create_table(
        "recipe_versions",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("recipe_id", types.Id(), nullable=False),
        sa.Column("number", types.Micro, nullable=False),
        sa.Column("output_item_id", types.Id(), nullable=True),
        sa.Column("output_quantity", types.Micro, nullable=True, comment="as typed, in output_unit"),
        sa.Column("output_unit", types.Text, nullable=True),
        sa.Column("instructions", types.Text, nullable=True),
        sa.Column("published_at", types.Instant(), nullable=True, comment="null: a draft"),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("created_by", types.Id(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_recipe_versions_number")),
        sa.CheckConstraint(
            "output_quantity BETWEEN 1 AND 1000000000000000", name=op.f("ck_recipe_versions_output_quantity")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "output_item_id"],
            ["items.organization_id", "items.id"],
            name=op.f("fk_recipe_versions_organization_id_output_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "recipe_id"],
            ["recipes.organization_id", "recipes.id"],
            name=op.f("fk_recipe_versions_organization_id_recipe_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_recipe_versions")),
        sa.UniqueConstraint(
            "organization_id", "recipe_id", "number", name=op.f("uq_recipe_versions_organization_id_recipe_id_number")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "recipe_lines",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("version_id", types.Id(), nullable=False),
        sa.Column("line", types.Micro, nullable=False),
        sa.Column("item_id", types.Id(), nullable=True),
        sa.Column("used_recipe_id", types.Id(), nullable=True),
        sa.Column("quantity", types.Micro, nullable=False, comment="as typed, in unit"),
        sa.Column("unit", types.Text, nullable=False, comment="`batch` on a recipe line: whole makings of it"),
        sa.Column("note", types.Text, nullable=True),
        sa.CheckConstraint("(item_id IS NULL) <> (used_recipe_id IS NULL)", name=op.f("ck_recipe_lines_one_thing")),
        sa.CheckConstraint("quantity BETWEEN 1 AND 1000000000000000", name=op.f("ck_recipe_lines_quantity")),
        sa.ForeignKeyConstraint(
            ["organization_id", "item_id"],
            ["items.organization_id", "items.id"],
            name=op.f("fk_recipe_lines_organization_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "used_recipe_id"],
            ["recipes.organization_id", "recipes.id"],
            name=op.f("fk_recipe_lines_organization_id_used_recipe_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "version_id"],
            ["recipe_versions.organization_id", "recipe_versions.id"],
            name=op.f("fk_recipe_lines_organization_id_version_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_recipe_lines")),
        sa.UniqueConstraint(
            "organization_id", "version_id", "line", name=op.f("uq_recipe_lines_organization_id_version_id_line")
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_recipe_lines_item", "recipe_lines", ["organization_id", "item_id"], unique=False)
    op.create_index("ix_recipe_lines_used_recipe", "recipe_lines", ["organization_id", "used_recipe_id"], unique=False)
    guards.protect("recipes", "recipe_versions", "recipe_lines")
    guards.append_only("recipe_versions", "recipe_lines")
    guards.append_only("recipes", updates=True)


def downgrade() -> None:
    """Drop them."""
    op.drop_table("recipe_lines")
    op.drop_table("recipe_versions")
    op.drop_table("recipes")

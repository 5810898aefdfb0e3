"""What goes in and what comes out. A published version never changes."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.database import Base
from app.platform.tenancy import Owned
from app.platform.types import Id, Instant, Micro, Text

RECIPE_KINDS = ("production", "assembly")


class Recipe(Owned, Base):
    """A recipe's name and its current version."""

    __tablename__ = "recipes"
    __table_args__ = (
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"]),
        sa.Index(
            "uq_recipes_live_name",
            "organization_id",
            "name_key",
            unique=True,
            postgresql_where=sa.text("archived_at IS NULL"),
            sqlite_where=sa.text("archived_at IS NULL"),
        ),
        sa.CheckConstraint(f"kind IN {RECIPE_KINDS}", name="kind"),
        sa.CheckConstraint("latest_version > 0", name="latest_version"),
    )

    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text)
    prefix: Mapped[str] = mapped_column(Text, comment="of batch labels: SOA")
    kind: Mapped[str] = mapped_column(Text)
    latest_version: Mapped[int] = mapped_column(Micro)
    current_version: Mapped[int | None] = mapped_column(
        Micro, comment="the published version in force; null: drafts only"
    )
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class RecipeVersion(Owned, Base):
    """One version: its output and its lines. Triggers refuse a change once it is published."""

    __tablename__ = "recipe_versions"
    __table_args__ = (
        sa.ForeignKeyConstraint(["organization_id", "recipe_id"], ["recipes.organization_id", "recipes.id"]),
        sa.ForeignKeyConstraint(["organization_id", "output_item_id"], ["items.organization_id", "items.id"]),
        sa.UniqueConstraint("organization_id", "recipe_id", "number"),
        sa.CheckConstraint("number > 0", name="number"),
        sa.CheckConstraint("output_quantity BETWEEN 1 AND 1000000000000000", name="output_quantity"),
    )

    recipe_id: Mapped[UUID] = mapped_column(Id)
    number: Mapped[int] = mapped_column(Micro)
    output_item_id: Mapped[UUID | None] = mapped_column(Id)
    output_quantity: Mapped[int | None] = mapped_column(Micro, comment="as typed, in output_unit")
    output_unit: Mapped[str | None] = mapped_column(Text)
    instructions: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime | None] = mapped_column(Instant, comment="null: a draft")
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[UUID] = mapped_column(Id)


class RecipeLine(Owned, Base):
    """One line: an item, or another recipe that is exploded to its materials."""

    __tablename__ = "recipe_lines"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["organization_id", "version_id"], ["recipe_versions.organization_id", "recipe_versions.id"]
        ),
        sa.ForeignKeyConstraint(["organization_id", "item_id"], ["items.organization_id", "items.id"]),
        sa.ForeignKeyConstraint(["organization_id", "used_recipe_id"], ["recipes.organization_id", "recipes.id"]),
        sa.UniqueConstraint("organization_id", "version_id", "line"),
        sa.Index("ix_recipe_lines_item", "organization_id", "item_id"),
        sa.Index("ix_recipe_lines_used_recipe", "organization_id", "used_recipe_id"),
        sa.CheckConstraint("(item_id IS NULL) <> (used_recipe_id IS NULL)", name="one_thing"),
        sa.CheckConstraint("quantity BETWEEN 1 AND 1000000000000000", name="quantity"),
    )

    version_id: Mapped[UUID] = mapped_column(Id)
    line: Mapped[int] = mapped_column(Micro)
    item_id: Mapped[UUID | None] = mapped_column(Id)
    used_recipe_id: Mapped[UUID | None] = mapped_column(Id)
    quantity: Mapped[int] = mapped_column(Micro, comment="as typed, in unit")
    unit: Mapped[str] = mapped_column(Text, comment="`batch` on a recipe line: whole makings of it")
    note: Mapped[str | None] = mapped_column(Text)

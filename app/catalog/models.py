"""What is kept in stock, in which unit, and who sells it."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.database import Base
from app.platform.tenancy import Owned
from app.platform.types import Flag, Id, Instant, Micro, Text

ITEM_TYPES = ("ingredient", "packaging", "consumable", "intermediate", "product")


class Item(Owned, Base):
    """A thing kept in stock. Its balance row is made with it, by a trigger."""

    __tablename__ = "items"
    __table_args__ = (
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"]),
        sa.UniqueConstraint("organization_id", "code_key"),
        sa.Index(
            "uq_items_live_name",
            "organization_id",
            "name_key",
            unique=True,
            postgresql_where=sa.text("archived_at IS NULL"),
            sqlite_where=sa.text("archived_at IS NULL"),
        ),
        sa.Index("ix_items_barcode", "organization_id", "barcode"),
        sa.CheckConstraint(f"type IN {ITEM_TYPES}", name="type"),
        sa.CheckConstraint(
            "(density_mass IS NULL) = (density_volume IS NULL) AND (density_mass IS NULL) = (density_mass_unit IS NULL)"
            " AND (density_mass IS NULL) = (density_volume_unit IS NULL)",
            name="density_whole",
        ),
        sa.CheckConstraint("density_mass > 0 AND density_volume > 0", name="density_positive"),
        sa.CheckConstraint("shelf_life_days BETWEEN 1 AND 36500", name="shelf_life"),
        sa.CheckConstraint("low_stock_level BETWEEN 0 AND 1000000000000000", name="low_stock_level"),
    )

    code: Mapped[str] = mapped_column(Text)
    code_key: Mapped[str] = mapped_column(Text, comment="the code in lower case")
    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text, comment="the name without case and accents")
    type: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text, comment="stock unit; fixed at the first movement")
    category: Mapped[str | None] = mapped_column(Text)
    density_mass: Mapped[int | None] = mapped_column(Micro, comment="millionths of density_mass_unit, as typed")
    density_mass_unit: Mapped[str | None] = mapped_column(Text)
    density_volume: Mapped[int | None] = mapped_column(
        Micro, comment="what that mass fills, as typed: a ratio stays exact"
    )
    density_volume_unit: Mapped[str | None] = mapped_column(Text)
    tracked: Mapped[bool] = mapped_column(Flag)
    perishable: Mapped[bool] = mapped_column(Flag)
    shelf_life_days: Mapped[int | None] = mapped_column(Micro)
    fefo: Mapped[bool] = mapped_column(Flag)
    low_stock_level: Mapped[int | None] = mapped_column(Micro)
    barcode: Mapped[str | None] = mapped_column(Text)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class ItemUnit(Owned, Base):
    """An organization's own unit of one item: one `name` is `quantity` of `unit`."""

    __tablename__ = "item_units"
    __table_args__ = (
        sa.ForeignKeyConstraint(["organization_id", "item_id"], ["items.organization_id", "items.id"]),
        sa.UniqueConstraint("organization_id", "item_id", "name_key"),
        sa.CheckConstraint("quantity BETWEEN 1 AND 1000000000000000", name="quantity"),
    )

    item_id: Mapped[UUID] = mapped_column(Id)
    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int] = mapped_column(Micro)
    unit: Mapped[str] = mapped_column(Text)


class Supplier(Owned, Base):
    """Somebody materials are bought from."""

    __tablename__ = "suppliers"
    __table_args__ = (
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"]),
        sa.UniqueConstraint("organization_id", "name_key"),
    )

    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)

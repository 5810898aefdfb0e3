"""Batches: one making of a recipe each, with what was needed, skipped, made and lost."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.database import Base
from app.platform.tenancy import Owned
from app.platform.types import Day, Flag, Id, Instant, Micro, Text

STATUSES = ("planned", "in_progress", "completed", "failed", "cancelled", "reversed")


class BatchNumber(Base):
    """The last sequence number of batch labels, per organization and year."""

    __tablename__ = "batch_numbers"
    __table_args__ = (sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"]),)

    organization_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    year: Mapped[int] = mapped_column(Micro, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(Micro)


class Batch(Owned, Base):
    """One making of a recipe."""

    __tablename__ = "batches"
    __table_args__ = (
        sa.ForeignKeyConstraint(["organization_id", "recipe_id"], ["recipes.organization_id", "recipes.id"]),
        sa.ForeignKeyConstraint(
            ["organization_id", "version_id"], ["recipe_versions.organization_id", "recipe_versions.id"]
        ),
        sa.UniqueConstraint("organization_id", "label_key"),
        sa.Index("ix_batches_status", "organization_id", "status"),
        sa.Index("ix_batches_recipe", "organization_id", "recipe_id"),
        sa.CheckConstraint(f"status IN {STATUSES}", name="status"),
        sa.CheckConstraint("scale BETWEEN 1 AND 1000000000000000", name="scale"),
    )

    label: Mapped[str] = mapped_column(Text)
    label_key: Mapped[str] = mapped_column(Text, comment="the label in lower case")
    status: Mapped[str] = mapped_column(Text)
    recipe_id: Mapped[UUID] = mapped_column(Id)
    version_id: Mapped[UUID] = mapped_column(Id)
    scale: Mapped[int] = mapped_column(Micro, comment="millionths of one making")
    cost_method: Mapped[str | None] = mapped_column(Text, comment="fixed when it starts")
    planned_for: Mapped[date | None] = mapped_column(Day)
    note: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[UUID] = mapped_column(Id)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    completed_at: Mapped[datetime | None] = mapped_column(Instant, comment="completed, failed, cancelled or reversed")
    ended_reason: Mapped[str | None] = mapped_column(Text, comment="why it failed or was reversed")
    expected_quantity: Mapped[int] = mapped_column(Micro, comment="of the output item's stock unit")
    output_item_id: Mapped[UUID] = mapped_column(Id)
    loss_quantity: Mapped[int | None] = mapped_column(Micro, comment="of the output item's stock unit")
    loss_category: Mapped[str | None] = mapped_column(Text)
    loss_note: Mapped[str | None] = mapped_column(Text)
    variance_reason: Mapped[str | None] = mapped_column(Text)


class BatchLine(Owned, Base):
    """One material that the batch needs, exploded, in the item's stock unit; or was left out."""

    __tablename__ = "batch_lines"
    __table_args__ = (
        sa.ForeignKeyConstraint(["organization_id", "batch_id"], ["batches.organization_id", "batches.id"]),
        sa.ForeignKeyConstraint(["organization_id", "item_id"], ["items.organization_id", "items.id"]),
        sa.UniqueConstraint("organization_id", "batch_id", "line"),
        sa.CheckConstraint("needed BETWEEN 1 AND 1000000000000000", name="needed"),
    )

    batch_id: Mapped[UUID] = mapped_column(Id)
    line: Mapped[int] = mapped_column(Micro)
    item_id: Mapped[UUID] = mapped_column(Id)
    needed: Mapped[int] = mapped_column(Micro)
    unit: Mapped[str] = mapped_column(Text, comment="the item's stock unit when it was planned")
    skipped: Mapped[bool] = mapped_column(Flag)


class BatchExtra(Owned, Base):
    """Something taken on top while the batch was made. Append-only."""

    __tablename__ = "batch_extras"
    __table_args__ = (
        sa.ForeignKeyConstraint(["organization_id", "batch_id"], ["batches.organization_id", "batches.id"]),
        sa.ForeignKeyConstraint(["organization_id", "item_id"], ["items.organization_id", "items.id"]),
        sa.ForeignKeyConstraint(
            ["organization_id", "posting_id"], ["stock_postings.organization_id", "stock_postings.id"]
        ),
        sa.Index("ix_batch_extras_batch", "organization_id", "batch_id"),
    )

    batch_id: Mapped[UUID] = mapped_column(Id)
    posting_id: Mapped[UUID] = mapped_column(Id)
    item_id: Mapped[UUID] = mapped_column(Id)
    quantity: Mapped[int] = mapped_column(Micro, comment="of the item's stock unit")
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)


class BatchTick(Owned, Base):
    """One line was weighed. Ticked twice it has two rows, of which the undone one tells that it was a mistake."""

    __tablename__ = "batch_ticks"
    __table_args__ = (
        sa.ForeignKeyConstraint(["organization_id", "batch_id"], ["batches.organization_id", "batches.id"]),
        sa.ForeignKeyConstraint(["organization_id", "lot_id"], ["lots.organization_id", "lots.id"]),
        sa.Index("ix_batch_ticks_batch", "organization_id", "batch_id"),
    )

    batch_id: Mapped[UUID] = mapped_column(Id)
    line: Mapped[int] = mapped_column(Micro, comment="batch_lines.line that was weighed")
    lot_id: Mapped[UUID | None] = mapped_column(Id, comment="the lot whose label was scanned; null: none was")
    ticked_at: Mapped[datetime] = mapped_column(Instant)
    ticked_by: Mapped[UUID] = mapped_column(Id)
    undone_at: Mapped[datetime | None] = mapped_column(Instant, comment="it was not weighed after all")


class BatchTimer(Owned, Base):
    """Something that is waited for while a batch is made."""

    __tablename__ = "batch_timers"
    __table_args__ = (
        sa.ForeignKeyConstraint(["organization_id", "batch_id"], ["batches.organization_id", "batches.id"]),
        sa.Index("ix_batch_timers_batch", "organization_id", "batch_id"),
        sa.CheckConstraint("seconds BETWEEN 1 AND 31536000", name="seconds"),
    )

    batch_id: Mapped[UUID] = mapped_column(Id)
    name: Mapped[str] = mapped_column(Text, comment="what is waited for: lye cooling")
    seconds: Mapped[int] = mapped_column(Micro)
    started_at: Mapped[datetime] = mapped_column(Instant)
    started_by: Mapped[UUID] = mapped_column(Id)
    ended_at: Mapped[datetime | None] = mapped_column(Instant, comment="somebody heard it, or stopped it")

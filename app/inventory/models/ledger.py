"""The ledger: postings and movements are inserted; triggers move lots, balances and heads, and refuse the rest.

Quantities are millionths of the item's stock unit, costs millionths of the organization's currency.
"""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.inventory.models.kinds import KINDS
from app.platform.database import Base
from app.platform.tenancy import Owned
from app.platform.types import Bytes, Day, Flag, Id, Instant, Micro, Text

_ROW = 1_000_000_000_000_000
_BALANCE = 1_000_000_000_000_000_000
_REVERSALS = sa.text("reverses IS NOT NULL")


class LedgerHead(Base):
    """One row per organization: how far its ledger has come. Always the last lock."""

    __tablename__ = "ledger_heads"
    __table_args__ = (sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"]),)

    organization_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    sequence: Mapped[int] = mapped_column(Micro)
    hash: Mapped[bytes] = mapped_column(Bytes)
    recorded_at: Mapped[datetime | None] = mapped_column(Instant, comment="of the last posting")
    numbers: Mapped[str] = mapped_column(Text, comment="JSON: the last number given, by kind")
    lock_token: Mapped[int | None] = mapped_column(Micro, comment="never written: the column that a row lock needs")


class StockPosting(Owned, Base):
    """One entry of the ledger: who, when, why."""

    __tablename__ = "stock_postings"
    __table_args__ = (
        sa.ForeignKeyConstraint(["organization_id", "command_key"], ["commands.organization_id", "commands.key"]),
        sa.ForeignKeyConstraint(
            ["organization_id", "reverses"], ["stock_postings.organization_id", "stock_postings.id"]
        ),
        sa.UniqueConstraint("organization_id", "sequence"),
        sa.UniqueConstraint("organization_id", "kind", "number"),
        sa.Index("ix_stock_postings_source", "organization_id", "source_type", "source_id"),
        sa.Index(
            "ix_stock_postings_reverses",
            "organization_id",
            "reverses",
            postgresql_where=_REVERSALS,
            sqlite_where=_REVERSALS,
        ),
        sa.CheckConstraint(f"kind IN {tuple(KINDS)}", name="kind"),
        sa.CheckConstraint("(kind = 'reversal') = (reverses IS NOT NULL)", name="reversal"),
        sa.CheckConstraint("sequence > 0 AND number > 0", name="counted"),
    )

    kind: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(Micro, comment="without gaps per organization and kind")
    sequence: Mapped[int] = mapped_column(Micro, comment="without gaps per organization")
    occurred_at: Mapped[datetime] = mapped_column(Instant)
    business_date: Mapped[date] = mapped_column(Day, comment="in the organization's time zone")
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    late: Mapped[bool] = mapped_column(Flag, comment="the business date is before that of recorded_at")
    actor_id: Mapped[UUID] = mapped_column(Id)
    entry_point: Mapped[str] = mapped_column(Text)
    command_key: Mapped[str] = mapped_column(Text)
    source_type: Mapped[str] = mapped_column(Text, comment="manual, batch")
    source_id: Mapped[UUID | None] = mapped_column(Id)
    source_label: Mapped[str | None] = mapped_column(Text)
    reverses: Mapped[UUID | None] = mapped_column(Id)
    entered_quantity: Mapped[str | None] = mapped_column(Text, comment="as typed")
    entered_unit: Mapped[str | None] = mapped_column(Text)
    notes_digest: Mapped[bytes | None] = mapped_column(Bytes, comment="SHA-256 of salt and notes")
    previous_hash: Mapped[bytes] = mapped_column(Bytes)
    hash: Mapped[bytes] = mapped_column(Bytes)


class PostingNote(Base):
    """Free text of a posting. Erasable: the hash covers only its salted digest."""

    __tablename__ = "posting_notes"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["organization_id", "posting_id"], ["stock_postings.organization_id", "stock_postings.id"]
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    posting_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    salt: Mapped[bytes] = mapped_column(Bytes)
    reason: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    recipient: Mapped[str | None] = mapped_column(Text, comment="who got it")
    reference: Mapped[str | None] = mapped_column(Text, comment="the other side's paper")


class StockMovement(Owned, Base):
    """One line of a posting, with its claims: what is left in its item and its lot after it."""

    __tablename__ = "stock_movements"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["organization_id", "posting_id"], ["stock_postings.organization_id", "stock_postings.id"]
        ),
        sa.ForeignKeyConstraint(["organization_id", "item_id"], ["items.organization_id", "items.id"]),
        sa.ForeignKeyConstraint(
            ["organization_id", "item_id", "lot_id"], ["lots.organization_id", "lots.item_id", "lots.id"]
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "reverses"], ["stock_movements.organization_id", "stock_movements.id"]
        ),
        sa.UniqueConstraint("organization_id", "posting_id", "line"),
        sa.UniqueConstraint("organization_id", "item_id", "item_version"),
        sa.UniqueConstraint("organization_id", "lot_id", "lot_version"),
        sa.Index(
            "ix_stock_movements_reverses",
            "organization_id",
            "reverses",
            postgresql_where=_REVERSALS,
            sqlite_where=_REVERSALS,
        ),
        sa.CheckConstraint(f"abs(quantity) <= {_ROW} AND abs(cost) <= {_ROW}", name="bounded"),
        sa.CheckConstraint("(quantity > 0 AND cost >= 0) OR (quantity < 0 AND cost <= 0)", name="signs"),
        sa.CheckConstraint("lot_id IS NOT NULL OR cost = 0", name="untracked"),
        sa.CheckConstraint(
            "(lot_id IS NULL) = (lot_version IS NULL) AND (lot_id IS NULL) = (lot_quantity_after IS NULL)"
            " AND (lot_id IS NULL) = (lot_cost_after IS NULL)",
            name="lot_claim",
        ),
    )

    posting_id: Mapped[UUID] = mapped_column(Id)
    line: Mapped[int] = mapped_column(Micro)
    item_id: Mapped[UUID] = mapped_column(Id)
    lot_id: Mapped[UUID | None] = mapped_column(Id, comment="null for untracked items")
    quantity: Mapped[int] = mapped_column(Micro, comment="in positive, out negative")
    cost: Mapped[int] = mapped_column(Micro)
    pinned: Mapped[bool] = mapped_column(Flag, comment="named by a person and not the next in order")
    reverses: Mapped[UUID | None] = mapped_column(Id)
    item_version: Mapped[int] = mapped_column(Micro)
    item_on_hand_after: Mapped[int] = mapped_column(Micro)
    item_value_after: Mapped[int] = mapped_column(Micro)
    lot_version: Mapped[int | None] = mapped_column(Micro)
    lot_quantity_after: Mapped[int | None] = mapped_column(Micro)
    lot_cost_after: Mapped[int | None] = mapped_column(Micro)

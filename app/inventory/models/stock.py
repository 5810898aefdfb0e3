"""What the ledger comes to: balances and lots. Triggers move them; the application only reads and locks them."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.database import Base
from app.platform.tenancy import Owned
from app.platform.types import Day, Flag, Id, Micro, Text

_ROW = 1_000_000_000_000_000
_BALANCE = 1_000_000_000_000_000_000


class StockBalance(Base):
    """One row per item, made with it. The row that writers lock."""

    __tablename__ = "stock_balances"
    __table_args__ = (
        sa.ForeignKeyConstraint(["organization_id", "item_id"], ["items.organization_id", "items.id"]),
        sa.CheckConstraint(f"on_hand BETWEEN 0 AND {_BALANCE}", name="on_hand"),
        sa.CheckConstraint(f"value BETWEEN 0 AND {_BALANCE}", name="value"),
        sa.CheckConstraint("on_hand > 0 OR value = 0", name="empty"),
    )

    organization_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    item_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    on_hand: Mapped[int] = mapped_column(Micro)
    value: Mapped[int] = mapped_column(Micro)
    version: Mapped[int] = mapped_column(Micro, comment="movements so far")
    lock_token: Mapped[int | None] = mapped_column(Micro, comment="never written: the column that a row lock needs")


class Lot(Owned, Base):
    """A quantity of one item received or made together; it is also the cost."""

    __tablename__ = "lots"
    __table_args__ = (
        sa.ForeignKeyConstraint(["organization_id", "item_id"], ["items.organization_id", "items.id"]),
        sa.ForeignKeyConstraint(["organization_id", "supplier_id"], ["suppliers.organization_id", "suppliers.id"]),
        sa.UniqueConstraint("organization_id", "item_id", "id"),
        sa.UniqueConstraint("organization_id", "fifo_code_key"),
        sa.Index(
            "ix_lots_open",
            "organization_id",
            "item_id",
            "received_on",
            "sequence",
            "line",
            postgresql_where=sa.text("remaining_quantity > 0"),
            sqlite_where=sa.text("remaining_quantity > 0"),
        ),
        sa.Index("ix_lots_queue", "organization_id", "item_id", "received_on", "sequence", "line"),
        sa.Index("ix_lots_supplier_lot", "organization_id", "supplier_lot_key"),
        sa.CheckConstraint(f"initial_quantity BETWEEN 1 AND {_ROW}", name="initial_quantity"),
        sa.CheckConstraint(f"initial_cost BETWEEN 0 AND {_ROW}", name="initial_cost"),
        sa.CheckConstraint("remaining_quantity BETWEEN 0 AND initial_quantity", name="remaining_quantity"),
        sa.CheckConstraint("remaining_cost >= 0", name="remaining_cost"),
        sa.CheckConstraint("remaining_quantity > 0 OR remaining_cost = 0", name="empty"),
    )

    item_id: Mapped[UUID] = mapped_column(Id)
    fifo_code: Mapped[str] = mapped_column(Text)
    fifo_code_key: Mapped[str] = mapped_column(Text, comment="the code in lower case")
    received_on: Mapped[date] = mapped_column(Day)
    sequence: Mapped[int] = mapped_column(Micro, comment="of the posting that made it")
    line: Mapped[int] = mapped_column(Micro, comment="of the movement that made it")
    expires_on: Mapped[date | None] = mapped_column(Day, comment="good through this day")
    on_hold: Mapped[bool] = mapped_column(Flag)
    supplier_id: Mapped[UUID | None] = mapped_column(Id)
    supplier_lot: Mapped[str | None] = mapped_column(Text)
    supplier_lot_key: Mapped[str | None] = mapped_column(Text)
    source_type: Mapped[str] = mapped_column(Text, comment="posting or batch")
    source_id: Mapped[UUID] = mapped_column(Id)
    source_label: Mapped[str] = mapped_column(Text)
    initial_expires_on: Mapped[date | None] = mapped_column(Day)
    initial_supplier_lot: Mapped[str | None] = mapped_column(Text)
    initial_quantity: Mapped[int] = mapped_column(Micro)
    initial_cost: Mapped[int] = mapped_column(Micro)
    remaining_quantity: Mapped[int] = mapped_column(Micro)
    remaining_cost: Mapped[int] = mapped_column(Micro)
    basis_quantity: Mapped[int] = mapped_column(Micro, comment="held after the last movement that added or revalued")
    basis_cost: Mapped[int] = mapped_column(Micro)
    version: Mapped[int] = mapped_column(Micro, comment="movements so far")
    changes: Mapped[int] = mapped_column(Micro, comment="holds, releases and relabels so far")


class LotChange(Owned, Base):
    """What a hold, release or relabel set on a lot: the values after it."""

    __tablename__ = "lot_changes"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["organization_id", "posting_id"], ["stock_postings.organization_id", "stock_postings.id"]
        ),
        sa.ForeignKeyConstraint(["organization_id", "lot_id"], ["lots.organization_id", "lots.id"]),
        sa.UniqueConstraint("organization_id", "posting_id", "lot_id"),
        sa.UniqueConstraint("organization_id", "lot_id", "number"),
    )

    posting_id: Mapped[UUID] = mapped_column(Id)
    lot_id: Mapped[UUID] = mapped_column(Id)
    number: Mapped[int] = mapped_column(Micro, comment="the lot's changes so far, this one included")
    on_hold: Mapped[bool] = mapped_column(Flag)
    expires_on: Mapped[date | None] = mapped_column(Day)
    supplier_lot: Mapped[str | None] = mapped_column(Text)
    supplier_lot_key: Mapped[str | None] = mapped_column(Text)

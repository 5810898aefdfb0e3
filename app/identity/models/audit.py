"""Tables of the audit log: one chain of events per organization."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.database import Base
from app.platform.tenancy import Owned
from app.platform.types import Bytes, Id, Instant, Micro, Text


class AuditHead(Base):
    """How far an organization's chain has come. Made with the organization, moved by events only; the last lock."""

    __tablename__ = "audit_heads"
    __table_args__ = (sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"]),)

    organization_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    sequence: Mapped[int] = mapped_column(Micro)
    hash: Mapped[bytes] = mapped_column(Bytes)
    lock_token: Mapped[int | None] = mapped_column(Micro, comment="never written: the column that a row lock needs")


class AuditEvent(Owned, Base):
    """Who did what, through which door, from where, what was before and after, and why. Never changed."""

    __tablename__ = "audit_events"
    __table_args__ = (
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"]),
        sa.UniqueConstraint("organization_id", "sequence"),
        sa.Index(None, "organization_id", "action"),
    )

    sequence: Mapped[int] = mapped_column(Micro, comment="1, 2, 3 ... without gaps")
    at: Mapped[datetime] = mapped_column(Instant)
    person_id: Mapped[UUID | None] = mapped_column(Id, comment="null: no person, such as Stripe or the clock")
    entry_point: Mapped[str] = mapped_column(Text, comment="web, api, cli, task, demo, stripe")
    address: Mapped[str | None] = mapped_column(Text, comment="network address of the sender")
    developer_access_id: Mapped[UUID | None] = mapped_column(Id, comment="of a developer user's visit")
    action: Mapped[str] = mapped_column(Text, comment="area.what: members.invited")
    subject_kind: Mapped[str] = mapped_column(Text, comment="person, role, token, lot, posting, plan ...")
    subject_id: Mapped[str | None] = mapped_column(Text)
    before: Mapped[str | None] = mapped_column(Text, comment="canonical JSON object")
    after: Mapped[str | None] = mapped_column(Text, comment="canonical JSON object")
    reason: Mapped[str | None] = mapped_column(Text)
    previous_hash: Mapped[bytes] = mapped_column(Bytes)
    hash: Mapped[bytes] = mapped_column(Bytes, comment="SHA-256 of the previous one and this event's canonical JSON")

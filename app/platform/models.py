"""The table of commands: what was asked under which key, and what was answered. Kept for ever."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.database import Base
from app.platform.types import Bytes, Id, Instant, Micro, Text


class Command(Base):
    """One idempotency key of one organization. Answered once: a trigger refuses a second answer."""

    __tablename__ = "commands"
    __table_args__ = (sa.CheckConstraint("(status IS NULL) = (answer IS NULL)", name="answered_whole"),)

    organization_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    body_hash: Mapped[bytes] = mapped_column(Bytes, comment="SHA-256 of method, path, query, body and person")
    person_id: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    status: Mapped[int | None] = mapped_column(Micro, comment="HTTP status of the answer; null while it runs")
    answer: Mapped[str | None] = mapped_column(Text, comment="JSON body of the answer")

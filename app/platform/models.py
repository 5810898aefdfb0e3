"""Tables of the platform: commands, what was asked under which key and answered, for ever; mails on their way."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import uuid7
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


class OutgoingMail(Base):
    """A mail that waits, or has gone. Written with what it tells of, sent after that was committed.

    A link's secret is not here: it is signed when the mail is written out.
    """

    __tablename__ = "outgoing_mails"
    __table_args__ = (sa.Index(None, "sent_at", "not_before"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=uuid7)
    recipient: Mapped[str] = mapped_column(Text)
    template: Mapped[str] = mapped_column(Text, comment="below templates/, without its ending")
    context: Mapped[str] = mapped_column(Text, comment="JSON: what the template says")
    link_path: Mapped[str | None] = mapped_column(Text, comment="where the mail's link leads: /reset")
    link_purpose: Mapped[str | None] = mapped_column(Text)
    link_id: Mapped[UUID | None] = mapped_column(Id, comment="what the link's signature is of")
    created_at: Mapped[datetime] = mapped_column(Instant)
    not_before: Mapped[datetime] = mapped_column(Instant, comment="when to try next; a lease while it is being sent")
    attempts: Mapped[int] = mapped_column(Micro)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    failed_at: Mapped[datetime | None] = mapped_column(Instant, comment="given up")
    last_error: Mapped[str | None] = mapped_column(Text)

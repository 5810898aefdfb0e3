"""The table of API tokens."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.database import Base
from app.platform.tenancy import Owned
from app.platform.types import Bytes, Id, Instant, Text


class ApiToken(Owned, Base):
    """A secret with which a program acts for a member, within scopes."""

    __tablename__ = "api_tokens"
    __table_args__ = (
        sa.UniqueConstraint("organization_id", "secret_hash"),
        sa.ForeignKeyConstraint(
            ["organization_id", "person_id"], ["memberships.organization_id", "memberships.person_id"]
        ),
        sa.Index(None, "organization_id", "person_id"),
    )

    person_id: Mapped[UUID] = mapped_column(Id)
    name: Mapped[str] = mapped_column(Text)
    secret_hash: Mapped[bytes] = mapped_column(Bytes, comment="SHA-256 of the 256-bit secret")
    scopes: Mapped[str | None] = mapped_column(
        Text, comment="permissions separated by spaces; null: all that the person may"
    )
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant, comment="written at most once a day")
    made_by_token: Mapped[UUID | None] = mapped_column(Id, comment="the token with which it was made: revoked with it")

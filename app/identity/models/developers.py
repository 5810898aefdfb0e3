"""Tables of developer users, who live outside organizations, and their visits."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import uuid7
from app.platform.database import Base
from app.platform.types import Id, Instant, Text


class Developer(Base):
    """A person who looks after the installation."""

    __tablename__ = "developers"

    person_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("people.id"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Instant)


class DeveloperAccess(Base):
    """One visit of a developer user to an organization: why, and until when."""

    __tablename__ = "developer_accesses"
    __table_args__ = (sa.Index(None, "organization_id"), sa.Index(None, "person_id"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=uuid7)
    person_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("people.id"), comment="a developer user then")
    organization_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("organizations.id"))
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

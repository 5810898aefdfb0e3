"""The table of sample workshops: whose, beside which organization, and how far it is."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.database import Base
from app.platform.types import Id, Instant, Micro, Text


class SampleWorkshop(Base):
    """A person's one sample workshop, from the moment she asks for it until it is erased."""

    __tablename__ = "sample_workshops"
    __table_args__ = (
        sa.CheckConstraint("state IN ('waiting', 'filling', 'ready', 'failed')", name="state_known"),
        sa.Index(None, "organization_id"),
    )

    person_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("people.id"), primary_key=True)
    beside_id: Mapped[UUID] = mapped_column(
        Id, sa.ForeignKey("organizations.id"), comment="the real organization that it was made from"
    )
    organization_id: Mapped[UUID | None] = mapped_column(
        Id, sa.ForeignKey("organizations.id"), comment="the sample; null before it is begun"
    )
    state: Mapped[str] = mapped_column(Text, comment="waiting, filling, ready, failed")
    days_lived: Mapped[int] = mapped_column(Micro, default=0)
    days: Mapped[int] = mapped_column(Micro, comment="how many days its story has")
    touched_at: Mapped[datetime] = mapped_column(Instant, comment="when somebody last worked on it")
    ends_at: Mapped[datetime] = mapped_column(Instant, comment="it is erased then")

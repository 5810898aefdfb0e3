"""Tables of organizations, who belongs to them, who is invited, and their own roles."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import uuid7
from app.platform.database import Base
from app.platform.tenancy import Owned
from app.platform.types import Flag, Id, Instant, Text


class Organization(Base):
    """The tenant: a maker's business."""

    __tablename__ = "organizations"
    __table_args__ = (
        sa.UniqueConstraint("slug"),
        sa.CheckConstraint("cost_method IN ('fifo', 'average')", name="cost_method_known"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=uuid7)
    slug: Mapped[str] = mapped_column(Text, comment="stands in URLs: /o/<slug>/")
    name: Mapped[str] = mapped_column(Text)
    time_zone: Mapped[str] = mapped_column(Text, comment="IANA name; business dates are days there")
    currency: Mapped[str] = mapped_column(Text, comment="ISO 4217 code")
    locale: Mapped[str] = mapped_column(Text, comment="how numbers and dates are written, e.g. en or de_DE")
    cost_method: Mapped[str] = mapped_column(Text, default="fifo", server_default="fifo")
    tier: Mapped[str] = mapped_column(
        Text, default="exempt", server_default="exempt", comment="name in subscriptions' tiers"
    )
    created_at: Mapped[datetime] = mapped_column(Instant)
    craft: Mapped[str | None] = mapped_column(Text, comment="what it makes: candles, cosmetics, food, other, soap")
    read_only_since: Mapped[datetime | None] = mapped_column(
        Instant, comment="the plan lapsed: everything stays and can be read, nothing new is written"
    )
    two_factor_since: Mapped[datetime | None] = mapped_column(Instant, comment="members need a second factor")
    closed_at: Mapped[datetime | None] = mapped_column(Instant, comment="closed by its owner, who alone can enter")
    sample: Mapped[bool] = mapped_column(
        Flag, default=False, server_default=sa.false(), comment="made to play with; said when it is made, never changed"
    )
    erasing_since: Mapped[datetime | None] = mapped_column(Instant, comment="a sample that is being erased right now")
    first_printed_at: Mapped[datetime | None] = mapped_column(Instant, comment="when a label was first printed")
    first_scanned_at: Mapped[datetime | None] = mapped_column(
        Instant, comment="when a member first opened a label's code"
    )
    first_traced_at: Mapped[datetime | None] = mapped_column(Instant, comment="when a trace was first looked at")
    steps_aside_at: Mapped[datetime | None] = mapped_column(Instant, comment="the list of first steps was put aside")


class Membership(Base):
    """A person's place in an organization. Never deleted: ended by `deactivated_at`.

    `role` is the name of a template, or the id of one of the organization's own roles.
    """

    __tablename__ = "memberships"
    __table_args__ = (sa.Index(None, "person_id"),)

    organization_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("organizations.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("people.id"), primary_key=True)
    role: Mapped[str] = mapped_column(Text, comment="name of a role template")
    created_at: Mapped[datetime] = mapped_column(Instant)
    deactivated_at: Mapped[datetime | None] = mapped_column(Instant)


class Invitation(Base):
    """A place offered by mail. Open until it is accepted or withdrawn, or its time is over."""

    __tablename__ = "invitations"
    __table_args__ = (sa.Index(None, "organization_id"), sa.Index(None, "email_key"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=uuid7, comment="the link is its signature")
    organization_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("organizations.id"))
    email: Mapped[str] = mapped_column(Text)
    email_key: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text, comment="name of a template, or id of an own role")
    invited_by: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    accepted_by: Mapped[UUID | None] = mapped_column(Id, sa.ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)


class OwnRole(Owned, Base):
    """A role that an organization made for itself. Never deleted: archived."""

    __tablename__ = "own_roles"
    __table_args__ = (
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"]),
        sa.Index(
            "uq_own_roles_live_name",
            "organization_id",
            "name_key",
            unique=True,
            postgresql_where=sa.text("archived_at IS NULL"),
            sqlite_where=sa.text("archived_at IS NULL"),
        ),
    )

    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text, comment="what names are compared by")
    permissions: Mapped[str] = mapped_column(Text, comment="separated by spaces")
    created_at: Mapped[datetime] = mapped_column(Instant)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)

"""Tables of people, organizations, who belongs where, who is signed in, and API tokens."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import uuid7
from app.platform.database import Base
from app.platform.tenancy import Owned
from app.platform.types import Bytes, Flag, Id, Instant, Text


class Person(Base):
    """Somebody who can sign in; may belong to several organizations."""

    __tablename__ = "people"
    __table_args__ = (sa.UniqueConstraint("email_key"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=uuid7)
    email: Mapped[str] = mapped_column(Text, comment="as the person writes it")
    email_key: Mapped[str] = mapped_column(Text, comment="what emails are compared by: services.people.email_key")
    name: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text, comment="Argon2id, with its parameters")
    created_at: Mapped[datetime] = mapped_column(Instant)
    deactivated_at: Mapped[datetime | None] = mapped_column(Instant)


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


class Membership(Base):
    """A person's place in an organization. Never deleted: ended by `deactivated_at`."""

    __tablename__ = "memberships"
    __table_args__ = (sa.Index(None, "person_id"),)

    organization_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("organizations.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("people.id"), primary_key=True)
    role: Mapped[str] = mapped_column(Text, comment="name of a role template")
    created_at: Mapped[datetime] = mapped_column(Instant)
    deactivated_at: Mapped[datetime | None] = mapped_column(Instant)


class SignInSession(Base):
    """One browser that signed in. The cookie holds the secret, the row only its hash."""

    __tablename__ = "sign_in_sessions"
    __table_args__ = (sa.UniqueConstraint("token_hash"), sa.Index(None, "person_id"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=uuid7)
    person_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("people.id"))
    token_hash: Mapped[bytes] = mapped_column(Bytes, comment="SHA-256 of the cookie's 256-bit secret")
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_seen_at: Mapped[datetime] = mapped_column(Instant, comment="written at most every ten minutes")
    expires_at: Mapped[datetime] = mapped_column(Instant, comment="the absolute end")
    ended_at: Mapped[datetime | None] = mapped_column(Instant, comment="signed out")


class SignInAttempt(Base):
    """One try at a password: what the limits are counted from. Kept a day."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (sa.Index(None, "email_key", "at"), sa.Index(None, "address", "at"), sa.Index(None, "at"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=uuid7)
    email_key: Mapped[str] = mapped_column(Text, comment="of what was typed, whether or not it has an account")
    address: Mapped[str] = mapped_column(Text, comment="network address of the sender")
    at: Mapped[datetime] = mapped_column(Instant)
    succeeded: Mapped[bool] = mapped_column(Flag)


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

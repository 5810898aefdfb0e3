"""Tables of what somebody proves themselves with besides a password."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import uuid7
from app.platform.database import Base
from app.platform.types import Bytes, Id, Instant, Micro, Text


class Authenticator(Base):
    """A person's authenticator app (TOTP, RFC 6238). In force once confirmed."""

    __tablename__ = "authenticators"

    person_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("people.id"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(Bytes, comment="encrypted with a key made from the installation's secret")
    created_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    last_step: Mapped[int | None] = mapped_column(Micro, comment="the time step last used: no code works twice")


class RecoveryCode(Base):
    """One code that opens the door once in the place of the second factor."""

    __tablename__ = "recovery_codes"
    __table_args__ = (sa.Index(None, "person_id"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=uuid7)
    person_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("people.id"))
    code_hash: Mapped[bytes] = mapped_column(Bytes, comment="SHA-256 of the code and its person")
    created_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class Passkey(Base):
    """A WebAuthn credential of a person."""

    __tablename__ = "passkeys"
    __table_args__ = (sa.UniqueConstraint("credential_id"), sa.Index(None, "person_id"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=uuid7)
    person_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("people.id"))
    credential_id: Mapped[bytes] = mapped_column(Bytes)
    public_key: Mapped[bytes] = mapped_column(Bytes, comment="COSE")
    sign_count: Mapped[int] = mapped_column(Micro)
    transports: Mapped[str] = mapped_column(Text, comment="hints for the browser, separated by spaces")
    name: Mapped[str] = mapped_column(Text, comment="the person's own word for it")
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)

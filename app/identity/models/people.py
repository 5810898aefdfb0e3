"""Tables of people, who is signed in, and what proves who somebody is at the door."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.ids import uuid7
from app.platform.database import Base
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
    email_verified_at: Mapped[datetime | None] = mapped_column(Instant, comment="a link mailed to the email was opened")
    deactivated_at: Mapped[datetime | None] = mapped_column(Instant)
    locale: Mapped[str | None] = mapped_column(
        Text, comment="a key of platform.words.LOCALES; null: the organization's"
    )


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
    confirmed_at: Mapped[datetime | None] = mapped_column(
        Instant, comment="when the person last proved who they are; null: at created_at"
    )
    address: Mapped[str | None] = mapped_column(Text, comment="network address at sign-in")
    browser: Mapped[str | None] = mapped_column(Text, comment="what the browser called itself at sign-in")


class SignInAttempt(Base):
    """One try at a password: what the limits are counted from. Kept a day."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (sa.Index(None, "email_key", "at"), sa.Index(None, "address", "at"), sa.Index(None, "at"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=uuid7)
    email_key: Mapped[str] = mapped_column(Text, comment="of what was typed, whether or not it has an account")
    address: Mapped[str] = mapped_column(Text, comment="network address of the sender")
    at: Mapped[datetime] = mapped_column(Instant)
    succeeded: Mapped[bool] = mapped_column(Flag)


class SignInChallenge(Base):
    """Something half done at the door: a second factor that is asked for, a passkey's challenge. Used once."""

    __tablename__ = "sign_in_challenges"
    __table_args__ = (sa.UniqueConstraint("token_hash"), sa.Index(None, "expires_at"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=uuid7)
    purpose: Mapped[str] = mapped_column(Text, comment="second_factor, passkey_sign_in, passkey_confirm, passkey_new")
    token_hash: Mapped[bytes] = mapped_column(Bytes, comment="SHA-256 of the secret that the browser holds")
    person_id: Mapped[UUID | None] = mapped_column(Id, sa.ForeignKey("people.id"), comment="null: not known yet")
    value: Mapped[bytes | None] = mapped_column(Bytes, comment="what a passkey must sign")
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class MailLink(Base):
    """What a link in a mail opens: once, for a while, and only while the password is the one that it was."""

    __tablename__ = "mail_links"
    __table_args__ = (sa.Index(None, "person_id"), sa.Index(None, "expires_at"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=uuid7, comment="the link is its signature")
    purpose: Mapped[str] = mapped_column(Text, comment="services.mail_links.Purpose")
    person_id: Mapped[UUID | None] = mapped_column(Id, sa.ForeignKey("people.id"), comment="null: signing up")
    email: Mapped[str] = mapped_column(Text, comment="to which it was mailed")
    details: Mapped[str | None] = mapped_column(Text, comment="JSON: what was typed, a password hashed; what it undoes")
    password_stamp: Mapped[bytes | None] = mapped_column(Bytes, comment="SHA-256 of the password hash when it was made")
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)

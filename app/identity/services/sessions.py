"""The authority on sign-in sessions: rows in the database, opened by a 256-bit secret of which only the hash is kept.

A session ends at sign-out, after 12 hours without a request, and 14 days after it began.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Person, SignInSession
from app.kernel import clock
from app.kernel.errors import NotFound
from app.kernel.ids import uuid7
from app.platform.database import db

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=14)
TOUCHED_EVERY = timedelta(minutes=10)
_SECRET_BYTES = 32
_BROWSER_LENGTH = 300
_SECRET_LENGTH = 43  # of 32 bytes in base64url


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose session it is. `stale`: the time of the last request should be written down."""

    session_id: UUID
    person_id: UUID
    name: str
    email: str
    stale: bool
    confirmed_at: datetime
    locale: str | None = None  # the person's own; None: her organization's


def begin(person_id: UUID, *, address: str | None = None, browser: str | None = None) -> str:
    """A new session; returns its secret, which is kept nowhere else.

    address, browser: where it was begun, so that the person knows it again in the list
    """
    secret, at = secrets.token_urlsafe(_SECRET_BYTES), clock.now()
    db.session.add(
        SignInSession(
            id=uuid7(),
            person_id=person_id,
            token_hash=_hash(secret),
            created_at=at,
            last_seen_at=at,
            expires_at=at + ABSOLUTE,
            confirmed_at=at,
            address=address,
            browser=None if browser is None else browser[:_BROWSER_LENGTH],
        )
    )
    db.session.flush()
    return secret


def find(secret: str) -> SignedIn | None:
    """The live session that this secret opens."""
    if len(secret) != _SECRET_LENGTH:
        return None
    at = clock.now()
    row = db.session.execute(
        sa.select(
            SignInSession.id,
            SignInSession.last_seen_at,
            SignInSession.created_at,
            SignInSession.confirmed_at,
            Person.id.label("person_id"),
            Person.name,
            Person.email,
            Person.locale,
        )
        .join(Person, Person.id == SignInSession.person_id)
        .where(
            SignInSession.token_hash == _hash(secret),
            SignInSession.ended_at.is_(None),
            SignInSession.expires_at > at,
            SignInSession.last_seen_at > at - IDLE,
            Person.deactivated_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    stale = row.last_seen_at <= at - TOUCHED_EVERY
    return SignedIn(
        session_id=row.id,
        person_id=row.person_id,
        name=row.name,
        email=row.email,
        stale=stale,
        confirmed_at=row.confirmed_at or row.created_at,
        locale=row.locale,
    )


def touch(session_id: UUID) -> None:
    """Write down that the session was used now."""
    db.session.execute(sa.update(SignInSession).where(SignInSession.id == session_id).values(last_seen_at=clock.now()))


def confirm(session_id: UUID) -> None:
    """Write down that the person proved again, now, who they are."""
    db.session.execute(sa.update(SignInSession).where(SignInSession.id == session_id).values(confirmed_at=clock.now()))


def end(session_id: UUID) -> None:
    """Sign out: from now on the secret opens nothing."""
    db.session.execute(
        sa.update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


def end_one(person_id: UUID, session_id: UUID) -> None:
    """End one of the person's sessions.

    raises: NotFound for one that is not theirs, or is over
    """
    at = clock.now()
    ended = db.session.execute(
        sa.update(SignInSession)
        .where(SignInSession.id == session_id, *_live(person_id, at))
        .values(ended_at=at)
        .execution_options(synchronize_session=False)
    )
    if ended.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound("That session is over.")


def end_all(person_id: UUID, *, but: UUID | None = None) -> int:
    """Sign the person out everywhere, `but` for one session; how many were ended."""
    at = clock.now()
    others = SignInSession.id != but if but is not None else sa.true()
    ended = db.session.execute(
        sa.update(SignInSession)
        .where(others, *_live(person_id, at))
        .values(ended_at=at)
        .execution_options(synchronize_session=False)
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]


def live(person_id: UUID) -> list[SignInSession]:
    """The person's sessions that still open something, the last used first."""
    return list(
        db.session.scalars(
            sa.select(SignInSession)
            .where(*_live(person_id, clock.now()))
            .order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc())
        )
    )


def _live(person_id: UUID, at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        SignInSession.person_id == person_id,
        SignInSession.ended_at.is_(None),
        SignInSession.expires_at > at,
        SignInSession.last_seen_at > at - IDLE,
    )


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()

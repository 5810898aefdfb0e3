"""The authority on what is half done at the door: a second step that is asked for, what a passkey must sign.

The browser holds a secret, the row only its hash. Of several takers at the same moment one gets it.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import SignInChallenge
from app.kernel import clock
from app.kernel.ids import uuid7
from app.platform.database import db

SECOND_FACTOR = "second_factor"
PASSKEY_SIGN_IN = "passkey_sign_in"
PASSKEY_CONFIRM = "passkey_confirm"
PASSKEY_NEW = "passkey_new"
LASTS = {
    SECOND_FACTOR: timedelta(minutes=10),
    PASSKEY_SIGN_IN: timedelta(minutes=5),
    PASSKEY_CONFIRM: timedelta(minutes=5),
    PASSKEY_NEW: timedelta(minutes=5),
}
_SECRET_BYTES = 32
_SECRET_LENGTH = 43  # of 32 bytes in base64url
_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Challenge:
    """Whose it is, when that is known, and what a passkey must sign."""

    id: UUID
    person_id: UUID | None
    value: bytes | None


def begin(purpose: str, *, person_id: UUID | None = None, value: bytes | None = None) -> str:
    """A new challenge; returns its secret, which is kept nowhere else. Old ones are swept out."""
    secret, at = secrets.token_urlsafe(_SECRET_BYTES), clock.now()
    db.session.execute(sa.delete(SignInChallenge).where(SignInChallenge.expires_at < at - _KEPT))
    db.session.add(
        SignInChallenge(
            id=uuid7(),
            purpose=purpose,
            token_hash=_hash(secret),
            person_id=person_id,
            value=value,
            created_at=at,
            expires_at=at + LASTS[purpose],
        )
    )
    db.session.flush()
    return secret


def find(purpose: str, secret: str) -> Challenge | None:
    """The challenge that is still open."""
    if len(secret) != _SECRET_LENGTH:
        return None
    row = db.session.execute(
        sa.select(SignInChallenge.id, SignInChallenge.person_id, SignInChallenge.value).where(
            SignInChallenge.token_hash == _hash(secret),
            SignInChallenge.purpose == purpose,
            SignInChallenge.used_at.is_(None),
            SignInChallenge.expires_at > clock.now(),
        )
    ).one_or_none()
    return None if row is None else Challenge(row.id, row.person_id, row.value)


def use(purpose: str, secret: str) -> Challenge | None:
    """Take the challenge: it is open for nobody else from now on. None when it was not, or somebody was first."""
    known = find(purpose, secret)
    if known is None:
        return None
    taken = db.session.execute(
        sa.update(SignInChallenge)
        .where(SignInChallenge.id == known.id, SignInChallenge.used_at.is_(None))
        .values(used_at=clock.now())
    )
    return known if taken.rowcount == 1 else None  # type: ignore[attr-defined]


def drop(person_id: UUID) -> None:
    """Close all that is open for a person: the password was changed."""
    db.session.execute(
        sa.update(SignInChallenge)
        .where(SignInChallenge.person_id == person_id, SignInChallenge.used_at.is_(None))
        .values(used_at=clock.now())
    )


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()

"""The authority on whether somebody has a second factor: a confirmed authenticator app, or a passkey.

Recovery codes are none: they stand in for one.
"""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from app.identity.models import Authenticator, Passkey
from app.platform.database import db


@dataclass(frozen=True, slots=True)
class Held:
    """Which kinds of second factor a person has."""

    authenticator: bool
    passkey: bool

    def __bool__(self) -> bool:
        return self.authenticator or self.passkey


def held(person_id: UUID) -> Held:
    """Which kinds the person has."""
    authenticator = sa.exists().where(Authenticator.person_id == person_id, Authenticator.confirmed_at.is_not(None))
    passkey = sa.exists().where(Passkey.person_id == person_id)
    row = db.session.execute(sa.select(authenticator, passkey)).one()
    return Held(bool(row[0]), bool(row[1]))


def of(person_id: sa.ColumnElement[UUID] | InstrumentedAttribute[UUID]) -> sa.ColumnElement[bool]:
    """Whether the person of this column has one, as a part of a statement."""
    return sa.or_(
        sa.exists().where(Authenticator.person_id == person_id, Authenticator.confirmed_at.is_not(None)),
        sa.exists().where(Passkey.person_id == person_id),
    )


def has_any(person_id: UUID) -> bool:
    """Whether the person has what an organization asks for that requires two-factor."""
    return bool(held(person_id))


def asked_after_password(person_id: UUID) -> bool:
    """Whether the password alone never suffices for this person."""
    return bool(held(person_id))

"""What people's own pages show: frozen rows."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Membership, Organization, Person
from app.identity.services import browsers, sessions
from app.platform.database import db


@dataclass(frozen=True, slots=True)
class Profile:
    """A person, for themselves. `zone`: of a workshop of theirs, so that times read as on its wall.

    locale: their own choice; None: as each workshop
    """

    id: UUID
    name: str
    email: str
    is_verified: bool
    zone: str
    locale: str | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One browser that is signed in."""

    id: UUID
    browser: str
    address: str | None
    began_at: datetime
    seen_at: datetime
    is_this: bool


def profile(person_id: UUID) -> Profile:
    """The person."""
    zone = (
        sa.select(Organization.time_zone)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(Membership.person_id == person_id, Membership.deactivated_at.is_(None))
        .order_by(Membership.created_at, Organization.id)
        .limit(1)
        .scalar_subquery()
    )
    row = db.session.execute(
        sa.select(Person.id, Person.name, Person.email, Person.email_verified_at, zone, Person.locale).where(
            Person.id == person_id
        )
    ).one()
    return Profile(row[0], row[1], row[2], is_verified=row[3] is not None, zone=row[4] or "UTC", locale=row[5])


def live_sessions(person_id: UUID, *, this: UUID) -> list[SessionRow]:
    """Where the person is signed in: this browser first, then the last used."""
    rows = [
        SessionRow(
            id=row.id,
            browser=browsers.named(row.browser),
            address=row.address,
            began_at=row.created_at,
            seen_at=row.last_seen_at,
            is_this=row.id == this,
        )
        for row in sessions.live(person_id)
    ]
    return sorted(rows, key=lambda row: not row.is_this)

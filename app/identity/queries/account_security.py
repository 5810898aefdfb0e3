"""What a person's security page shows of them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Authenticator, Passkey, RecoveryCode
from app.identity.services import organizations
from app.platform.database import db


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """One passkey in the list."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Security:
    """What somebody proves themselves with. `asked_by`: names of organizations that wait for a second factor."""

    authenticator_since: datetime | None
    codes_left: int
    passkeys: tuple[PasskeyRow, ...]
    asked_by: tuple[str, ...]

    @property
    def two_step(self) -> bool:
        """Whether the password alone does not suffice."""
        return self.authenticator_since is not None or bool(self.passkeys)


def of_person(person_id: UUID) -> Security:
    """All of it."""
    since = sa.select(Authenticator.confirmed_at).where(Authenticator.person_id == person_id).scalar_subquery()
    codes = (
        sa.select(sa.func.count())
        .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
        .scalar_subquery()
    )
    row = db.session.execute(sa.select(since, codes)).one()
    passkeys = _passkeys(person_id)
    safe = row[0] is not None or bool(passkeys)
    asked_by = () if safe else tuple(each.name for each in organizations.of_person(person_id) if each.two_factor)
    return Security(row[0], row[1], passkeys, asked_by)


def has_passkey(person_id: UUID) -> bool:
    """Whether there is one that could be asked for."""
    return bool(db.session.scalar(sa.select(sa.exists().where(Passkey.person_id == person_id))))


def _passkeys(person_id: UUID) -> tuple[PasskeyRow, ...]:
    rows = db.session.execute(
        sa.select(Passkey.id, Passkey.name, Passkey.created_at, Passkey.last_used_at)
        .where(Passkey.person_id == person_id)
        .order_by(Passkey.created_at, Passkey.id)
    )
    return tuple(PasskeyRow(row.id, row.name, row.created_at, row.last_used_at) for row in rows)

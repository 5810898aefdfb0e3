"""The authority on recovery codes: ten, shown once, each good once in the place of a second factor.

A code has 80 bits, so that its plain hash is enough. They come with the first second factor and go with the last.
"""

import hashlib
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import RecoveryCode
from app.kernel import clock
from app.kernel.ids import code, uuid7
from app.platform.database import db

COUNT = 10
_LENGTH, _GROUP = 16, 4


def renew(person_id: UUID) -> list[str]:
    """Ten new codes in the place of those there were, as they are to be written down."""
    remove(person_id)
    made = [code(_LENGTH) for _ in range(COUNT)]
    at = clock.now()
    db.session.add_all(
        RecoveryCode(id=uuid7(), person_id=person_id, code_hash=_hash(person_id, one), created_at=at) for one in made
    )
    db.session.flush()
    return ["-".join(one[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP)) for one in made]


def left(person_id: UUID) -> int:
    """How many are still good."""
    count: int = db.session.scalars(
        sa.select(sa.func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    ).one()
    return count


def use(person_id: UUID, typed: str) -> bool:
    """Spend a code; False when it is none of the person's, or spent."""
    text = _plain(typed)
    if text is None:
        return False
    spent = db.session.execute(
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person_id,
            RecoveryCode.code_hash == _hash(person_id, text),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
    )
    return bool(spent.rowcount == 1)  # type: ignore[attr-defined]


def remove(person_id: UUID, *, since: datetime | None = None) -> None:
    """Take all of them away; those made then or later, with a time."""
    made = RecoveryCode.created_at >= since if since is not None else sa.true()
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person_id, made))


def _plain(typed: str) -> str | None:
    text = "".join(letter for letter in typed if letter not in " -").upper()
    return text if len(text) == _LENGTH and text.isascii() and text.isalnum() else None


def _hash(person_id: UUID, text: str) -> bytes:
    return hashlib.sha256(person_id.bytes + text.encode()).digest()

"""The authority on signing in: counts tries in the database, so that several workers agree, and fails closed.

A try is written down before the password is looked at and counts as wrong until it was right. Of tries at the same
moment none slips through: each sees all that were written before it. The answer is the same, and takes as long,
whether or not the email has an account.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import SignInAttempt
from app.identity.services import people, sessions
from app.kernel import clock
from app.kernel.ids import uuid7
from app.platform import commands
from app.platform.database import db

WINDOW = timedelta(minutes=5)
WRONG_PER_ACCOUNT = 5
WRONG_PER_ADDRESS = 10
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Refused:
    """Not signed in. `retry_after`: seconds to wait when there were too many wrong tries, else None."""

    retry_after: int | None = None


def sign_in(*, email: str, password: str, address: str) -> str | Refused:
    """The secret of a new session, or why not. Opens its own transactions: hashing happens between them."""
    key = people.email_key(email)[: people.EMAIL_LENGTH]
    wait = _wait(key, address, allowed_more=1)
    if wait is not None:
        return Refused(wait)
    attempt_id = _write_down(key, address)
    wait = _wait(key, address, allowed_more=0)
    if wait is not None:
        _strike_out(attempt_id)
        return Refused(wait)
    return _check(email, password, attempt_id)


def _check(email: str, password: str, attempt_id: UUID) -> str | Refused:
    person = people.find(email)
    known = person.password_hash if person is not None else None
    person_id = person.id if person is not None and person.deactivated_at is None else None
    db.session.rollback()  # no transaction is open while hashing
    if not people.is_password(known, password) or known is None or person_id is None:
        return Refused()
    renewed = people.hash_password(password) if people.outdated(known) else None
    with commands.transaction():
        _succeed(attempt_id)
        if renewed is not None:
            people.keep_hash(person_id, old=known, new=renewed)
        return sessions.begin(person_id)


def _write_down(key: str, address: str) -> UUID:
    attempt = SignInAttempt(id=uuid7(), email_key=key, address=address, at=clock.now(), succeeded=False)
    attempt_id = attempt.id
    with commands.transaction():
        db.session.add(attempt)
    return attempt_id


def _strike_out(attempt_id: UUID) -> None:
    with commands.transaction():
        db.session.execute(sa.delete(SignInAttempt).where(SignInAttempt.id == attempt_id))


def _succeed(attempt_id: UUID) -> None:
    at = clock.now()
    db.session.execute(sa.update(SignInAttempt).where(SignInAttempt.id == attempt_id).values(succeeded=True))
    db.session.execute(sa.delete(SignInAttempt).where(SignInAttempt.at < at - KEPT))


def _wait(key: str, address: str, *, allowed_more: int) -> int | None:
    """Seconds until another try is allowed, None when it is now.

    allowed_more:  1 before the try is written down, 0 after
    """
    of_account = takewhile(lambda row: not row.succeeded, _recent(SignInAttempt.email_key == key))
    of_address = (row for row in _recent(SignInAttempt.address == address) if not row.succeeded)
    waits = (
        _wait_for([row.at for row in of_account], WRONG_PER_ACCOUNT - allowed_more),
        _wait_for([row.at for row in of_address], WRONG_PER_ADDRESS - allowed_more),
    )
    return max((wait for wait in waits if wait is not None), default=None)


def _wait_for(wrong: list[datetime], allowed: int) -> int | None:
    """wrong: newest first. The one that must grow old is the one that `allowed` newer ones leave over."""
    if len(wrong) <= allowed:
        return None
    left = wrong[allowed] + WINDOW - clock.now()
    return max(1, -(-int(left.total_seconds() * 1000) // 1000))


def _recent(which: sa.ColumnElement[bool]) -> Iterable[sa.Row[datetime, bool]]:
    """Tries of the last five minutes, newest first."""
    return db.session.execute(
        sa.select(SignInAttempt.at, SignInAttempt.succeeded)
        .where(which, SignInAttempt.at > clock.now() - WINDOW)
        .order_by(SignInAttempt.at.desc(), SignInAttempt.id.desc())
    ).all()

"""The authority on signing in: a try is counted before the password is looked at (attempts.py), and fails closed.

The answer is the same, and takes as long, whether or not the email has an account.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Person
from app.identity.services import attempts, people, second_factors, sessions
from app.platform import commands
from app.platform.database import db

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Refused:
    """Not signed in. `retry_after`: seconds to wait when there were too many wrong tries, else None."""

    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class NeedsSecondFactor:
    """The password was right and does not suffice: a code or a passkey is asked for next."""

    person_id: UUID


def sign_in(
    *, email: str, password: str, address: str, browser: str | None = None
) -> str | NeedsSecondFactor | Refused:
    """The secret of a new session, that a second step is needed, or why not.

    Opens its own transactions: hashing happens between them.
    """

    def go_on(person_id: UUID) -> str | NeedsSecondFactor:
        if second_factors.asked_after_password(person_id):
            return NeedsSecondFactor(person_id)
        return sessions.begin(person_id, address=address, browser=browser)

    begun = attempts.begin(people.email_key(email)[: people.EMAIL_LENGTH], address)
    return Refused(begun) if isinstance(begun, int) else _check(email, password, begun, go_on)


def prove(person_id: UUID, *, email: str, password: str, address: str) -> UUID | Refused:
    """Who somebody is who is signed in and asked for the password again. Opens its own transactions.

    Counted apart from tries at the door: a stranger who mistypes this email keeps its person from nothing.
    """
    begun = attempts.begin(f"PROOF {person_id}", address)  # in capitals, so that nobody can type it as an email
    return Refused(begun) if isinstance(begun, int) else _check(email, password, begun, lambda found: found)


def _check(email: str, password: str, attempt_id: UUID, go_on: Callable[[UUID], _T]) -> _T | Refused:
    person = people.find(email)
    known = person.password_hash if person is not None else None
    person_id = person.id if person is not None and person.deactivated_at is None else None
    db.session.rollback()  # no transaction is open while hashing
    if not people.is_password(known, password) or known is None or person_id is None:
        return Refused()
    renewed = people.hash_password(password) if people.outdated(known) else None
    with commands.transaction():
        if not _is_still(person_id, known):
            return Refused()
        attempts.succeed(attempt_id)
        if renewed is not None:
            people.keep_hash(person_id, old=known, new=renewed)
        return go_on(person_id)


def _is_still(person_id: UUID, known: str) -> bool:
    """Whether the password that was right is the one: it may have been reset while it was being looked at."""
    now = db.session.scalar(
        sa.select(Person.password_hash)
        .where(Person.id == person_id, Person.deactivated_at.is_(None))
        .with_for_update(key_share=True)
    )
    return now == known

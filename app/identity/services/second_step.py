"""The authority on the second step of signing in: no session exists before it, and wrong codes are counted.

Counted per person, in the database, across all challenges: starting over with the right password forgives nothing,
only a right code does. A passkey cannot be guessed and is not counted, so that its owner always gets in.
"""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Person
from app.identity.services import (
    account_security,
    attempts,
    authenticators,
    challenges,
    passkeys,
    recovery_codes,
    sessions,
)
from app.identity.services.account_security import Self
from app.identity.services.challenges import SECOND_FACTOR
from app.identity.services.sign_in import Refused
from app.kernel.errors import Conflict
from app.platform import commands
from app.platform.database import db


@dataclass(frozen=True, slots=True)
class Visit:
    """From where somebody comes, and the secret of the challenge that their browser holds."""

    secret: str
    address: str
    browser: str | None


class Over(Conflict):
    """Nobody waits at the second step with this secret: too late, or somebody was faster. Start with the password."""

    code = "second_step_over"

    def __init__(self) -> None:
        super().__init__("That took too long. Sign in again, please.")


def begin(person_id: UUID) -> str:
    """The password was right: the secret with which the second step is taken, for ten minutes."""
    return challenges.begin(SECOND_FACTOR, person_id=person_id)


def asked(secret: str) -> UUID:
    """Who is at the second step with this secret.

    raises: Over
    """
    known = challenges.find(SECOND_FACTOR, secret)
    if known is None or known.person_id is None:
        raise Over
    return known.person_id


def by_code(visit: Visit, *, code: str) -> str | Refused:
    """The secret of a new session, for a code of the app or a recovery code. Opens its own transactions.

    raises: Over, Unreadable
    """
    person_id = asked(visit.secret)
    begun = attempts.begin(_key(person_id), visit.address)
    if isinstance(begun, int):
        return Refused(begun)
    return commands.carry_out(lambda: _check(visit, person_id, begun, code))


def prove(me: Self, *, code: str) -> Refused | None:
    """Somebody who is signed in proves again who they are, after the password: None when the code is right.

    Counted apart from the second step of signing in. Opens its own transactions.
    raises: Unreadable
    """
    begun = attempts.begin(f"PROOF SECOND {me.person_id}", me.address or "unknown")
    if isinstance(begun, int):
        return Refused(begun)
    return commands.carry_out(lambda: _prove(me, begun, code))


def by_passkey(visit: Visit, *, passkey_secret: str, credential: str) -> str:
    """The secret of a new session, for a passkey of the same person. Opens its own transactions.

    passkey_secret: of the challenge that the passkey signed; it is spent, whatever comes of it
    raises:         Over, NotProven
    """
    person_id = asked(visit.secret)
    challenge = commands.carry_out(lambda: challenges.use(challenges.PASSKEY_SIGN_IN, passkey_secret))
    if challenge is None or challenge.person_id != person_id:
        raise passkeys.NotProven

    def enter() -> str:
        passkeys.prove(challenge, credential=credential)
        return _let_in(visit, person_id)

    return commands.carry_out(enter)


def _check(visit: Visit, person_id: UUID, attempt_id: UUID, code: str) -> str | Refused:
    recovered = recovery_codes.use(person_id, code)
    if not recovered and not authenticators.use(person_id, code=code):
        return Refused()
    secret = _let_in(visit, person_id)
    attempts.succeed(attempt_id)
    if recovered:
        account_security.note_code_used(_self(person_id, visit))
    return secret


def _prove(me: Self, attempt_id: UUID, code: str) -> Refused | None:
    recovered = recovery_codes.use(me.person_id, code)
    if not recovered and not authenticators.use(me.person_id, code=code):
        return Refused()
    attempts.succeed(attempt_id)
    if recovered:
        account_security.note_code_used(me)
    return None


def _let_in(visit: Visit, person_id: UUID) -> str:
    if challenges.use(SECOND_FACTOR, visit.secret) is None:
        raise Over
    return sessions.begin(person_id, address=visit.address, browser=visit.browser)


def _self(person_id: UUID, visit: Visit) -> Self:
    person = db.session.execute(sa.select(Person.name, Person.email).where(Person.id == person_id)).one()
    return Self(person_id, person.name, person.email, visit.address)


def _key(person_id: UUID) -> str:
    """Under which the tries are counted. In capitals, so that nobody can type it as an email."""
    return f"SECOND {person_id}"

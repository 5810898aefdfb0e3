"""The authority on authenticator apps: TOTP (RFC 6238), six digits, thirty seconds, SHA-1 as every app knows it.

A secret is kept encrypted and is in force once a code of it was typed. A code is good for its own half minute and for
one before and after, and works once.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp
import sqlalchemy as sa

from app.identity.models import Authenticator
from app.kernel import clock
from app.kernel.errors import Conflict, Invalid
from app.platform import secrets_box
from app.platform.database import db

STEP_SECONDS = 30
DIGITS = 6
_SECRET_LETTERS = 32  # base32: 160 bits
_ISSUER = "BatchTrack"
_WINDOW = (-1, 0, 1)


@dataclass(frozen=True, slots=True)
class Setup:
    """What an app must be told: the secret in base32, and the same as an address that a QR code holds."""

    secret: str
    uri: str


class Unreadable(Conflict):
    """SECRET_KEY is not the one with which the secret was encrypted: no code of the app can be checked."""

    code = "authenticator_unreadable"

    def __init__(self) -> None:
        super().__init__(
            "Codes of your authenticator app cannot be checked: this installation's secret key was changed. "
            "Use a recovery code or a passkey, then turn the app off and on again."
        )


def begin(person_id: UUID) -> None:
    """Make a new secret, which waits for its first code. One that waited is replaced.

    raises: Conflict `already_on`
    """
    known = _locked(person_id)
    if known is not None and known.confirmed_at is not None:
        raise Conflict("An authenticator app is on already.", code="already_on")
    if known is None:
        known = Authenticator(person_id=person_id)
        db.session.add(known)
    known.secret = secrets_box.seal(pyotp.random_base32(_SECRET_LETTERS).encode())
    known.created_at = clock.now()
    db.session.flush()


def waiting(person_id: UUID, *, email: str) -> Setup | None:
    """The secret that waits for its first code. `email`: how the app shall call the account."""
    sealed = db.session.scalar(
        sa.select(Authenticator.secret).where(
            Authenticator.person_id == person_id, Authenticator.confirmed_at.is_(None)
        )
    )
    if sealed is None:
        return None
    try:
        secret = _opened(sealed)
    except Unreadable:
        return None  # it is begun anew
    return Setup(secret, pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=_ISSUER))


def confirm(person_id: UUID, *, code: str) -> None:
    """Put the waiting secret in force: the person's app shows its codes.

    raises: Conflict `not_waiting`; Invalid on `code`; Unreadable
    """
    known = _locked(person_id)
    if known is None or known.confirmed_at is not None:
        raise Conflict("Nothing waits for a code.", code="not_waiting")
    step = _step_of(_opened(known.secret), code)
    if step is None:
        raise Invalid.field("code", "That is not the code that the app shows now. Type the next one.")
    known.confirmed_at, known.last_step = clock.now(), step
    db.session.flush()


def use(person_id: UUID, *, code: str) -> bool:
    """Whether `code` is one of the app's, now and for the first time. Of two at the same moment one is right.

    raises: Unreadable
    """
    sealed = db.session.scalar(
        sa.select(Authenticator.secret).where(
            Authenticator.person_id == person_id, Authenticator.confirmed_at.is_not(None)
        )
    )
    step = None if sealed is None else _step_of(_opened(sealed), code)
    if step is None:
        return False
    fresh = sa.or_(Authenticator.last_step.is_(None), Authenticator.last_step < step)
    taken = db.session.execute(
        sa.update(Authenticator).where(Authenticator.person_id == person_id, fresh).values(last_step=step)
    )
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def remove(person_id: UUID) -> bool:
    """Take the app away, confirmed or not; whether one was in force."""
    known = _locked(person_id)
    if known is None:
        return False
    was_on = known.confirmed_at is not None
    db.session.delete(known)
    db.session.flush()
    return was_on


def remove_since(person_id: UUID, at: datetime) -> None:
    """Take the app away when it was set up or put in force then or later."""
    known = _locked(person_id)
    if known is not None and (known.confirmed_at or known.created_at) >= at:
        db.session.delete(known)
        db.session.flush()


def _opened(sealed: bytes) -> str:
    try:
        return secrets_box.open_(sealed).decode()
    except secrets_box.WrongSecret as error:
        raise Unreadable from error


def _locked(person_id: UUID) -> Authenticator | None:
    return db.session.scalar(
        sa.select(Authenticator)
        .where(Authenticator.person_id == person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _step_of(secret: str, typed: str) -> int | None:
    """The half minute whose code this is."""
    code = "".join(typed.split())
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    app, now = pyotp.HOTP(secret, digits=DIGITS), int(clock.now().timestamp()) // STEP_SECONDS
    return next((now + by for by in _WINDOW if pyotp.utils.strings_equal(app.at(now + by), code)), None)

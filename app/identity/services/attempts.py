"""The authority on tries at the door: each is a row, so that several workers agree, and wrong until it was right.

A try is written down before it is looked at. Of tries at the same moment none slips through: each sees all that were
written before it. How long wrong ones make wait is tries.py's word.
"""

from datetime import datetime
from itertools import takewhile
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import SignInAttempt
from app.identity.services import tries
from app.kernel import clock
from app.kernel.ids import uuid7
from app.platform import commands, rate
from app.platform.database import db


def begin(key: str, address: str) -> UUID | int:
    """Write a try down and give its id; or, when one is not allowed now, the seconds until it is.

    key:      whose tries are counted together: an email's key, or a word that is none
    address:  counted by its network: whoever has an IPv6 address has millions
    Opens its own transactions.
    """
    sender = rate.network(address)
    wait = _wait(key, sender)
    if wait is not None:
        return wait
    attempt_id = _write_down(key, sender)
    wait = _wait(key, sender, besides=attempt_id)
    if wait is not None:
        _strike_out(attempt_id)
        return wait
    return attempt_id


def succeed(attempt_id: UUID) -> None:
    """The try was right: in the transaction that is open. Sweeps out what no longer counts."""
    at = clock.now()
    db.session.execute(sa.update(SignInAttempt).where(SignInAttempt.id == attempt_id).values(succeeded=True))
    db.session.execute(sa.delete(SignInAttempt).where(SignInAttempt.at < at - tries.REMEMBERED))


def forget_wrong(key: str) -> None:
    """The account's wrong tries no longer count: its password was reset by mail."""
    wrong = (SignInAttempt.email_key == key) & ~SignInAttempt.succeeded
    db.session.execute(sa.delete(SignInAttempt).where(wrong))


def _write_down(key: str, address: str) -> UUID:
    attempt_id = uuid7()
    with commands.transaction():
        db.session.add(SignInAttempt(id=attempt_id, email_key=key, address=address, at=clock.now(), succeeded=False))
    return attempt_id


def _strike_out(attempt_id: UUID) -> None:
    with commands.transaction():
        db.session.execute(sa.delete(SignInAttempt).where(SignInAttempt.id == attempt_id))


def _wait(key: str, address: str, *, besides: UUID | None = None) -> int | None:
    """Seconds until another try is allowed, None when it is now.

    besides:  the try that asks, once it is written down
    """
    at = clock.now()
    in_a_row = takewhile(lambda row: not row.succeeded, _remembered(SignInAttempt.email_key == key, besides))
    of_address = (row for row in _remembered(SignInAttempt.address == address, besides) if not row.succeeded)
    waits = (
        tries.wait_of_account([row.at for row in in_a_row], at),
        tries.wait_of_address([row.at for row in of_address], at),
    )
    return max((wait for wait in waits if wait is not None), default=None)


def _remembered(which: sa.ColumnElement[bool], besides: UUID | None) -> list[sa.Row[datetime, bool]]:
    """Tries of the last day, newest first."""
    others = SignInAttempt.id != besides if besides is not None else sa.true()
    return list(
        db.session.execute(
            sa.select(SignInAttempt.at, SignInAttempt.succeeded)
            .where(which, others, SignInAttempt.at > clock.now() - tries.REMEMBERED)
            .order_by(SignInAttempt.at.desc(), SignInAttempt.id.desc())
        )
    )

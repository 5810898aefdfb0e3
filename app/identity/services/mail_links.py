"""The authority on links in mails: each opens once, for a while, and only while the password is the one that it was.

One kind outlives the password: what takes a thief's second factor away again, since the thief knows the password and
changes it. It gives nobody anything but that, and goes to an email that was verified.

What is in the mail is the signature of a row's id (platform/links.py); nothing in the database opens anything.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import MailLink, Person
from app.kernel import clock
from app.kernel.errors import NotFound
from app.kernel.ids import uuid7
from app.platform import links
from app.platform.database import db


class Purpose(StrEnum):
    """What a link is for. One for something else opens nothing."""

    CHANGE_EMAIL = "change_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a word, not a secret
    SIGN_UP = "sign_up"
    UNDO_FACTOR = "undo_factor"
    VERIFY_EMAIL = "verify_email"


LASTS = {
    Purpose.CHANGE_EMAIL: timedelta(hours=24),
    Purpose.RESET_PASSWORD: timedelta(minutes=30),
    Purpose.SIGN_UP: timedelta(hours=24),
    Purpose.UNDO_FACTOR: timedelta(days=7),
    Purpose.VERIFY_EMAIL: timedelta(hours=24),
}
_OUTLIVES_THE_PASSWORD = frozenset({Purpose.UNDO_FACTOR})
MAILS_AT_MOST = 3
_COUNTED = timedelta(hours=1)
_KEPT = timedelta(days=7)


class UselessLink(NotFound):
    """Never was, was used, is too old, or the password is another by now: nobody learns which."""

    code = "useless_link"


def make(
    purpose: Purpose, *, email: str, person: Person | None = None, details: Mapping[str, Any] | None = None
) -> MailLink:
    """A new link. With neither person nor details it opens nothing: the same work for an email without an account.

    email:    to which it is mailed
    details:  JSON-able; kept until the link is used or swept out, a week after its end
    """
    at = clock.now()
    db.session.execute(sa.delete(MailLink).where(MailLink.expires_at < at - _KEPT))
    link = MailLink(
        id=uuid7(),
        purpose=str(purpose),
        person_id=None if person is None else person.id,
        email=email,
        details=None if details is None else json.dumps(dict(details)),
        password_stamp=None if person is None else _stamp(person.password_hash),
        created_at=at,
        expires_at=at + LASTS[purpose],
    )
    db.session.add(link)
    db.session.flush()
    return link


def is_enough(purpose: Purpose, email: str, *, most: int = MAILS_AT_MOST) -> bool:
    """Whether so many mails for this are on their way to the email that no further one goes out for a while.

    email:  its key, as the links were made with

    Those that were sent still open what they are for, so that asking in somebody's name keeps nobody out.
    """
    since = clock.now() - min(_COUNTED, LASTS[purpose])
    count = db.session.scalar(
        sa.select(sa.func.count()).where(
            MailLink.purpose == str(purpose),
            MailLink.email == email,
            MailLink.created_at > since,
            MailLink.used_at.is_(None),
        )
    )
    return (count or 0) >= most


def find(purpose: Purpose, text: str) -> MailLink:
    """The link, still unused.

    raises: UselessLink
    """
    link = _look(purpose, text)
    _require_good(link)
    return link


def use(purpose: Purpose, text: str) -> MailLink:
    """Take the link: it opens nothing from now on. Of several takers at the same moment one gets it.

    Locks the person first, then the link: the order of everything that changes a password.
    raises: UselessLink
    """
    link = _look(purpose, text)
    _require_good(link, lock=True)
    taken = db.session.execute(
        sa.update(MailLink)
        .where(MailLink.id == link.id, MailLink.used_at.is_(None))
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise _useless()
    return link


def details_of(link: MailLink) -> dict[str, Any]:
    """What it was made with."""
    said: dict[str, Any] = json.loads(link.details or "{}")
    return said


def forget_details(link: MailLink) -> None:
    """What was typed is where it belongs now."""
    db.session.execute(sa.update(MailLink).where(MailLink.id == link.id).values(details=None))


def void(person_id: UUID) -> None:
    """Close every open link of a person but those that outlive it: the password or the email is another."""
    _close(person_id, MailLink.purpose.not_in(_OUTLIVES_THE_PASSWORD))


def void_of(person_id: UUID, purpose: Purpose) -> None:
    """Close every open link of a person for this."""
    _close(person_id, MailLink.purpose == str(purpose))


def _close(person_id: UUID, which: sa.ColumnElement[bool]) -> None:
    db.session.execute(
        sa.update(MailLink)
        .where(MailLink.person_id == person_id, MailLink.used_at.is_(None), which)
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _look(purpose: Purpose, text: str) -> MailLink:
    link_id = links.read(str(purpose), text)
    link = None
    if link_id is not None:
        link = db.session.scalar(
            sa.select(MailLink)
            .where(
                MailLink.id == link_id,
                MailLink.purpose == str(purpose),
                MailLink.used_at.is_(None),
                MailLink.expires_at > clock.now(),
                sa.or_(MailLink.person_id.is_not(None), MailLink.details.is_not(None)),
            )
            .execution_options(populate_existing=True)
        )
    if link is None:
        raise _useless()
    return link


def _require_good(link: MailLink, *, lock: bool = False) -> None:
    """Pass while the person is active and the password the one that it was."""
    if link.person_id is None:
        return
    now = _stamp_now(link.person_id, lock=lock)
    if now is None or (now != link.password_stamp and link.purpose not in _OUTLIVES_THE_PASSWORD):
        raise _useless()


def _stamp_now(person_id: UUID, *, lock: bool = False) -> bytes | None:
    """Of the password as it is; None for somebody who was deactivated."""
    asked = sa.select(Person.password_hash).where(Person.id == person_id, Person.deactivated_at.is_(None))
    known = db.session.scalar(asked.with_for_update(key_share=True) if lock else asked)
    return None if known is None else _stamp(known)


def _stamp(password_hash: str) -> bytes:
    return hashlib.sha256(password_hash.encode()).digest()


def _useless() -> UselessLink:
    return UselessLink("This link opens nothing any more.")

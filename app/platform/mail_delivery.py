"""The authority on sending what waits: takes one mail at a time with a lease, sends it, writes down what came of it.

Nothing is sent that was not committed, since only what was committed is seen here; nothing is lost when a worker is
killed, since its lease runs out and another takes the mail. A mail may go twice when a worker dies between the server's
yes and our writing it down; both have the same Message-ID.
"""

import logging
import re
import smtplib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from uuid import UUID

import jinja2
import sqlalchemy as sa
from flask import current_app

from app.kernel import clock
from app.platform import commands, mail_writing, smtp
from app.platform.database import db
from app.platform.models import OutgoingMail

Send = Callable[[EmailMessage], None]

TRIES = 8
LEASE = timedelta(minutes=2)
KEPT, FAILED_KEPT = timedelta(days=30), timedelta(days=90)
_WAITS_AFTER = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480)]  # the last again and again
_MOST_AT_ONCE = 100
_SERVER_AWAY = (
    smtplib.SMTPConnectError,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPServerDisconnected,
    smtp.NotPrivate,
)
_FAILURES = (jinja2.TemplateError, ValueError, smtp.NotPrivate, OSError)  # smtplib's own are OSErrors
_ENHANCED_CODE = re.compile(rb"\A[245]\.\d{1,3}\.\d{1,3}")
_log = logging.getLogger(__name__)
_WAITING = OutgoingMail.sent_at.is_(None) & OutgoingMail.failed_at.is_(None)


def deliver() -> int:
    """Send what is due; how many went. Without SMTP_URL nothing goes, and all of it waits.

    Stops at the first sign that the server itself does not answer: the rest would only wait for the same.
    """
    if not current_app.config["SMTP_URL"]:
        return 0
    sent = 0
    for _ in range(_MOST_AT_ONCE):
        mail = _take()
        if mail is None:
            break
        error = _try(mail, _sender())
        sent += error is None
        if _is_away(error):
            break
    return sent


def deliver_one(mail_id: UUID) -> str | None:
    """Send this mail now, due or not; why not, when it did not go.

    raises: LookupError when it is not waiting; BadConfiguration without SMTP_URL
    """
    send, mail = _sender(), _take(OutgoingMail.id == mail_id)
    if mail is None:
        raise LookupError("That mail is not waiting.")
    error = _try(mail, send)
    return _said(error) if error is not None else None


def waiting(last: int) -> Sequence[OutgoingMail]:
    """Mails that have not gone, newest first, given up or not."""
    newest = sa.select(OutgoingMail).where(OutgoingMail.sent_at.is_(None))
    return db.session.scalars(newest.order_by(OutgoingMail.id.desc()).limit(last)).all()


def forget_old() -> int:
    """Delete mails that went thirty days ago, and those given up ninety days ago; how many."""
    at = clock.now()
    gone = (OutgoingMail.sent_at < at - KEPT) | (OutgoingMail.failed_at < at - FAILED_KEPT)
    with commands.transaction():
        found = db.session.scalars(sa.delete(OutgoingMail).where(gone).returning(OutgoingMail.id)).all()
    return len(found)


def _sender() -> Send:
    return smtp.sender(current_app.config["SMTP_URL"], mail_writing.own_name())


def _is_away(error: Exception | None) -> bool:
    """The server, not this mail, is the trouble."""
    of_this_mail = isinstance(error, smtplib.SMTPException | jinja2.TemplateError)  # both know OSErrors
    return isinstance(error, _SERVER_AWAY) or (isinstance(error, OSError) and not of_this_mail)


def _take(which: sa.ColumnElement[bool] | None = None) -> OutgoingMail | None:
    """The mail that waits longest (or `which`), ours for the length of the lease, with this try counted."""
    at = clock.now()
    due = OutgoingMail.not_before <= at if which is None else which
    with commands.transaction():
        mail = db.session.scalars(
            sa.select(OutgoingMail)
            .where(_WAITING, due)
            .order_by(OutgoingMail.not_before, OutgoingMail.id)
            .limit(1)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        ).first()
        if mail is None:
            return None
        mail.not_before, mail.attempts = at + LEASE, mail.attempts + 1
        db.session.flush()
        db.session.expunge(mail)
    return mail


def _try(mail: OutgoingMail, send: Send) -> Exception | None:
    """Send it, and write down what came of it."""
    try:
        if mail.attempts > TRIES:
            raise mail_writing.Unsendable("each try was broken off in the middle")
        send(mail_writing.message(mail, mail_writing.letter(mail)))
    except _FAILURES as error:
        _put_off(mail, error)
        return error
    _write(mail, sent_at=clock.now(), last_error=None)
    return None


def _put_off(mail: OutgoingMail, error: Exception) -> None:
    """Try again later, each time a longer while; after the last, or when no try will help, give up."""
    at, said = clock.now(), _said(error)
    if mail.attempts >= TRIES or isinstance(error, mail_writing.NoAddress):
        _log.error("mail %s (%s) is given up after %s tries: %s", mail.id, mail.template, mail.attempts, said)
        _write(mail, failed_at=at, last_error=said)
        return
    _log.warning("mail %s (%s) did not go, try %s: %s", mail.id, mail.template, mail.attempts, said)
    _write(mail, not_before=at + _WAITS_AFTER[min(mail.attempts, len(_WAITS_AFTER)) - 1], last_error=said)


def _write(mail: OutgoingMail, **values: datetime | str | None) -> None:
    with commands.transaction():
        db.session.execute(
            sa.update(OutgoingMail).where(OutgoingMail.id == mail.id, OutgoingMail.sent_at.is_(None)).values(values)
        )


def _said(error: Exception) -> str:
    """What went wrong, without a password, a link, an address or the mail's words."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        error = smtplib.SMTPResponseException(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
        more = _ENHANCED_CODE.match(text)
        return f"the server answered {error.smtp_code}" + (f" {more[0].decode()}" if more else "")
    if isinstance(error, mail_writing.Unsendable | smtp.NotPrivate | jinja2.UndefinedError):
        return str(error)
    return type(error).__name__

"""The authority on mails that go out: a row in the transaction of what it tells of; it is sent after the commit.

A template is a pair below templates/: `<template>.txt`, whose first line is `Subject: ...`, and `<template>.html`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.kernel import clock
from app.kernel.ids import uuid7
from app.platform import jobs, words
from app.platform.database import db
from app.platform.models import OutgoingMail

DELIVER = "mail.deliver"
"""The task that sends what waits: rung for after the commit, and run every few seconds besides."""

_WAITS = "mail_waits"


@dataclass(frozen=True, slots=True)
class Link:
    """What the mail's `{{ link }}` leads to: `path`, and the signature of `id` for `purpose` (see links.py)."""

    path: str
    purpose: str
    id: UUID


def queue(
    recipient: str,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    link: Link | None = None,
    locale: str | None = None,
) -> UUID:
    """Write down a mail; it goes when the transaction around it is committed, and is tried again when it fails.

    template: "identity/mail/reset_password"
    context:  JSON-able; no secrets: it is kept
    locale:   of the recipient, a key of words.LOCALES; None: that of who asks
    returns:  the id of its row
    """
    now = clock.now()
    mail_id = uuid7()
    db.session.add(
        OutgoingMail(
            id=mail_id,
            recipient=recipient,
            template=template,
            context=json.dumps({"locale": locale or str(words.locale()), **(context or {})}),
            link_path=link.path if link else None,
            link_purpose=link.purpose if link else None,
            link_id=link.id if link else None,
            created_at=now,
            not_before=now,
            attempts=0,
        )
    )
    db.session.flush()
    db.session().info[_WAITS] = True
    return mail_id


@event.listens_for(db.session, "after_commit")
def _ring(session: Session) -> None:
    if not session.in_nested_transaction() and session.info.pop(_WAITS, False):
        jobs.ring(current_app._get_current_object(), DELIVER)  # type: ignore[attr-defined]


@event.listens_for(db.session, "after_rollback")
def _forget(session: Session) -> None:
    if not session.in_nested_transaction():  # what was queued before a savepoint still waits
        session.info.pop(_WAITS, None)

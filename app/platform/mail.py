"""The authority on mails that go out: a row in the transaction of what it tells of; it is sent after the commit.

A template is a pair below templates/: `<template>.txt`, whose first line is `Subject: ...`, and `<template>.html`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.kernel import clock
from app.platform.database import db
from app.platform.models import OutgoingMail


@dataclass(frozen=True, slots=True)
class Link:
    """What the mail's `{{ link }}` leads to: `path`, and the signature of `id` for `purpose` (see links.py)."""

    path: str
    purpose: str
    id: UUID


def queue(recipient: str, template: str, context: Mapping[str, Any] | None = None, *, link: Link | None = None) -> None:
    """Write down a mail; it goes when the transaction around it is committed, and is tried again when it fails.

    template: "identity/mail/reset_password"
    context:  JSON-able; no secrets: it is kept
    """
    now = clock.now()
    db.session.add(
        OutgoingMail(
            recipient=recipient,
            template=template,
            context=json.dumps(dict(context or {})),
            link_path=link.path if link else None,
            link_purpose=link.purpose if link else None,
            link_id=link.id if link else None,
            created_at=now,
            not_before=now,
            attempts=0,
        )
    )
    db.session.flush()

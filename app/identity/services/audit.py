"""The authority on the audit log: who did what, from where, what was before and after, and why. Only ever adds.

Each organization has one chain: an event's hash covers the one before it, and the database refuses any change. Events
name people by id; names are looked up when the log is read, so that a person can be forgotten and the chain holds.
source: docs/domain/audit.md
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import AuditEvent, AuditHead, Membership
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.ids import uuid7
from app.platform import strict_json, tenancy
from app.platform.database import db

FORMAT = 1
HASHED = (
    "organization_id",
    "id",
    "sequence",
    "at",
    "person_id",
    "entry_point",
    "address",
    "developer_access_id",
    "action",
    "subject_kind",
    "subject_id",
    "before",
    "after",
    "reason",
)
"""What a hash covers, in this order."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about: its kind, such as person, role, token, lot, posting, plan; and its id."""

    kind: str
    id: UUID | str | None = None


@dataclass(frozen=True, slots=True)
class By:
    """Who did it when it was no actor: Stripe, the clock, whoever holds the machine; or a person outside."""

    organization_id: UUID
    entry_point: str
    person_id: UUID | None = None
    address: str | None = None
    developer_access: UUID | None = None


def record(
    by: Actor | By,
    action: str,
    subject: Subject,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Add an event to the organization's chain, in the transaction that is open. The last lock of its transaction.

    action:         area.what, such as members.role_changed
    before, after:  JSON-able; only what changed, no secrets, people by id
    """
    head = db.session.execute(
        sa.select(AuditHead.sequence, AuditHead.hash)
        .where(AuditHead.organization_id == by.organization_id)
        .with_for_update(key_share=True)
    ).one()
    event = AuditEvent(
        organization_id=by.organization_id,
        id=uuid7(),
        sequence=head.sequence + 1,
        at=clock.now(),
        person_id=by.person_id,
        entry_point=by.entry_point,
        address=by.address,
        developer_access_id=by.developer_access,
        action=action,
        subject_kind=subject.kind,
        subject_id=None if subject.id is None else str(subject.id),
        before=_text(before),
        after=_text(after),
        reason=reason,
        previous_hash=head.hash,
    )
    event.hash = hash_of({name: getattr(event, name) for name in HASHED}, head.hash)
    db.session.add(event)
    db.session.flush()


def record_for_person(
    person_id: UUID,
    action: str,
    subject: Subject | None = None,
    *,
    address: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    by_machine: bool = False,
) -> None:
    """Add what a person did to their own account to the chain of each organization of which they are a member.

    subject:    None is the person
    by_machine: it was not the person but whoever holds the machine
    Binds one organization after the other, always in the same order, so that two never wait for each other.
    """
    was_bound = tenancy.bound()
    places = db.session.scalars(
        sa.select(Membership.organization_id)
        .where(Membership.person_id == person_id, Membership.deactivated_at.is_(None))
        .order_by(Membership.organization_id)
    ).all()
    for organization_id in places:
        tenancy.bind(organization_id)
        by = By(organization_id, "cli") if by_machine else By(organization_id, "web", person_id, address)
        record(by, action, subject or Subject("person", person_id), before=before, after=after)
    if was_bound is not None:
        tenancy.bind(was_bound)


def hash_of(event: Mapping[str, Any], previous: bytes) -> bytes:
    """SHA-256 of the previous hash and the event's canonical JSON: UTC times with six digits, lower-case UUIDs."""
    body = strict_json.canonical({"format": FORMAT, "event": [plain(event[name]) for name in HASHED]})
    return hashlib.sha256(previous + body.encode()).digest()


def _text(said: Mapping[str, Any] | None) -> str | None:
    return None if said is None else strict_json.canonical(dict(said))


def plain(value: Any) -> Any:
    """A value of an event as the canonical JSON writes it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return str(value) if isinstance(value, UUID) else value

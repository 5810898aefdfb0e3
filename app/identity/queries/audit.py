"""What is read of the audit log: pages of events, the whole log as it is exported, its proof, its head."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.identity.models import (
    ApiToken,
    AuditEvent,
    AuditHead,
    DeveloperAccess,
    Invitation,
    Membership,
    OwnRole,
    Person,
)
from app.identity.services import audit, audit_proof
from app.identity.services.audit_proof import AuditProof
from app.kernel import ids
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import paging, snapshots, strict_json
from app.platform.database import db, execute, table
from app.platform.paging import Page

_AT_ONCE = 500
_ID_FIELDS = frozenset({"manager", "owner", "person", "role"})
"""What in `before` and `after` is an id of somebody or of a role; anything else is words, whatever it looks like."""


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event as people read it. `person_name`: None where no person did it, or the person was forgotten."""

    id: UUID
    sequence: int
    at: datetime
    person_id: UUID | None
    person_name: str | None
    entry_point: str
    address: str | None
    developer_access_id: UUID | None
    action: str
    subject_kind: str
    subject_id: str | None
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str | None
    hash: str


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events: of one person, of one area (`members`), on days from `since` through `until` in the zone."""

    person_id: UUID | None = None
    area: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """How far the chain has come."""

    events: int
    hash: str


def page(actor: Actor, wanted: EventFilter, *, limit: int, cursor: str | None = None) -> Page[EventRow]:
    """Events, newest first. raises: Forbidden; Invalid on `cursor`"""
    actor.require(Permission.AUDIT_VIEW)
    place = paging.place(cursor, int)
    older = AuditEvent.sequence < place[0] if place else sa.true()
    query = _events(actor, wanted).where(older).order_by(AuditEvent.sequence.desc()).limit(limit + 1)
    rows = [_event(row) for row in db.session.execute(query)]
    return paging.page(rows, limit, lambda row: (row.sequence,))


def whole(actor: Actor) -> Iterator[list[EventRow]]:
    """The whole log, oldest first, some hundred events at a time. raises: Forbidden"""
    actor.require(Permission.AUDIT_VIEW)
    mine = _events(actor, EventFilter()).order_by(AuditEvent.sequence).limit(_AT_ONCE)
    rows = [_event(row) for row in db.session.execute(mine)]
    while rows:
        yield rows
        rows = [_event(row) for row in db.session.execute(mine.where(AuditEvent.sequence > rows[-1].sequence))]


def names(actor: Actor, events: Iterable[EventRow]) -> dict[str, str]:
    """Names of the people, own roles and tokens of whom these events speak, and whom they invited; by id as text.

    Of people, only who was ever a member or came in as a developer user: no id that somebody wrote
    into an event says who it is elsewhere.
    """
    said = sorted({UUID(text) for event in events for text in _ids_in(event)})
    if not said:
        return {}
    person = table(Person)
    own = ((table(OwnRole), "name"), (table(ApiToken), "name"), (table(Invitation), "email"))
    query = sa.union_all(
        sa.select(person.c.id, person.c.name.label("name")).where(
            person.c.id.in_(said), person.c.id.in_(_known_here(actor))
        ),
        *(
            sa.select(rows.c.id, rows.c[name]).where(
                rows.c.organization_id == actor.organization_id, rows.c.id.in_(said)
            )
            for rows, name in own
        ),
    )
    return {str(row.id): row.name for row in execute(query)}


def people(actor: Actor) -> dict[str, str]:
    """Who can stand in the log: members, former ones too, and developer users who came in. Names by id as text."""
    query = sa.select(Person.id, Person.name).where(Person.id.in_(_known_here(actor))).order_by(Person.name)
    return {str(row.id): row.name for row in db.session.execute(query)}


def _known_here(actor: Actor) -> "sa.CompoundSelect[UUID]":
    members = sa.select(Membership.person_id).where(Membership.organization_id == actor.organization_id)
    visitors = sa.select(DeveloperAccess.person_id).where(DeveloperAccess.organization_id == actor.organization_id)
    return members.union(visitors)


def head(actor: Actor) -> Head:
    """How far the actor's organization has come."""
    row = db.session.execute(
        sa.select(AuditHead.sequence, AuditHead.hash).where(AuditHead.organization_id == actor.organization_id)
    ).one()
    return Head(row.sequence, bytes(row.hash).hex())


def proof(organization_id: UUID) -> AuditProof:
    """Whether the log is whole, as it is at this moment."""
    with snapshots.of(organization_id):
        return audit_proof.prove(organization_id)


def exported(organization_id: UUID) -> Iterator[str]:
    """The log as it is at this moment: see `lines`."""
    with snapshots.of(organization_id):
        yield from lines(organization_id)


def lines(organization_id: UUID) -> Iterator[str]:
    """The log as lines of canonical JSON, one event each, oldest first: what its hash covers, and both hashes.

    In the transaction that is open, which is bound to the organization.
    """
    for event in audit_proof.events(organization_id):
        covered = {name: audit.plain(event[name]) for name in audit.HASHED}
        hashes = {name: bytes(event[name]).hex() for name in ("previous_hash", "hash")}
        yield strict_json.canonical(covered | hashes)


def _events(actor: Actor, wanted: EventFilter) -> sa.Select[AuditEvent, str]:
    query = (
        sa.select(AuditEvent, Person.name)
        .outerjoin(Person, Person.id == AuditEvent.person_id)
        .where(AuditEvent.organization_id == actor.organization_id)
    )
    if wanted.person_id:
        query = query.where(AuditEvent.person_id == wanted.person_id)
    if wanted.area:
        query = query.where(AuditEvent.action.startswith(f"{wanted.area}.", autoescape=True))
    if wanted.since:
        query = query.where(AuditEvent.at >= _midnight(wanted.since, actor.zone))
    if wanted.until:
        query = query.where(AuditEvent.at < _midnight(wanted.until + timedelta(days=1), actor.zone))
    return query


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))


def _event(row: Any) -> EventRow:
    event, person_name = row
    return EventRow(
        id=event.id,
        sequence=event.sequence,
        at=event.at,
        person_id=event.person_id,
        person_name=person_name,
        entry_point=event.entry_point,
        address=event.address,
        developer_access_id=event.developer_access_id,
        action=event.action,
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        before=json.loads(event.before or "{}"),
        after=json.loads(event.after or "{}"),
        reason=event.reason,
        hash=bytes(event.hash).hex(),
    )


def _ids_in(event: EventRow) -> Iterator[str]:
    named = [said[key] for said in (event.before, event.after) for key in _ID_FIELDS & said.keys()]
    for value in (event.subject_id, *named):
        if isinstance(value, str) and ids.parse(value):
            yield value

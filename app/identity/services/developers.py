"""The authority on developer users: people who look after the installation and belong to no organization by it.

One enters an organization for a stated reason and a limited time; whatever is asked for meanwhile is written to that
organization's audit log before it is answered. Without a visit a developer user is a stranger there.
source: docs/domain/audit.md, "Developer users"
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Developer, DeveloperAccess, Membership, Organization, Person
from app.identity.services import access, audit, organizations, permissions, roles, second_factors
from app.identity.services.access import Entry
from app.identity.services.audit import By, Subject
from app.identity.services.permissions import Plan
from app.identity.services.roles import Role
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.ids import uuid7
from app.kernel.words import phrase
from app.platform import mail, tenancy
from app.platform.database import db

MINUTES = (15, 30, 60, 120)
"""How long a visit may last."""

REASON_LENGTH = (10, 1_000)
_MAIL = "identity/mail/developer_entered"


@dataclass(frozen=True, slots=True)
class Visit:
    """A developer user inside an organization, and what every page says of it."""

    entry: Entry
    reason: str
    until: datetime


def add(person_id: UUID) -> None:
    """Make somebody a developer user.

    raises: Conflict `already_exists`
    """
    if is_developer(person_id):
        raise Conflict("This person is a developer user.", code="already_exists", field="email")
    db.session.add(Developer(person_id=person_id, created_at=clock.now()))
    db.session.flush()


def remove(person_id: UUID) -> None:
    """Take it away; visits end now. raises: NotFound"""
    if not is_developer(person_id):
        raise NotFound.field("email", "No developer user has this email.")
    for visited in _open(person_id):
        _end(visited, By(visited.organization_id, "cli", person_id, developer_access=visited.id))
    db.session.execute(sa.delete(Developer).where(Developer.person_id == person_id))


def everyone() -> list[tuple[Person, datetime]]:
    """The developer users and since when, by email."""
    query = sa.select(Person, Developer.created_at).join(Developer, Developer.person_id == Person.id)
    return [(person, since) for person, since in db.session.execute(query.order_by(Person.email_key))]


def is_developer(person_id: UUID) -> bool:
    """Whether this person looks after the installation."""
    return bool(db.session.scalar(sa.select(sa.exists().where(Developer.person_id == person_id))))


def enter(by_id: UUID, *, organization_id: UUID, reason: str, minutes: int, address: str | None) -> Organization:
    """Begin a visit: the organization's log says so, and its owners get a mail. One that was open ends.

    raises: NotFound for who is none; Invalid on `reason` or `minutes`; Conflict `is_member`, `closed` or
            `second_factor_missing`
    """
    organization = _may_enter(by_id, organization_id)
    reason = _checked(reason, minutes)
    now = clock.now()
    access_id = uuid7()
    by = By(organization_id, "web", by_id, address, access_id)
    tenancy.bind(organization_id)
    for visited in _open(by_id, organization_id):
        _end(visited, By(organization_id, "web", by_id, address, visited.id))
    db.session.add(
        DeveloperAccess(
            id=access_id,
            person_id=by_id,
            organization_id=organization_id,
            reason=reason,
            created_at=now,
            expires_at=now + timedelta(minutes=minutes),
        )
    )
    db.session.flush()
    _tell_owners(organization, by_id, reason, minutes)
    audit.record(by, "developer.entered", Subject("visit", access_id), after={"minutes": minutes}, reason=reason)
    return organization


def leave(by_id: UUID, *, organization_id: UUID, address: str | None) -> None:
    """End the visit; nothing happens when none is open."""
    for visited in _open(by_id, organization_id):
        _end(visited, By(organization_id, "web", by_id, address, visited.id))


def visit(person_id: UUID, slug: str) -> Visit | None:
    """The developer user's open visit to the organization of this slug; None when there is none, or it is over.

    Who is no developer user any more, or has no second factor any more, visits nothing.
    """
    row = db.session.execute(
        sa.select(DeveloperAccess, Person, Organization)
        .join(Developer, Developer.person_id == DeveloperAccess.person_id)
        .join(Person, Person.id == DeveloperAccess.person_id)
        .join(Organization, Organization.id == DeveloperAccess.organization_id)
        .where(Organization.slug == slug, Organization.closed_at.is_(None), _is_open(person_id))
        .order_by(DeveloperAccess.created_at.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None or not second_factors.has_any(person_id):
        return None
    visited, person, organization = row
    entry = Entry(_actor(visited, person, organization), organizations.facts(organization))
    return Visit(entry, visited.reason, visited.expires_at)


def note(actor: Actor, *, method: str, path: str) -> None:
    """Write down what a visiting developer user asks for, before it is answered."""
    said = {"method": method, "path": path}
    audit.record(actor, "developer.opened", Subject("visit", actor.developer_access), after=said)


def _actor(visited: DeveloperAccess, person: Person, organization: Organization) -> Actor:
    plan = Plan(organization.tier, read_only=access.is_read_only(organization))
    return Actor(
        person_id=person.id,
        person_name=person.name,
        organization_id=organization.id,
        permissions=permissions.effective(plan, roles.VISITING),
        entry_point="web",
        zone=organization.time_zone,
        currency=organization.currency,
        beyond_plan=permissions.beyond_plan(plan, roles.VISITING),
        read_only=plan.read_only,
        developer_access=visited.id,
    )


def _may_enter(person_id: UUID, organization_id: UUID) -> Organization:
    organization = db.session.get(Organization, organization_id, populate_existing=True)
    if organization is None or not is_developer(person_id):
        raise NotFound("That page does not exist.")
    if not second_factors.has_any(person_id):
        raise Conflict("Set up a second factor first.", code="second_factor_missing")
    if organization.closed_at is not None:
        raise Conflict("Its owner closed this organization.", code="closed")
    if access.by_id(person_id, organization_id, entry_point="web") is not None:
        raise Conflict("You are a member here: go in as one.", code="is_member")
    return organization


def _checked(reason: str, minutes: int) -> str:
    text, (shortest, longest) = reason.strip(), REASON_LENGTH
    if not shortest <= len(text) <= longest:
        raise Invalid.field(
            "reason",
            phrase(
                "Say why in %(shortest)s to %(longest)s characters: its owner reads it.",
                shortest=shortest,
                longest=f"{longest:,}",
            ),
        )
    if minutes not in MINUTES:
        raise Invalid.field(
            "minutes",
            phrase(
                "Must be %(choices)s or %(minutes)s minutes.",
                choices=", ".join(map(str, MINUTES[:-1])),
                minutes=MINUTES[-1],
            ),
        )
    return text


def _is_open(person_id: UUID) -> sa.ColumnElement[bool]:
    return sa.and_(
        DeveloperAccess.person_id == person_id,
        DeveloperAccess.ended_at.is_(None),
        DeveloperAccess.expires_at > clock.now(),
    )


def _open(person_id: UUID, organization_id: UUID | None = None) -> list[DeveloperAccess]:
    here = DeveloperAccess.organization_id == organization_id if organization_id else sa.true()
    query = sa.select(DeveloperAccess).where(_is_open(person_id), here)
    return list(db.session.scalars(query.order_by(DeveloperAccess.organization_id).with_for_update()))


def _end(visited: DeveloperAccess, by: By) -> None:
    visited.ended_at = clock.now()
    db.session.flush()
    tenancy.bind(visited.organization_id)
    audit.record(by, "developer.left", Subject("visit", visited.id))


def _tell_owners(organization: Organization, person_id: UUID, reason: str, minutes: int) -> None:
    name = db.session.scalars(sa.select(Person.name).where(Person.id == person_id)).one()
    owners = db.session.execute(
        sa.select(Person.email, Person.locale)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organization_id == organization.id,
            Membership.role == Role.OWNER,
            Membership.deactivated_at.is_(None),
        )
        .order_by(Person.id)
    )
    said = {"name": name, "organization": organization.name, "slug": organization.slug, "reason": reason}
    for email, locale in owners.all():
        mail.queue(email, _MAIL, said | {"minutes": minutes}, locale=locale or organization.locale)

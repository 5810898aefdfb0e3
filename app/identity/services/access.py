"""The authority on who gets in: person and organization to Actor. Reads global tables; binds nothing."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Membership, Organization, Person
from app.identity.services import organizations, permissions
from app.identity.services.organizations import OrganizationFacts
from app.kernel.actor import Actor
from app.platform.database import db


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody inside an organization."""

    actor: Actor
    organization: OrganizationFacts


def by_slug(person_id: UUID, slug: str, *, entry_point: str = "web") -> Entry | None:
    """The person in the organization of this slug; None when either is unknown, or they do not belong together."""
    return _enter(person_id, Organization.slug == slug, entry_point)


def by_id(person_id: UUID, organization_id: UUID, *, entry_point: str) -> Entry | None:
    """The person in the organization of this id."""
    return _enter(person_id, Organization.id == organization_id, entry_point)


def actor(
    person: Person, organization: Organization, role: str, *, entry_point: str, scopes: str | None = None
) -> Actor:
    """The actor that a member is, with the facts that services need."""
    return Actor(
        person_id=person.id,
        person_name=person.name,
        organization_id=organization.id,
        permissions=permissions.effective(tier=organization.tier, role=role, scopes=scopes),
        entry_point=entry_point,
        zone=organization.time_zone,
        currency=organization.currency,
        beyond_plan=permissions.beyond_plan(tier=organization.tier, role=role, scopes=scopes),
    )


def _enter(person_id: UUID, which: sa.ColumnElement[bool], entry_point: str) -> Entry | None:
    row = db.session.execute(
        sa.select(Person, Organization, Membership.role)
        .join(Membership, Membership.person_id == Person.id)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(Person.id == person_id, which, Membership.deactivated_at.is_(None), Person.deactivated_at.is_(None))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return None
    person, organization, role = row
    return Entry(actor(person, organization, role, entry_point=entry_point), organizations.facts(organization))

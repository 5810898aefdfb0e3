"""The authority on who gets in: person and organization to Actor. Binds the organization only to read an own role."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.identity.models import Membership, Organization, Person
from app.identity.services import organizations, permissions, roles
from app.identity.services.organizations import OrganizationFacts
from app.identity.services.permissions import Plan
from app.identity.services.roles import Role
from app.kernel.actor import Actor
from app.platform.database import db


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody inside an organization. `several`: they belong to others too."""

    actor: Actor
    organization: OrganizationFacts
    several: bool = False


def by_slug(person_id: UUID, slug: str, *, entry_point: str = "web") -> Entry | None:
    """The person in the organization of this slug; None when either is unknown, or they do not belong together."""
    return _enter(person_id, Organization.slug == slug, entry_point)


def by_id(person_id: UUID, organization_id: UUID, *, entry_point: str) -> Entry | None:
    """The person in the organization of this id."""
    return _enter(person_id, Organization.id == organization_id, entry_point)


def actor(
    person: Person, organization: Organization, role: str, *, entry_point: str, scopes: str | None = None
) -> Actor:
    """The actor that a member is, with the facts that services need. `role`: a template's name or an own role's id."""
    granted = roles.granted(organization.id, role) - (roles.NOT_IN_SAMPLES if organization.sample else frozenset())
    plan = Plan(organization.tier, read_only=is_read_only(organization))
    return Actor(
        person_id=person.id,
        person_name=person.name,
        organization_id=organization.id,
        permissions=permissions.effective(plan, granted, scopes),
        entry_point=entry_point,
        zone=organization.time_zone,
        currency=organization.currency,
        beyond_plan=permissions.beyond_plan(plan, granted, scopes),
        read_only=plan.read_only,
    )


def is_read_only(organization: Organization) -> bool:
    """Whether everything stays and nothing new is written: the plan lapsed, or the owner closed the organization."""
    return organization.read_only_since is not None or organization.closed_at is not None


def _enter(person_id: UUID, which: sa.ColumnElement[bool], entry_point: str) -> Entry | None:
    other = aliased(Membership)
    several = sa.exists().where(
        other.person_id == person_id,
        other.organization_id != Membership.organization_id,
        other.deactivated_at.is_(None),
    )
    row = db.session.execute(
        sa.select(Person, Organization, Membership.role, several)
        .join(Membership, Membership.person_id == Person.id)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(Person.id == person_id, which, Membership.deactivated_at.is_(None), Person.deactivated_at.is_(None))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return None
    person, organization, role, several_places = row
    if organization.closed_at is not None and role != Role.OWNER:
        return None
    made = actor(person, organization, role, entry_point=entry_point)
    return Entry(made, organizations.facts(organization), bool(several_places))

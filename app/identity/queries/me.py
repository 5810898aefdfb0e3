"""Who is asking, and where: one row, one statement."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Membership, Organization, Person
from app.kernel.actor import Actor
from app.platform.database import db


@dataclass(frozen=True, slots=True)
class Me:
    """Who is asking, and where."""

    person_id: UUID
    person_name: str
    email: str
    role: str
    organization_id: UUID
    slug: str
    organization_name: str
    time_zone: str
    currency: str
    locale: str
    tier: str


def me(actor: Actor) -> Me:
    """The actor's person, role and organization."""
    row = db.session.execute(
        sa.select(
            Person.id,
            Person.name,
            Person.email,
            Membership.role,
            Organization.id,
            Organization.slug,
            Organization.name,
            Organization.time_zone,
            Organization.currency,
            Organization.locale,
            Organization.tier,
        )
        .join(Membership, Membership.person_id == Person.id)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(Membership.organization_id == actor.organization_id, Membership.person_id == actor.person_id)
    ).one()
    return Me(*row)

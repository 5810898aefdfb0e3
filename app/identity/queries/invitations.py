"""What the page behind an invitation's link shows."""

from dataclasses import dataclass

import sqlalchemy as sa

from app.identity.models import Invitation, Organization, Person
from app.identity.services import plain_words
from app.identity.services.roles import NAMES, Role
from app.platform import tenancy
from app.platform.database import db


@dataclass(frozen=True, slots=True)
class Offer:
    """Who invites whom to what, as what. `role_words`: what the role may do, None for an own one."""

    email: str
    organization: str
    inviter: str
    role: str
    role_words: str | None
    has_account: bool


def offer(invitation: Invitation) -> Offer:
    """What the invitation says, to whoever opened its link. Binds the organization."""
    tenancy.bind(invitation.organization_id)
    row = db.session.execute(
        sa.select(
            Organization.name,
            sa.select(Person.name).where(Person.id == invitation.invited_by).scalar_subquery(),
            sa.exists().where(Person.email_key == invitation.email_key),
        ).where(Organization.id == invitation.organization_id)
    ).one()
    words = plain_words.ROLES[Role(invitation.role)][1] if invitation.role in NAMES else None
    return Offer(
        email=invitation.email,
        organization=row[0],
        inviter=row[1],
        role=plain_words.role_name(invitation.organization_id, invitation.role),
        role_words=words,
        has_account=bool(row[2]),
    )

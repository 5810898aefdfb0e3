"""The authority on who may give which role: nobody more than they hold, and owners are made by owners.

Commands about people, roles and settings of one organization go one after the other: each first locks the
organization's row, and reads what it decides on in the statements after that.
"""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Membership, Organization
from app.identity.services import roles
from app.identity.services.roles import Role
from app.kernel.actor import Actor
from app.kernel.errors import Forbidden
from app.kernel.permissions import Permission
from app.platform import tenancy
from app.platform.database import db


@dataclass(frozen=True, slots=True)
class Holder:
    """What somebody can give: `permissions` as they stand after the lock, tier or no tier."""

    permissions: frozenset[Permission]
    is_owner: bool

    def may_give(self, role: str, grants: frozenset[Permission]) -> bool:
        """Whether this role, which grants this, can be given, changed or taken away by the holder."""
        return grants <= self.permissions and (role != Role.OWNER or self.is_owner)


def lock(organization_id: UUID) -> Organization:
    """The organization as it stands now; whoever else would change its people, roles or settings waits. Binds it."""
    tenancy.bind(organization_id)
    found: Organization = db.session.scalars(
        sa.select(Organization)
        .where(Organization.id == organization_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    return found


def holder(actor: Actor) -> Holder:
    """What the actor can give now: of what the request came with, what their role still grants."""
    asked = actor.permissions | actor.beyond_plan
    if actor.developer_access is not None:
        return Holder(asked, is_owner=False)
    now = holder_of(actor.organization_id, actor.person_id)
    return Holder(asked & now.permissions, is_owner=now.is_owner)


def holder_of(organization_id: UUID, person_id: UUID) -> Holder:
    """What this person can give now, by their role; nothing once their place ended."""
    role = db.session.scalar(
        sa.select(Membership.role).where(
            Membership.organization_id == organization_id,
            Membership.person_id == person_id,
            Membership.deactivated_at.is_(None),
        )
    )
    granted = roles.granted(organization_id, role) if role is not None else frozenset()
    return Holder(granted, is_owner=role == Role.OWNER)


def require_gives(actor: Actor, *given: str) -> None:
    """Pass when the actor holds all that each of these roles grants.

    raises: Forbidden
    """
    holds = holder(actor)
    for role in given:
        if not holds.may_give(role, roles.granted(actor.organization_id, role)):
            raise Forbidden("Nobody can give or take a role that may do more than their own.", role=role)

"""The authority on who belongs to an organization, and with which role."""

from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Membership
from app.identity.services.roles import NAMES, Role
from app.kernel import clock
from app.kernel.errors import Conflict, Invalid, NotFound
from app.platform.database import db


def add(*, organization_id: UUID, person_id: UUID, role: str) -> None:
    """Give a person a place, or a former member the place back.

    raises: Invalid on `role`; Conflict `already_exists` for somebody who is a member
    """
    if role not in NAMES:
        raise Invalid.field("role", f"Must be one of {', '.join(sorted(NAMES))}.")
    known = _find(organization_id, person_id)
    if known is None:
        known = Membership(organization_id=organization_id, person_id=person_id, created_at=clock.now())
        db.session.add(known)
    elif known.deactivated_at is None:
        raise Conflict("This person is a member.", code="already_exists", field="email")
    known.role, known.deactivated_at = str(role), None
    db.session.flush()


def deactivate(*, organization_id: UUID, person_id: UUID) -> None:
    """End a membership: from the next request on, sessions and tokens of it open nothing here.

    raises: NotFound; Conflict `last_owner`
    """
    member = _find(organization_id, person_id)
    if member is None or member.deactivated_at is not None:
        raise NotFound("That member does not exist.")
    if member.role == Role.OWNER and _owners(organization_id) == 1:
        raise Conflict("An organization needs an owner.", code="last_owner")
    member.deactivated_at = clock.now()
    db.session.flush()


def _find(organization_id: UUID, person_id: UUID) -> Membership | None:
    return db.session.scalar(
        sa.select(Membership)
        .where(Membership.organization_id == organization_id, Membership.person_id == person_id)
        .with_for_update()
    )


def _owners(organization_id: UUID) -> int:
    rows = db.session.scalars(
        sa.select(Membership.person_id)
        .where(
            Membership.organization_id == organization_id,
            Membership.role == Role.OWNER,
            Membership.deactivated_at.is_(None),
        )
        .with_for_update()
    )
    return len(rows.all())

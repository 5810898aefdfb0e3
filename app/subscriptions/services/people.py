"""How people are counted by plans, put aside and brought back: members, and invitations that are open."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Invitation, Membership, Person
from app.identity.services import seats
from app.identity.services.roles import NAMES, Role
from app.platform.database import db
from app.subscriptions.services.counted import Aside, Tenant, Thing


class Seats:
    """The shelf of places. An owner keeps the place; an invitation that is put aside is withdrawn and stays so."""

    def used(self, tenant: Tenant) -> "sa.ScalarSelect[int]":
        """Places that are taken."""
        return seats.counting(tenant.organization_id)

    def active(self, tenant: Tenant) -> list[Thing]:
        """Owners, then who is there longest; invitations last."""
        found = db.session.execute(
            sa.select(Membership.person_id, Person.name, Membership.role)
            .join(Person, Person.id == Membership.person_id)
            .where(Membership.organization_id == tenant.organization_id, Membership.deactivated_at.is_(None))
            .order_by(Membership.role != Role.OWNER, Membership.created_at, Membership.person_id)
        )
        members = [Thing(row.person_id, row.name, _role(row.role), stays=row.role == Role.OWNER) for row in found]
        invited = db.session.execute(
            sa.select(Invitation.id, Invitation.email)
            .where(Invitation.organization_id == tenant.organization_id, seats.is_open())
            .order_by(Invitation.created_at, Invitation.id)
        )
        return members + [Thing(row.id, row.email, "invited") for row in invited]

    def put_aside(self, tenant: Tenant, ids: Iterable[UUID], at: datetime) -> None:
        """End these memberships, withdraw these invitations."""
        wanted = sorted(ids)
        db.session.execute(
            sa.update(Membership)
            .where(
                Membership.organization_id == tenant.organization_id,
                Membership.person_id.in_(wanted),
                Membership.role != Role.OWNER,
                Membership.deactivated_at.is_(None),
            )
            .values(deactivated_at=at)
        )
        db.session.execute(
            sa.update(Invitation)
            .where(Invitation.organization_id == tenant.organization_id, Invitation.id.in_(wanted))
            .values(withdrawn_at=at)
        )

    def still_aside(self, tenant: Tenant, asides: Iterable[Aside]) -> dict[UUID, str]:
        """Members whose place ended at that very moment; an invitation is not offered anew."""
        since = {aside.id: aside.since for aside in asides}
        rows = db.session.execute(
            sa.select(Membership.person_id, Person.name, Membership.deactivated_at)
            .join(Person, Person.id == Membership.person_id)
            .where(Membership.organization_id == tenant.organization_id, Membership.person_id.in_(sorted(since)))
        )
        return {row.person_id: row.name for row in rows if row.deactivated_at == since[row.person_id]}

    def bring_back(self, tenant: Tenant, aside: Aside) -> bool:
        """Always possible."""
        db.session.execute(
            sa.update(Membership)
            .where(
                Membership.organization_id == tenant.organization_id,
                Membership.person_id == aside.id,
                Membership.deactivated_at == aside.since,
            )
            .values(deactivated_at=None)
        )
        return True


def _role(role: str) -> str:
    return role if role in NAMES else "own role"

"""How people are counted by plans, put aside and brought back: members, and invitations that are open."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Invitation, Membership, Person
from app.identity.services import seats
from app.identity.services.roles import NAMES, Role
from app.platform.database import db
from app.subscriptions.models import PlanArchive
from app.subscriptions.services.counted import Aside, Tenant, Thing
from app.subscriptions.services.tiers import Limit


class Seats:
    """The shelf of places. One owner keeps the place; an invitation that is put aside is withdrawn and stays so.

    More owners than one count as everybody does: else whoever was made an owner in time would pass every limit.
    """

    def used(self, tenant: Tenant) -> "sa.ScalarSelect[int]":
        """Places that are taken."""
        return seats.counting(tenant.organization_id)

    def active(self, tenant: Tenant) -> list[Thing]:
        """Owners, then who is there longest; invitations last. The first owner stays: the longest there."""
        found = db.session.execute(
            sa.select(Membership.person_id, Person.name, Membership.role)
            .join(Person, Person.id == Membership.person_id)
            .where(Membership.organization_id == tenant.organization_id, Membership.deactivated_at.is_(None))
            .order_by(
                Membership.role != Role.OWNER,
                Person.deactivated_at.is_not(None),
                Membership.created_at,
                Membership.person_id,
            )
        )
        members = [
            Thing(row.person_id, row.name, _role(row.role), stays=at == 0 and row.role == Role.OWNER)
            for at, row in enumerate(found)
        ]
        invited = db.session.execute(
            sa.select(Invitation.id, Invitation.email)
            .where(Invitation.organization_id == tenant.organization_id, seats.is_open())
            .order_by(Invitation.created_at, Invitation.id)
        )
        return members + [Thing(row.id, row.email, "invited") for row in invited]

    def put_aside(self, tenant: Tenant, ids: Iterable[UUID], at: datetime) -> None:
        """End these memberships, withdraw these invitations; never the one of whoever stays."""
        staying = {thing.id for thing in self.active(tenant) if thing.stays}
        wanted = sorted(set(ids) - staying)
        db.session.execute(
            sa.update(Membership)
            .where(
                Membership.organization_id == tenant.organization_id,
                Membership.person_id.in_(wanted),
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
        """Always possible: whoever was let go meanwhile carries another mark, and is not asked for."""
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


def waiting(organization_id: UUID) -> frozenset[UUID]:
    """People whom a smaller plan put aside, and nobody let go or brought back since."""
    return frozenset(
        db.session.scalars(
            sa.select(Membership.person_id)
            .join(
                PlanArchive,
                (PlanArchive.organization_id == Membership.organization_id)
                & (PlanArchive.thing_id == Membership.person_id)
                & (PlanArchive.archived_at == Membership.deactivated_at),
            )
            .where(
                Membership.organization_id == organization_id,
                PlanArchive.thing_kind == str(Limit.USERS),
                PlanArchive.restored_at.is_(None),
            )
        )
    )


def _role(role: str) -> str:
    return role if role in NAMES else "own role"

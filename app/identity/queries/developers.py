"""What a developer user sees of organizations without entering one: names, sizes and standing, nothing of theirs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import DeveloperAccess, Membership, Organization
from app.kernel import clock
from app.kernel.errors import NotFound
from app.kernel.ids import parse
from app.platform import paging
from app.platform.database import db
from app.platform.paging import Page


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    """An organization in the list. `visiting_until`: of the asking person's own open visit."""

    id: UUID
    slug: str
    name: str
    tier: str
    members: int
    created_at: datetime
    read_only: bool
    closed: bool
    visiting_until: datetime | None


def page(person_id: UUID, *, search: str = "", limit: int, cursor: str | None = None) -> Page[OrganizationRow]:
    """Organizations, the newest first; those whose name or address holds `search`. raises: Invalid on `cursor`"""
    place = paging.place(cursor, UUID)
    query = _organizations(person_id).order_by(Organization.id.desc()).limit(limit + 1)
    if place:
        query = query.where(Organization.id < place[0])
    if search:
        named = Organization.name.icontains(search, autoescape=True)
        query = query.where(named | Organization.slug.icontains(search, autoescape=True))
    rows = [OrganizationRow(*row) for row in db.session.execute(query)]
    return paging.page(rows, limit, lambda row: (row.id,))


def one(person_id: UUID, organization: str) -> OrganizationRow:
    """The organization of this id. raises: NotFound"""
    organization_id = parse(organization)
    found = (
        organization_id
        and db.session.execute(_organizations(person_id).where(Organization.id == organization_id)).one_or_none()
    )
    if not found:
        raise NotFound("That page does not exist.")
    return OrganizationRow(*found)


def _organizations(person_id: UUID) -> sa.Select[Any]:
    members = (
        sa.select(sa.func.count())
        .where(Membership.organization_id == Organization.id, Membership.deactivated_at.is_(None))
        .scalar_subquery()
    )
    visiting = (
        sa.select(sa.func.max(DeveloperAccess.expires_at))
        .where(
            DeveloperAccess.organization_id == Organization.id,
            DeveloperAccess.person_id == person_id,
            DeveloperAccess.ended_at.is_(None),
            DeveloperAccess.expires_at > clock.now(),
        )
        .scalar_subquery()
    )
    return sa.select(
        Organization.id,
        Organization.slug,
        Organization.name,
        Organization.tier,
        members,
        Organization.created_at,
        Organization.read_only_since.is_not(None),
        Organization.closed_at.is_not(None),
        visiting,
    )

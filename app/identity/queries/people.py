"""What the page of people shows: members, former members and open invitations; frozen rows, one statement each."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Invitation, Membership, OwnRole, Person, SignInSession
from app.identity.services import granting, roles, seats, second_factors
from app.identity.services.plain_words import GONE, ROLES
from app.identity.services.roles import TEMPLATES
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.platform import tenancy
from app.platform.database import db


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member, or a former one. `role`: a template's name or an own role's id; `role_name`: what people call it.

    last_seen_at, second_factor: None of a former member, whose account is no business of the organization any more
    put_aside:                   a smaller plan did that; a larger one brings them back, unless they are let go
    """

    id: UUID
    name: str
    email: str
    role: str
    role_name: str
    created_at: datetime
    deactivated_at: datetime | None
    last_seen_at: datetime | None
    second_factor: bool | None
    put_aside: bool


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation that is neither used nor withdrawn. `expired`: the link opens nothing until it is sent again."""

    id: UUID
    email: str
    role: str
    role_name: str
    inviter: str
    expires_at: datetime
    expired: bool


@dataclass(frozen=True, slots=True)
class OwnRoleRow:
    """A live role of the organization's own."""

    id: UUID
    name: str
    permissions: tuple[str, ...]
    members: int


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role that can be given. `id`: a template's name, or an own role's id."""

    id: str
    name: str
    own: bool
    permissions: list[str]


def members(actor: Actor) -> list[MemberRow]:
    """Everybody who is or was a member, by name."""
    rows = db.session.execute(_members(actor).order_by(sa.func.lower(Person.name), Person.id)).all()
    names, aside = role_names(actor), seats.put_aside(actor.organization_id)
    return [_member_row(row, names, aside) for row in rows]


def member(actor: Actor, person_id: UUID) -> MemberRow:
    """One of them.

    raises: NotFound
    """
    row = db.session.execute(_members(actor).where(Person.id == person_id)).one_or_none()
    if row is None:
        raise NotFound("That member does not exist.")
    return _member_row(row, role_names(actor), seats.put_aside(actor.organization_id))


def invitations(actor: Actor) -> list[InvitationRow]:
    """What was offered and not taken, newest first."""
    rows = db.session.execute(
        sa.select(Invitation, Person.name)
        .join(Person, Person.id == Invitation.invited_by)
        .where(
            Invitation.organization_id == actor.organization_id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .order_by(Invitation.id.desc())
    ).all()
    names, now = (role_names(actor), clock.now()) if rows else ({}, clock.now())
    return [
        InvitationRow(
            id=each.id,
            email=each.email,
            role=each.role,
            role_name=names.get(each.role, GONE),
            inviter=inviter,
            expires_at=each.expires_at,
            expired=each.expires_at <= now,
        )
        for each, inviter in rows
    ]


def own_roles(actor: Actor) -> list[OwnRoleRow]:
    """The organization's live roles, by name, and how many active members have each."""
    counts = dict(
        db.session.execute(
            sa.select(Membership.role, sa.func.count())
            .where(Membership.organization_id == actor.organization_id, Membership.deactivated_at.is_(None))
            .group_by(Membership.role)
        ).all()
    )
    return [
        OwnRoleRow(role.id, role.name, tuple(role.permissions.split()), counts.get(str(role.id), 0))
        for role in db.session.scalars(_live_roles(actor))
    ]


def role_names(actor: Actor) -> dict[str, str]:
    """What each role that can be given is called: templates first, then the organization's own, by name."""
    names = {str(role): words[0] for role, words in ROLES.items()}
    return names | {str(role.id): role.name for role in db.session.scalars(_live_roles(actor))}


def givable_roles(actor: Actor) -> dict[str, str]:
    """Of these, the ones that the actor may give: none that may do more than their own."""
    holds = granting.holder(actor)
    names = {str(role): words[0] for role, words in ROLES.items() if holds.may_give(role, TEMPLATES[role])}
    own = [role for role in db.session.scalars(_live_roles(actor)) if _is_givable(holds, role)]
    return names | {str(role.id): role.name for role in own}


def roles_with_permissions(actor: Actor) -> list[RoleRow]:
    """Templates first, then the organization's live ones by name; with what each grants, plan or no plan."""
    ready = [RoleRow(str(role), words[0], False, sorted(TEMPLATES[role])) for role, words in ROLES.items()]
    own = db.session.scalars(_live_roles(actor))
    return ready + [RoleRow(str(role.id), role.name, True, sorted(role.permissions.split())) for role in own]


def _is_givable(holds: granting.Holder, role: OwnRole) -> bool:
    return holds.may_give(str(role.id), roles.of_text(role.permissions))


def successors(actor: Actor) -> list[tuple[UUID, str]]:
    """Active members whom the organization can be handed to: everybody else than the actor, by name."""
    rows = db.session.execute(
        sa.select(Person.id, Person.name, Person.email)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organization_id == actor.organization_id,
            Membership.deactivated_at.is_(None),
            Person.deactivated_at.is_(None),
            Person.id != actor.person_id,
        )
        .order_by(sa.func.lower(Person.name), Person.id)
    )
    return [(row.id, f"{row.name}, {row.email}") for row in rows]


def _live_roles(actor: Actor) -> sa.Select[OwnRole]:
    query: sa.Select[OwnRole] = (
        tenancy.select_for(actor, OwnRole).where(OwnRole.archived_at.is_(None)).order_by(OwnRole.name_key, OwnRole.id)
    )
    return query


def _members(
    actor: Actor,
) -> sa.Select[UUID, str, str, str, datetime, datetime | None, datetime | None, bool]:
    seen = (
        sa.select(sa.func.max(SignInSession.last_seen_at))
        .where(SignInSession.person_id == Person.id)
        .correlate(Person)
        .scalar_subquery()
    )
    return (
        sa.select(
            Person.id,
            Person.name,
            Person.email,
            Membership.role,
            Membership.created_at,
            Membership.deactivated_at,
            seen.label("last_seen_at"),
            second_factors.of(Person.id).label("second_factor"),
        )
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organization_id == actor.organization_id)
    )


def _member_row(
    row: sa.Row[UUID, str, str, str, datetime, datetime | None, datetime | None, bool],
    names: dict[str, str],
    aside: frozenset[UUID],
) -> MemberRow:
    is_here = row.deactivated_at is None
    return MemberRow(
        id=row.id,
        name=row.name,
        email=row.email,
        role=row.role,
        role_name=names.get(row.role, GONE),
        created_at=row.created_at,
        deactivated_at=row.deactivated_at,
        last_seen_at=row.last_seen_at if is_here else None,
        second_factor=bool(row.second_factor) if is_here else None,
        put_aside=row.id in aside,
    )

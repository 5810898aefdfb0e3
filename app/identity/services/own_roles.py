"""The authority on an organization's own roles: made out of what the plan includes and their maker may.

What only owners may is in none. A change counts from the next request on.
"""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Invitation, Membership, OwnRole
from app.identity.services import audit, granting, plain_words, roles, seats
from app.identity.services.audit import Subject
from app.kernel import clock, text
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from app.kernel.ids import parse, uuid7
from app.kernel.permissions import Permission
from app.kernel.words import phrase
from app.platform import tenancy
from app.platform.database import db

NAME_LENGTH = 60


def offered(actor: Actor) -> frozenset[Permission]:
    """What the actor can put into a role: what they may themselves, without what only owners may."""
    return actor.permissions - roles.OWNERS_ALONE


def find(actor: Actor, reference: str) -> OwnRole:
    """The organization's live own role of this id.

    raises: NotFound
    """
    role_id = parse(reference)
    found: OwnRole | None = db.session.scalar(
        tenancy.select_for(actor, OwnRole)
        .where(OwnRole.id == role_id, OwnRole.archived_at.is_(None))
        .execution_options(populate_existing=True)
    )
    if role_id is None or found is None:
        raise NotFound("That role does not exist.")
    return found


def create(actor: Actor, *, name: str, permissions: Iterable[Permission]) -> OwnRole:
    """A new role.

    raises: Forbidden for what the actor does not hold; Invalid on `name` or `permissions`; Conflict `already_exists`
    """
    actor.require(Permission.ROLES_MANAGE)
    granting.lock(actor.organization_id)
    asked = _allowed(actor, permissions)
    role = OwnRole(
        organization_id=actor.organization_id,
        id=uuid7(),
        **_named(actor, name),
        permissions=_text(asked),
        created_at=clock.now(),
    )
    db.session.add(role)
    db.session.flush()
    audit.record(actor, "roles.created", Subject("role", role.id), after=_said(role))
    return role


def change(actor: Actor, *, role_id: UUID, name: str, permissions: Iterable[Permission]) -> OwnRole:
    """Another name, other permissions: for everybody who has the role, from their next request on.

    raises: as `create`; NotFound
    """
    actor.require(Permission.ROLES_MANAGE)
    granting.lock(actor.organization_id)
    role = find(actor, str(role_id))
    granting.require_gives(actor, str(role.id))
    asked, before = _allowed(actor, permissions), _said(role)
    named = _named(actor, name, but=role.id)
    role.name, role.name_key, role.permissions = named["name"], named["name_key"], _text(asked)
    db.session.flush()
    if before != _said(role):
        audit.record(actor, "roles.changed", Subject("role", role.id), before=before, after=_said(role))
    return role


def archive(actor: Actor, *, role_id: UUID) -> None:
    """Nobody can be given the role any more.

    raises: Forbidden, NotFound; Conflict `in_use`, with how many people and invitations have it
    """
    actor.require(Permission.ROLES_MANAGE)
    granting.lock(actor.organization_id)
    role = find(actor, str(role_id))
    granting.require_gives(actor, str(role.id))
    people, invited = _in_use(actor, role)
    if people or invited:
        raise Conflict(_why_not(people, invited), code="in_use", members=people, invitations=invited)
    role.archived_at = clock.now()
    db.session.flush()
    audit.record(actor, "roles.archived", Subject("role", role.id), before=_said(role))


def _allowed(actor: Actor, permissions: Iterable[Permission]) -> frozenset[Permission]:
    asked = frozenset(permissions)
    if not asked:
        raise Invalid.field("permissions", "Say what somebody with this role may do.")
    alone = sorted(asked & roles.OWNERS_ALONE)
    if alone:
        raise Invalid.field(
            "permissions",
            phrase("%(permission)s: only owners may.", permission=phrase(plain_words.PERMISSIONS[alone[0]])),
        )
    beyond = sorted(asked - (offered(actor) & granting.holder(actor).permissions))
    if beyond:
        raise Forbidden("Nobody can put into a role what they may not do themselves.", permission=str(beyond[0]))
    return asked


def _named(actor: Actor, said: str, *, but: UUID | None = None) -> dict[str, str]:
    name = " ".join(said.split())
    if not 1 <= len(name) <= NAME_LENGTH or not name.isprintable():
        raise Invalid.field("name", phrase("Must be 1 to %(most)s characters.", most=NAME_LENGTH))
    key = text.search_key(name)
    live = (OwnRole.name_key == key) & OwnRole.archived_at.is_(None)
    taken = db.session.scalar(
        tenancy.select_for(actor, OwnRole.id).where(live, OwnRole.id != but if but else sa.true())
    )
    if taken is not None or key in {title.casefold() for title, _ in plain_words.ROLES.values()}:
        raise Conflict("There is a role of this name.", code="already_exists", field="name")
    return {"name": name, "name_key": key}


def _in_use(actor: Actor, role: OwnRole) -> tuple[int, int]:
    """How many active members have the role, and how many open invitations offer it."""
    members = sa.select(sa.func.count()).where(
        Membership.organization_id == actor.organization_id,
        Membership.role == str(role.id),
        Membership.deactivated_at.is_(None),
    )
    invited = sa.select(sa.func.count()).where(
        Invitation.organization_id == actor.organization_id,
        Invitation.role == str(role.id),
        seats.is_open(),
    )
    row = db.session.execute(sa.select(members.scalar_subquery(), invited.scalar_subquery())).one()
    return row[0], row[1]


def _why_not(people: int, invited: int) -> str:
    parts = [
        f"{count} {one if count == 1 else more}"
        for count, one, more in ((people, "person", "people"), (invited, "open invitation", "open invitations"))
        if count
    ]
    has = "has" if people + invited == 1 else "have"
    return f"{' and '.join(parts)} {has} this role. Give them another first."


def _text(permissions: frozenset[Permission]) -> str:
    return " ".join(sorted(permissions))


def _said(role: OwnRole) -> dict[str, object]:
    return {"name": role.name, "permissions": role.permissions.split()}

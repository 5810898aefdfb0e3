"""The authority on who belongs to an organization, and with which role.

Nobody changes their own place, nobody touches a role that may do more than their own, and an owner always stays.
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import ApiToken, Membership, OwnRole, Person
from app.identity.services import audit, granting, seats
from app.identity.services.audit import By, Subject
from app.identity.services.roles import NAMES, Role
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.ids import parse
from app.kernel.permissions import Permission
from app.kernel.words import phrase
from app.platform import tenancy
from app.platform.database import db

_APART = timedelta(microseconds=1)


def add(*, organization_id: UUID, person_id: UUID, role: str, by: Actor | By | None = None) -> None:
    """Give a person a place, or a former member the place back. Asks no permission: for whoever knows that it is due.

    That is: making an organization with its owner, an accepted invitation, and whoever holds the machine.

    by:      who is written to the audit log; None while the organization itself is being made
    raises:  Invalid on `role`; Conflict `already_exists` for somebody who is a member
    """
    tenancy.bind(organization_id)
    require_role(organization_id, role)
    known = _find(organization_id, person_id)
    if known is None:
        known = Membership(organization_id=organization_id, person_id=person_id, created_at=clock.now())
        db.session.add(known)
    elif known.deactivated_at is None:
        raise Conflict("This person is a member.", code="already_exists", field="email")
    known.role, known.deactivated_at = str(role), None
    db.session.flush()
    if by is not None:
        audit.record(by, "members.joined", Subject("person", person_id), after={"role": str(role)})


def find(actor: Actor, reference: str) -> UUID:
    """The person of this id, who is or was a member of the actor's organization.

    raises: NotFound
    """
    person_id = parse(reference)
    if person_id is None or _find(actor.organization_id, person_id, lock=False) is None:
        raise NotFound("That member does not exist.")
    return person_id


def change_role(actor: Actor, *, person_id: UUID, role: str) -> None:
    """From the next request on, the member may what `role` says: a template's name, or the id of an own role.

    raises: Forbidden, NotFound, Invalid on `role`; Conflict `own_place`, `last_owner`
    """
    actor.require(Permission.MEMBERS_MANAGE)
    granting.lock(actor.organization_id)
    require_role(actor.organization_id, role)
    member = _active(actor, person_id)
    before = member.role
    granting.require_gives(actor, before, role)
    if before == role:
        return
    if before == Role.OWNER:
        _require_another_owner(actor.organization_id)
    member.role = role
    db.session.flush()
    audit.record(
        actor, "members.role_changed", Subject("person", person_id), before={"role": before}, after={"role": role}
    )


def deactivate(actor: Actor, *, person_id: UUID) -> None:
    """End a membership: from the next request on nothing opens here, and the member's API tokens are revoked.

    Never behind a plan. Of somebody whom a smaller plan put aside: a larger one does not bring them back any more.
    Sessions stay: they are the person's own, for other organizations.
    raises: Forbidden, NotFound; Conflict `own_place`, `last_owner`
    """
    actor.require(Permission.MEMBERS_MANAGE, whatever_plan=True)
    granting.lock(actor.organization_id)
    member = _another(actor, person_id)
    aside = member.deactivated_at
    if aside is not None and person_id not in seats.put_aside(actor.organization_id):
        raise NotFound("That member does not exist.")
    granting.require_gives(actor, member.role)
    if aside is None and member.role == Role.OWNER:
        _require_another_owner(actor.organization_id)
    now = clock.now()
    member.deactivated_at = now if aside is None else max(now, aside + _APART)  # no longer the mark of being put aside
    db.session.flush()
    revoked = _revoke_tokens(actor.organization_id, person_id)
    audit.record(
        actor,
        "members.deactivated",
        Subject("person", person_id),
        before={"role": member.role},
        after={"tokens_revoked": revoked},
    )


def restore(actor: Actor, *, person_id: UUID) -> None:
    """Give a former member the place back, with the role they had.

    raises: Forbidden, NotFound, LimitReached; Conflict `wrong_state`, `role_archived`
    """
    actor.require(Permission.MEMBERS_MANAGE)
    granting.lock(actor.organization_id)
    member = _another(actor, person_id)
    if member.deactivated_at is None:
        raise Conflict("This person is a member.", code="wrong_state")
    if not _role_is_live(actor.organization_id, member.role):
        raise Conflict("Their role was archived. Invite them again, with another role.", code="role_archived")
    granting.require_gives(actor, member.role)
    seats.require_room(actor)
    member.deactivated_at = None
    db.session.flush()
    audit.record(actor, "members.restored", Subject("person", person_id), after={"role": member.role})


def hand_over(actor: Actor, *, person_id: UUID) -> None:
    """Make an active member owner and the actor, who is one, manager. Asks no permission: services.ownership does.

    raises: NotFound, Forbidden; Conflict `own_place`
    """
    receiver = _active(actor, person_id)
    granting.require_gives(actor, Role.OWNER)
    giver = _find(actor.organization_id, actor.person_id)
    if giver is None:
        raise NotFound("That member does not exist.")
    receiver.role, giver.role = str(Role.OWNER), str(Role.MANAGER)
    db.session.flush()


def require_role(organization_id: UUID, role: str) -> None:
    """Pass when there is such a role: a template, or a live one of the organization's own.

    raises: Invalid on `role`
    """
    if not _role_is_live(organization_id, role):
        raise Invalid.field(
            "role", phrase("Must be one of %(choices)s, or a role of your own.", choices=", ".join(sorted(NAMES)))
        )


def missing_roles(actor: Actor, said: Iterable[str]) -> set[str]:
    """Of what was said, what is neither a template nor a live role of the actor's organization."""
    return {role for role in said if not _role_is_live(actor.organization_id, role)}


def _role_is_live(organization_id: UUID, role: str) -> bool:
    if role in NAMES:
        return True
    role_id = parse(role)
    return role_id is not None and bool(
        db.session.scalar(
            sa.select(sa.literal(1)).where(
                OwnRole.organization_id == organization_id, OwnRole.id == role_id, OwnRole.archived_at.is_(None)
            )
        )
    )


def _another(actor: Actor, person_id: UUID) -> Membership:
    """The membership of somebody else than the actor, locked."""
    if person_id == actor.person_id:
        raise Conflict("Nobody changes their own place. Ask another who manages people.", code="own_place")
    member = _find(actor.organization_id, person_id)
    if member is None:
        raise NotFound("That member does not exist.")
    return member


def _active(actor: Actor, person_id: UUID) -> Membership:
    member = _another(actor, person_id)
    if member.deactivated_at is not None:
        raise NotFound("That member does not exist.")
    return member


def _find(organization_id: UUID, person_id: UUID, *, lock: bool = True) -> Membership | None:
    query = (
        sa.select(Membership)
        .where(Membership.organization_id == organization_id, Membership.person_id == person_id)
        .execution_options(populate_existing=True)
    )
    found: Membership | None = db.session.scalar(query.with_for_update(key_share=True) if lock else query)
    return found


def _require_another_owner(organization_id: UUID) -> None:
    """Under the organization's lock: nobody makes or unmakes an owner meanwhile."""
    owners = db.session.scalars(
        sa.select(sa.func.count())
        .select_from(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.organization_id == organization_id,
            Membership.role == Role.OWNER,
            Membership.deactivated_at.is_(None),
            Person.deactivated_at.is_(None),
        )
    ).one()
    if owners == 1:
        raise Conflict("An organization needs an owner.", code="last_owner")


def _revoke_tokens(organization_id: UUID, person_id: UUID) -> int:
    """How many were revoked: they do not come back with the member."""
    ended = db.session.execute(
        sa.update(ApiToken)
        .where(
            ApiToken.organization_id == organization_id,
            ApiToken.person_id == person_id,
            ApiToken.revoked_at.is_(None),
        )
        .values(revoked_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]

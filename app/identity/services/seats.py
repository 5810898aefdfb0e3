"""The authority on room for one more person: subscriptions says at start how a plan counts, identity asks."""

from collections.abc import Callable
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Invitation, Membership
from app.kernel import clock
from app.kernel.actor import Actor
from app.platform.database import db

Check = Callable[[Actor], None]
Waiting = Callable[[UUID], frozenset[UUID]]

_checks: dict[str, Check] = {}
_waiting: dict[str, Waiting] = {}


class NoSeatCheck(RuntimeError):
    """Nobody said how plans count people: a bug in the wiring. Nobody is let in."""


def register_check(check: Check) -> None:
    """Say how. `check` raises LimitReached where the actor's plan has no room for one more. The last word counts."""
    _checks["seat"] = check


def register_waiting(waiting: Waiting) -> None:
    """Say whom a smaller plan put aside: `waiting` gives the people of an organization who come back with a larger one.

    The last word counts.
    """
    _waiting["aside"] = waiting


def put_aside(organization_id: UUID) -> frozenset[UUID]:
    """Former members whom a smaller plan put aside, and nobody let go: a larger plan brings them back.

    raises: NoSeatCheck
    """
    waiting = _waiting.get("aside")
    if waiting is None:
        raise NoSeatCheck
    return waiting(organization_id)


def taken(organization_id: UUID) -> int:
    """How many places are taken: active members, and invitations that are still open."""
    count: int = db.session.scalars(sa.select(counting(organization_id))).one()
    return count


def counting(organization_id: UUID) -> "sa.ScalarSelect[int]":
    """The same as a part of a statement."""
    members = sa.select(sa.func.count()).where(
        Membership.organization_id == organization_id, Membership.deactivated_at.is_(None)
    )
    invited = sa.select(sa.func.count()).where(Invitation.organization_id == organization_id, is_open())
    return sa.select(members.scalar_subquery() + invited.scalar_subquery()).scalar_subquery()


def is_open() -> sa.ColumnElement[bool]:
    """Of an invitation: neither accepted nor withdrawn, and its time is not over."""
    return sa.and_(
        Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None), Invitation.expires_at > clock.now()
    )


def require_room(actor: Actor) -> None:
    """Pass when one more person fits into the actor's plan.

    raises: LimitReached, NoSeatCheck
    """
    check = _checks.get("seat")
    if check is None:
        raise NoSeatCheck
    check(actor)

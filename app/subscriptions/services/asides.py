"""The authority on what a smaller plan puts aside: so much that the rest fits; and on its coming back."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from app.kernel import clock
from app.kernel.ids import uuid7
from app.platform.database import db
from app.subscriptions.models import PlanArchive
from app.subscriptions.services import counted
from app.subscriptions.services.counted import Aside, Shelf, Tenant, Thing
from app.subscriptions.services.tiers import Limit, Tier


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of things of one kind: `action` is plan.put_aside or plan.brought_back."""

    action: str
    limit: Limit
    ids: tuple[UUID, ...]


def stay(things: Iterable[Thing], kept: frozenset[UUID], allowed: int) -> list[Thing]:
    """Which of them stay active: those that must, then those that were chosen, then the first of the others. Pure."""
    ranked = sorted(things, key=lambda thing: (not thing.stays, thing.id not in kept))
    must = sum(thing.stays for thing in ranked)
    return ranked[: max(allowed, must)]


def level(tenant: Tenant, tier: Tier, kept: frozenset[UUID] = frozenset()) -> list[Moved]:
    """Make what is active fit into `tier`: put aside what is too much, bring back what was put aside before.

    The organization's row is locked by the caller. What comes back does so in the order in which it was put aside.
    kept:  what the owner chose to stay
    """
    moved = []
    for limit, shelf in counted.shelves().items():
        allowed = tier.limits[limit]
        room = None if allowed is None else allowed - counted.count(tenant, limit)
        if allowed is not None and room is not None and room < 0:
            ids = _put_aside(tenant, limit, shelf, stay(shelf.active(tenant), kept, allowed))
            moved += [Moved("plan.put_aside", limit, ids)] if ids else []
        elif room is None or room > 0:
            ids = _bring_back(tenant, limit, shelf, room)
            moved += [Moved("plan.brought_back", limit, ids)] if ids else []
    return moved


def waiting(tenant: Tenant) -> dict[Limit, list[str]]:
    """Names of what is put aside now, by what counts it."""
    found = {}
    for limit, shelf in counted.shelves().items():
        rows = _rows(tenant, limit)
        names = list(shelf.still_aside(tenant, [Aside(row.thing_id, row.archived_at) for row in rows]).values())
        if names:
            found[limit] = sorted(names)
    return found


def _put_aside(tenant: Tenant, limit: Limit, shelf: Shelf, staying: list[Thing]) -> tuple[UUID, ...]:
    stays = {thing.id for thing in staying}
    ids = tuple(thing.id for thing in shelf.active(tenant) if thing.id not in stays)
    now = clock.now()
    if not ids:
        return ids
    shelf.put_aside(tenant, ids, now)
    db.session.execute(
        sa.insert(PlanArchive),
        [
            {
                "organization_id": tenant.organization_id,
                "id": uuid7(),
                "thing_kind": str(limit),
                "thing_id": thing_id,
                "archived_at": now,
            }
            for thing_id in ids
        ],
    )
    return ids


def _bring_back(tenant: Tenant, limit: Limit, shelf: Shelf, room: int | None) -> tuple[UUID, ...]:
    """So many as there is room for. One whose name was taken meanwhile stays; one touched by hand is forgotten."""
    rows = _rows(tenant, limit)
    still = shelf.still_aside(tenant, [Aside(row.thing_id, row.archived_at) for row in rows])
    now = clock.now()
    back: list[UUID] = []
    for row in rows:
        if row.thing_id not in still:
            row.restored_at = now
        elif (room is None or len(back) < room) and shelf.bring_back(tenant, Aside(row.thing_id, row.archived_at)):
            row.restored_at = now
            back.append(row.thing_id)
    db.session.flush()
    return tuple(back)


def _rows(tenant: Tenant, limit: Limit) -> list[PlanArchive]:
    return list(
        db.session.scalars(
            sa.select(PlanArchive)
            .where(
                PlanArchive.organization_id == tenant.organization_id,
                PlanArchive.thing_kind == str(limit),
                PlanArchive.restored_at.is_(None),
            )
            .order_by(PlanArchive.archived_at, PlanArchive.id)
        )
    )

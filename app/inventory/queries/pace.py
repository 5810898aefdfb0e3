"""How fast things go: what left for a use in the last weeks, of one item or as a part of other statements."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.inventory.models import StockMovement, StockPosting
from app.inventory.queries.kinds import COUNTS_AS
from app.kernel import ids
from app.kernel.actor import Actor
from app.platform.database import execute
from app.platform.types import Day, Id, Micro

PACE_DAYS = 60
_USES = ("production_use", "use", "sale", "sample", "tester", "gift")


def asked(actor: Actor, today: date) -> dict[str, Any]:
    """The parameters of `USED`: the organization, the window's first day and the first id it can hold."""
    since = today - timedelta(days=PACE_DAYS - 1)
    return {"o": actor.organization_id, "since": since, "from_id": _first_id(since)}


def days_left(*, available: int, used: int, known_since: date | None, today: date) -> int | None:
    """For how many days what is available lasts; None where nothing was used.

    known_since: the first day from which uses would be known; the pace is of PACE_DAYS at most
    """
    if used <= 0:
        return None
    days = min(PACE_DAYS, (today - known_since).days + 1) if known_since else PACE_DAYS
    return max(available, 0) * max(days, 1) // used


def lasts(actor: Actor, item_id: UUID, *, available: int, since: date, today: date) -> int | None:
    """For how many days one item lasts. since: the day it was written down"""
    found = execute(
        _USE.where(StockMovement.item_id == sa.bindparam("i")), asked(actor, today) | {"i": item_id}
    ).first()
    if found is None:
        return None
    known_since = min(since, found.first_use)
    return days_left(available=available, used=int(found.used), known_since=known_since, today=today)


def _first_id(since: date) -> UUID:
    """Ids sort by the time they were made: nothing that happened since then was written before this one."""
    return ids.first_of(datetime.combine(since, time(), UTC) - timedelta(days=1))


_POSTING = sa.and_(
    StockPosting.organization_id == StockMovement.organization_id, StockPosting.id == StockMovement.posting_id
)
_USE = (
    sa.select(
        StockMovement.item_id,
        sa.cast(-sa.func.sum(StockMovement.quantity), Micro).label("used"),
        sa.func.min(StockPosting.business_date).label("first_use"),
    )
    .join(StockPosting, _POSTING)
    .where(
        StockMovement.organization_id == sa.bindparam("o"),
        StockMovement.id >= sa.bindparam("from_id", type_=Id()),
        StockPosting.business_date >= sa.bindparam("since", type_=Day()),
        COUNTS_AS.in_(_USES),
    )
    .group_by(StockMovement.item_id)
)
USED = _USE.subquery("used")
"""By item: what was used in the window, net of what was taken back, and the first day of that."""

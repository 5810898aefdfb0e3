"""Timers of batches: what is waited for. The end is reckoned from the start; nothing runs on the server."""

from uuid import UUID

import sqlalchemy as sa

from app.kernel import clock, ids
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.kernel.permissions import Permission
from app.platform.database import execute
from app.production.models import BatchTimer
from app.production.services import records, states

LONGEST_MINUTES = 7 * 24 * 60
MOST = 12
_MINUTE = 60


def start(actor: Actor, batch_id: UUID, *, name: str, minutes: int) -> UUID:
    """Begin to wait; gives the timer's id.

    raises: NotFound, WrongState; Invalid on `minutes`, or when a dozen run already
    """
    actor.require(Permission.BATCHES_MAKE)
    header = records.lock(actor, batch_id)
    states.require(header.label, header.status, states.IN_PROGRESS)
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise Invalid.field("minutes", "From one minute to seven days.")
    if execute(_COUNT, {"o": actor.organization_id, "b": batch_id}).scalar_one() >= MOST:
        raise Invalid.field("name", "A dozen timers run already: stop one first.")
    timer_id = ids.uuid7()
    row = {
        "organization_id": actor.organization_id,
        "id": timer_id,
        "batch_id": batch_id,
        "name": name,
        "seconds": minutes * _MINUTE,
        "started_at": clock.now(),
        "started_by": actor.person_id,
    }
    execute(sa.insert(BatchTimer), row)
    return timer_id


def stop(actor: Actor, batch_id: UUID, timer_id: UUID) -> None:
    """Somebody heard it, or does not wait any longer; said twice, it is the first time that counts. raises: NotFound"""
    actor.require(Permission.BATCHES_MAKE)
    asked = {"o": actor.organization_id, "b": batch_id, "t": timer_id}
    if execute(_EXISTS, asked).first() is None:
        raise NotFound("That timer does not exist.")
    execute(_STOP, {**asked, "now": clock.now()})


_OF_BATCH = sa.and_(BatchTimer.organization_id == sa.bindparam("o"), BatchTimer.batch_id == sa.bindparam("b"))
_COUNT = sa.select(sa.func.count()).select_from(BatchTimer).where(_OF_BATCH, BatchTimer.ended_at.is_(None))
_EXISTS = sa.select(BatchTimer.id).where(_OF_BATCH, BatchTimer.id == sa.bindparam("t"))
_STOP = (
    sa.update(BatchTimer)
    .where(_OF_BATCH, BatchTimer.id == sa.bindparam("t"), BatchTimer.ended_at.is_(None))
    .values(ended_at=sa.bindparam("now"))
)

"""The authority on the first steps that no other row tells of: a label printed, a label scanned, a trace looked at.

Each is kept once, on the organization's own row, which every request reads anyhow: knowing it costs nothing.
"""

from enum import StrEnum

import sqlalchemy as sa

from app.identity.models import Organization
from app.kernel import clock
from app.kernel.actor import Actor
from app.platform.database import db


class Step(StrEnum):
    """What can be seen once. `ASIDE`: the list of first steps was put aside."""

    PRINTED = "printed"
    SCANNED = "scanned"
    TRACED = "traced"
    ASIDE = "aside"


_COLUMNS = {
    Step.PRINTED: Organization.first_printed_at,
    Step.SCANNED: Organization.first_scanned_at,
    Step.TRACED: Organization.first_traced_at,
    Step.ASIDE: Organization.steps_aside_at,
}


def seen(organization: Organization) -> frozenset[str]:
    """The steps of the row that was read."""
    return frozenset(str(step) for step, column in _COLUMNS.items() if getattr(organization, column.key) is not None)


def see(actor: Actor, step: Step) -> None:
    """Keep that it was seen now. Asks no permission: whoever opened the page may. The first time counts."""
    _write(actor, step, clock.now(), _COLUMNS[step].is_(None))


def forget(actor: Actor, step: Step) -> None:
    """As if it had not been."""
    _write(actor, step, None, sa.true())


def _write(actor: Actor, step: Step, at: object, where: sa.ColumnElement[bool]) -> None:
    mine = sa.update(Organization).where(Organization.id == actor.organization_id, where)
    db.session.execute(mine.values({_COLUMNS[step].key: at}).execution_options(synchronize_session=False))

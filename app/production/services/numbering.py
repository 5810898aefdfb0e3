"""The authority on batch labels: `SOA1-2026-001`, a sequence per organization and year without gaps.

The counter's row stays locked until the command ends, so a plan that is refused gives its number back.
"""

import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import Actor
from app.platform.database import execute
from app.production.models import BatchNumber


def next_label(actor: Actor, prefix: str, version: int) -> str:
    """The next label of the organization, for a batch of this version of a recipe."""
    year = clock.local_date(clock.now(), actor.zone).year
    return f"{prefix}{version}-{year}-{_next(actor, year):03d}"


def _next(actor: Actor, year: int) -> int:
    asked = {"o": actor.organization_id, "y": year}
    number: int | None = execute(_COUNT_ON, asked).scalar_one_or_none()
    if number is None:  # two who begin a year together: one waits, is refused by the key, and is run again
        execute(sa.insert(BatchNumber), {"organization_id": actor.organization_id, "year": year, "last": 1})
        return 1
    return number


_COUNT_ON = (
    sa.update(BatchNumber)
    .where(BatchNumber.organization_id == sa.bindparam("o"), BatchNumber.year == sa.bindparam("y"))
    .values(last=BatchNumber.last + 1)
    .returning(BatchNumber.last)
)

"""The authority on erasing a sample organization, whole. No other can be: the database refuses it, whoever asks.

source: docs/decisions/0007-samples-can-be-erased.md
"""

from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Organization
from app.kernel import clock
from app.kernel.errors import NotFound
from app.platform import database, tenancy
from app.platform.database import Base, db


def erase(organization_id: UUID) -> None:
    """Erase every row of a sample organization, and itself. Binds it; nothing is bound afterwards.

    Asks no permission: for whoever knows whose sample it is. Whoever writes in it meanwhile is waited for, or fails.

    raises: NotFound for what never was, and for an organization that is no sample
    """
    tenancy.bind(organization_id)
    row = sa.select(Organization.id).where(Organization.id == organization_id, Organization.sample)
    if db.session.scalar(row.with_for_update()) is None:
        raise NotFound("That sample does not exist.")
    mark = sa.update(Organization).where(Organization.id == organization_id).values(erasing_since=clock.now())
    db.session.execute(mark.execution_options(synchronize_session=False))
    if database.dialect() == "postgresql":
        db.session.execute(sa.select(sa.func.erase_sample()))
    else:
        _erase_here(organization_id)
    db.session.expire_all()
    tenancy.release()


def _erase_here(organization_id: UUID) -> None:
    """On SQLite: what holds others last."""
    for table in reversed(Base.metadata.sorted_tables):
        if "organization_id" in table.columns:
            db.session.execute(sa.delete(table).where(table.c.organization_id == organization_id))
    organizations = Base.metadata.tables["organizations"]
    db.session.execute(sa.delete(organizations).where(organizations.c.id == organization_id))

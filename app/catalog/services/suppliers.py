"""The authority on suppliers: one row for each name, whatever its case and accents."""

from uuid import UUID

import sqlalchemy as sa

from app.catalog.models import Supplier
from app.kernel import clock, ids, text
from app.kernel.actor import Actor
from app.platform.database import db


def find(actor: Actor, name: str) -> UUID | None:
    """The supplier of this name, or None."""
    key = text.search_key(name)
    asked = sa.select(Supplier.id).where(Supplier.organization_id == actor.organization_id, Supplier.name_key == key)
    return db.session.scalar(asked)


def find_or_create(actor: Actor, name: str) -> UUID:
    """The supplier of this name, made now if there is none. Comes with a receipt, whose permission counts.

    Two receipts that both make it: the second one's command meets the unique name and runs again.
    """
    known = find(actor, name)
    if known is not None:
        return known
    supplier = Supplier(
        organization_id=actor.organization_id,
        id=ids.uuid7(),
        name=name,
        name_key=text.search_key(name),
        created_at=clock.now(),
    )
    db.session.add(supplier)
    db.session.flush()
    return supplier.id

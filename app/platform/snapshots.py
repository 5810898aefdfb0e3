"""Reads of one organization that take a while and must all be of one moment: proofs and exports."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from app.platform import tenancy
from app.platform.database import db, dialect


@contextmanager
def of(organization_id: UUID) -> Iterator[None]:
    """Inside the block everything is read as it was when the block began, and nothing can be written."""
    begin(organization_id)
    try:
        yield
    finally:
        db.session.rollback()


def begin(organization_id: UUID) -> None:
    """End whatever was being read, bind the organization and begin. Ends with the session's rollback."""
    db.session.rollback()
    tenancy.bind(organization_id)
    if dialect() == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})

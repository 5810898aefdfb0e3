"""Whether the database is well."""

import sqlalchemy as sa

from app.platform import database
from app.platform.database import APPLICATION_ROLE, db


def database_answers() -> bool:
    """Whether the database answers at all; errors travel."""
    return bool(db.session.execute(sa.select(sa.literal(1))).scalar_one() == 1)


def application_role_in_force() -> bool | None:
    """Whether this connection wears the role that cannot pass row-level security; None where there are no roles."""
    if database.dialect() != "postgresql":
        return None
    return bool(db.session.execute(sa.select(sa.func.current_user())).scalar_one() == APPLICATION_ROLE)

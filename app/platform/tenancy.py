"""The tenant: which organization a session is bound to, and how owned rows are selected.

Behind the call site's `select_for` stand a session guard, composite keys and row-level security.
"""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria

from app.kernel.actor import Actor
from app.kernel.ids import uuid7
from app.platform import prepared
from app.platform.database import db
from app.platform.types import Id

GLOBAL_TABLES = frozenset(
    {
        "alembic_version",
        "authenticators",
        "developer_accesses",
        "developers",
        "invitations",
        "mail_links",
        "memberships",
        "organizations",
        "outgoing_mails",
        "passkeys",
        "people",
        "recovery_codes",
        "sample_workshops",
        "sign_in_attempts",
        "sign_in_challenges",
        "sign_in_sessions",
        "stripe_events",
    }
)
"""Tables that belong to no organization: all of them."""

_BOUND = "organization_id"


class UnscopedQuery(RuntimeError):
    """A statement on owned rows with no organization bound: a bug."""


class Owned:
    """Mixin of every organization-owned table: primary key `(organization_id, id)`."""

    organization_id: Mapped[UUID] = mapped_column(Id, primary_key=True, sort_order=-2)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=uuid7, sort_order=-1)


def bind(organization_id: UUID) -> None:
    """From here on this session sees that organization alone."""
    session = db.session()
    session.info[_BOUND] = organization_id
    if session.in_transaction():
        _tell_database(session.connection(), organization_id)


def release() -> None:
    """From here on this session sees no organization: the one it was bound to is no more."""
    db.session.info.pop(_BOUND, None)


def bound() -> UUID | None:
    """The organization this session is bound to."""
    return db.session().info.get(_BOUND)


def select_for(actor: Actor, *entities: Any) -> sa.Select[Any]:
    """A select of owned entities, narrowed to the actor's organization where the query is written."""
    first = entities[0]
    owner = first.class_ if hasattr(first, "class_") else first
    return sa.select(*entities).where(owner.organization_id == actor.organization_id)


@event.listens_for(db.session, "after_begin")
def _tell_new_transaction(session: Session, _transaction: Any, connection: Connection) -> None:
    organization_id = session.info.get(_BOUND)
    if organization_id is not None:
        _tell_database(connection, organization_id)


def _tell_database(connection: Connection, organization_id: UUID) -> None:
    if connection.dialect.name == "postgresql":  # a literal: a cluster passes SET LOCAL on, set_config it does not
        prepared.say(connection, f"SET LOCAL app.organization_id = '{UUID(str(organization_id))}'")


@event.listens_for(db.session, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    if not any(issubclass(mapper.class_, Owned) for mapper in state.all_mappers):
        return
    organization_id = state.session.info.get(_BOUND)
    if organization_id is None:
        raise UnscopedQuery(str(state.statement)[:200])
    state.statement = state.statement.options(
        with_loader_criteria(Owned, lambda cls: cls.organization_id == organization_id, include_aliases=True)
    )

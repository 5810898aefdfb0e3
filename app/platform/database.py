"""The database: one engine, SQLite or PostgreSQL, and what each connection is told."""

import os
import time
from functools import partial
from typing import Any, cast

import psycopg
import sqlalchemy as sa
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Session

from app.platform.config import Config

APPLICATION_ROLE = "batchtrack_app"
"""PostgreSQL role that cannot bypass row-level security and owns nothing; made by the first migration when allowed."""

IMMEDIATE = "batchtrack_immediate"
"""Execution option of a transaction that will write: SQLite takes its write lock at BEGIN."""

_SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "recursive_triggers=ON",
    "busy_timeout=10000",
)
_POSTGRESQL_OPTIONS = " ".join(
    f"-c {setting}"
    for setting in (
        "lock_timeout=3000",
        "statement_timeout=15000",
        "idle_in_transaction_session_timeout=10000",
        "timezone=UTC",
    )
)
_CONNECTION = "connection"
_IDLE_SINCE = "idle_since"
_TRUSTED_SECONDS = 1.0
_MAY_TAKE_ROLE = (
    "SELECT pg_has_role(session_user, oid, 'MEMBER') FROM pg_roles WHERE rolname = %s"  # psycopg's own placeholder
)
_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table's base; constraint names follow one convention so that migrations can name them."""

    metadata = sa.MetaData(naming_convention=_CONVENTION)


db = SQLAlchemy(model_class=Base)
migrate = Migrate()


def init_app(app: Flask, config: Config) -> None:
    """Give `app` its engine."""
    app.extensions["batchtrack_config"] = config
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(config)
    db.init_app(app)
    migrate.init_app(app, db, directory=os.path.join(os.path.dirname(app.root_path), "migrations"))
    with app.app_context():
        _listen(db.engine)


def _engine_options(config: Config) -> dict[str, Any]:
    if config.database_url.startswith("sqlite"):
        return {"hide_parameters": True, "connect_args": {"timeout": 10, "check_same_thread": False}}
    return {
        "hide_parameters": True,  # an error names the statement, never what people typed
        "pool_size": 20,
        "max_overflow": 10,
        "pool_timeout": 5,
        "connect_args": {"options": _POSTGRESQL_OPTIONS},
    }


def _listen(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "checkin", _note_idle)
        event.listen(engine, "checkout", partial(_ping_idle, engine))


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get(IMMEDIATE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    """Put on the application role, where it exists and we may: then no statement can pass row-level security."""
    with connection.cursor() as cursor:
        cursor.execute(_MAY_TAKE_ROLE, (APPLICATION_ROLE,))
        row = cursor.fetchone()
        if row and row[0]:
            cursor.execute(f'SET ROLE "{APPLICATION_ROLE}"')
    connection.commit()


def _note_idle(_connection: Any, record: Any) -> None:
    record.info[_IDLE_SINCE] = time.monotonic()


def _ping_idle(engine: Engine, connection: Any, record: Any, _proxy: Any) -> None:
    """See whether a connection that lay idle for a while still lives; the pool gives another when it does not.

    One that was used a moment ago is not asked: should it be dead, the command runs again, and a page answers 503.
    """
    if time.monotonic() - record.info.get(_IDLE_SINCE, time.monotonic()) < _TRUSTED_SECONDS:
        return
    try:
        engine.dialect.do_ping(connection)
    except psycopg.Error as error:
        raise sa.exc.DisconnectionError from error


@event.listens_for(db.session, "after_begin")
def _keep_connection(session: Session, _transaction: Any, begun: Connection) -> None:
    session.info[_CONNECTION] = begun


@event.listens_for(db.session, "after_transaction_end")
def _forget_connection(session: Session, transaction: Any) -> None:
    if transaction.parent is None:
        session.info.pop(_CONNECTION, None)


def connection() -> Connection:
    """The connection of the present session's transaction; one is begun where there is none."""
    session = db.session()
    return session.info.get(_CONNECTION) or session.connection()


def execute(statement: Any, parameters: Any = None) -> sa.Result[Any]:
    """Run a Core statement in the present session's transaction. It must carry its organization itself."""
    return connection().execute(statement, parameters)


def table(model: type[Base]) -> sa.Table:
    """The table of a model, for Core statements."""
    return cast("sa.Table", model.__table__)


def dialect() -> str:
    """`sqlite` or `postgresql`."""
    return db.engine.dialect.name
